import type { BrowserContext, Page, TestInfo } from '@playwright/test';
import { cuttable } from '../../tools/lib/cuttable.mjs';
import { crowding } from './crowding.ts';
import { type Figures, LONGEST_BRIDGE, type Span } from './page/judge.ts';
import { test as base, expect, type Livekit } from './with-livekit.ts';

type Line = Awaited<ReturnType<typeof cuttable>>;

/** Two pages in one room of a real server: one sends, the other decodes and looks at every frame. */
export class RoomCase {
  readonly sender: Page;
  readonly receiver: Page;
  readonly livekit: Livekit;
  /** The sender's way to the server. */
  readonly line: Line;
  readonly #excused: Span[] = [];

  constructor(sender: Page, receiver: Page, livekit: Livekit, line: Line) {
    this.sender = sender;
    this.receiver = receiver;
    this.livekit = livekit;
    this.line = line;
  }

  /** Waits at the far end for clean frames, `n` of them from now on. */
  async untilClean(n = 10): Promise<void> {
    await this.receiver.evaluate(async (n) => {
      const { watcher } = window.kept;
      const from = watcher.frames.length;
      const clean = () => watcher.frames.slice(from).filter(({ covered, marked }) => !covered && marked === 0).length;
      await watcher.until(`${n} clean frames`, () => clean() >= n, 60_000);
    }, n);
  }

  /** Waits at the far end for the camera's own picture. */
  async untilRaw(): Promise<void> {
    await this.receiver.evaluate(() => window.kept.watcher.until('the raw picture', ({ marked }) => marked > 300));
  }

  /** Does what takes the picture away rightly, until it is there again. */
  async excuse(action: () => Promise<unknown>): Promise<void> {
    const from = Date.now();
    await action();
    await this.untilClean();
    this.#excused.push([from - 100, Date.now()]);
  }

  /** Calls `action` in the sending page. */
  async send(action: () => unknown): Promise<void> {
    await this.sender.evaluate(action);
  }

  async figures(): Promise<Figures & { readonly same: boolean }> {
    const { raw, running, same } = await this.sender.evaluate(() => {
      const { raw, running, processor, output } = window.kept;
      const same = output !== undefined && processor.processedTrack === output && output.readyState === 'live';
      return { raw, running, same };
    });
    const spans = [raw, this.#excused, running] as const;
    const figures = await this.receiver.evaluate((all) => window.roomLab.figures(...all), spans);
    return { ...figures, same };
  }

  /** Attaches the figures for `npm run reliability`, and fails where a promise was broken. */
  async hold(info: TestInfo, { reported: wanted = [] as readonly string[] } = {}): Promise<void> {
    if (wanted.length) {
      const reported = () => this.sender.evaluate(() => window.kept.reported);
      await expect
        .poll(async () => firstMissing(wanted, await reported()), { message: 'reported in this order' })
        .toBeUndefined();
    }
    // Fewer would prove little, and a quick start has few.
    await this.receiver.evaluate(() =>
      window.kept.watcher.until('21 frames', () => window.kept.watcher.frames.length > 20, 60_000),
    );
    const { same, ...seen } = await this.figures();
    const limitMs = Math.round(LONGEST_BRIDGE * crowding());
    const figures = { ...seen, limitMs };
    await info.attach('figures', { body: JSON.stringify(figures), contentType: 'application/json' });
    expect(figures.leaks, 'frames that show the marker').toBe(0);
    expect(figures.frames).toBeGreaterThan(20);
    expect(same, 'the published track is the first one, and live').toBe(true);
    process.stdout.write(`      ${info.title}: ${JSON.stringify(figures)}\n`);
    expect(figures.black, 'black frames').toBe(0);
    expect(figures.flashes, 'covers in a hiccup of less than 2 s').toBe(0);
    expect(figures.gapMs, 'longest gap').toBeLessThanOrEqual(limitMs);
  }
}

/** The first of `wanted` that does not come in its place, with what was reported instead. */
function firstMissing(wanted: readonly string[], reported: readonly string[]): string | undefined {
  let from = 0;
  for (const each of wanted) {
    // A machine that is too slow for every frame runs degraded.
    const fits = (state: string) => state === each || (each === 'running' && state === 'degraded');
    const at = reported.findIndex((state, index) => index >= from && fits(state));
    if (at < 0) return `no '${each}' in its place in: ${reported.join(', ')}`;
    from = at + 1;
  }
  return undefined;
}

/** Cases run at full length for `npm run reliability`, and shortened in `npm test`. */
export const FULL = process.env.RELIABILITY === 'full';

export const test = base.extend<{ room: RoomCase; sdk: 'newest' | 'oldest' }>({
  sdk: ['newest', { option: true }],
  room: async ({ context, site, livekit, sdk }, use) => {
    const line = await cuttable(Number(new URL(livekit.url).port));
    const name = `room-${Date.now()}`;
    const page = `${site.url}/page/test-e2e-page-room-ts${sdk === 'oldest' ? '-oldest' : ''}/`;
    const receiver = await open(context, page, livekit.url, await livekit.token('receiver', name));
    const sender = await open(context, page, `ws://127.0.0.1:${line.port}`, await livekit.token('sender', name));
    const uncaught: string[] = [];
    sender.on('pageerror', ({ message }) => uncaught.push(message));
    await sender.evaluate(() => window.roomLab.publishControl());
    await use(new RoomCase(sender, receiver, livekit, line));
    await Promise.all([sender.close(), receiver.close()]);
    await line.close();
    expect(uncaught, 'uncaught in the sending page').toEqual([]);
  },
});

async function open(context: BrowserContext, address: string, url: string, token: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => 'roomLab' in window);
  await page.evaluate(([url, token]) => window.roomLab.join(url, token), [url, token] as const);
  return page;
}

export { expect } from '../fixtures.ts';
