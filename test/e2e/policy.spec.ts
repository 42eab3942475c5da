import { pageBundle } from '../../tools/lib/pages.mjs';
import { serve } from '../../tools/lib/server.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { PAGES } from '../packaging/bundlers.mjs';
import { expect, test } from './with-livekit.ts';

/** The policy of docs/hosting.md, with the room where it says to add what calls need. */
const policyFor = (room: string) =>
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' ${room}; img-src data:`;

test.beforeAll(() => pageBundle('test/e2e/page/room.ts'));

test('a call under the content policy of docs/hosting.md, on page and worker: people are removed, nothing is refused', async ({
  context,
  livekit,
}) => {
  const policy = policyFor(livekit.url);
  const roots = { '/page/': PAGES, '/clean-plate/': `${ROOT}dist` };
  const site = await serve(roots, {
    handle: (_, response) => {
      response.setHeader('content-security-policy', policy);
      return false;
    },
  });
  const refused: string[] = [];
  context.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
  });
  const join = async (name: string) => {
    const page = await context.newPage();
    await page.goto(`${site.url}/page/test-e2e-page-room-ts/`);
    await page.waitForFunction(() => 'roomLab' in window);
    const token = await livekit.token(name, 'policy');
    await page.evaluate(([url, token]) => window.roomLab.join(url, token), [livekit.url, token] as const);
    return page;
  };
  try {
    const receiver = await join('receiver');
    const sender = await join('sender');
    await sender.evaluate(() => window.roomLab.start());
    const marked = await receiver.evaluate(async () => {
      const { watcher } = window.kept;
      const clean = () => watcher.frames.filter(({ covered }) => !covered);
      await watcher.until('20 pictures of the room', () => clean().length >= 20, 60_000);
      return clean().map(({ marked }) => marked);
    });
    expect(Math.max(...marked), 'pixels of the marker that the figure wears').toBe(0);
    expect(refused).toEqual([]);
    // The policy is in force: what it does not name is refused, and reported.
    const elsewhere = await sender.evaluate(() => fetch('http://127.0.0.2:9/').catch(() => 'refused'));
    expect(elsewhere).toBe('refused');
    await expect.poll(() => refused.length).toBeGreaterThan(0);
  } finally {
    await site.close();
  }
});
