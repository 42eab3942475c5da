import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';
import { onThisMachine } from './crowding.ts';

test.beforeEach(async ({ page, site }) => {
  const weights = existsSync(path.join(ROOT, 'dist/assets/network.js'));
  if (!weights) process.stderr.write(`\n*** SKIPPED, this build has no weights: ${test.info().title}\n`);
  test.skip(!weights, 'this build has no weights');
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
});

/**
 * Removes people from a small moving picture until `happened` says yes, then goes on until removal runs and there were
 * `more` frames.
 */
async function removeUntil(
  page: import('@playwright/test').Page,
  network: 'auto' | 'on',
  happened: (errors: number) => boolean,
  more = 5,
) {
  await page.exposeFunction('happened', happened);
  return page.evaluate(
    async ([network, more]) => {
      const { cleanPlate, MarkedSource, until } = window.harness;
      const happened = Reflect.get(window, 'happened') as (errors: number) => Promise<boolean>;
      const errors: { code: string; url: string | undefined; message: string }[] = [];
      const remover = await cleanPlate.Remover.create({ remove: 'people', tier: 'light', network });
      remover.addEventListener('error', ({ detail: { code, url, message } }) => errors.push({ code, url, message }));
      const source = await MarkedSource.create(14, 10);
      await remover.setSource(source.track);
      await remover.ready;
      await until('what was waited for', () => happened(errors.length));
      const frames = () => remover.stats()?.frames ?? 0;
      const before = frames();
      await until(`${more} frames more`, () => frames() >= before + more);
      await until('removal under way', () => remover.state === 'running' || remover.state === 'degraded');
      await remover.close();
      source.stop();
      return errors;
    },
    [network, more] as const,
  );
}

test('a network that cannot be loaded is reported once, with its URL, and frames go on without it', async ({
  page,
}) => {
  await page.context().route('**/inpaint-*.onnx', (route) => route.fulfill({ status: 404 }));
  const errors = await removeUntil(page, 'on', (errors) => errors > 0, 20);
  // A machine much too busy loses its worker meanwhile, which is reported as well: then this cannot be judged.
  expect(errors, `errors, ${onThisMachine()}`).toEqual([
    expect.objectContaining({ code: 'asset-http', url: expect.stringMatching(/inpaint-\d+x\d+\.fp16\.onnx$/) }),
  ]);
});

test('network on: its files come from the assets folder, and frames go on while it starts', async ({ page, site }) => {
  const wanted = [/^\/clean-plate\/assets\/inpaint-\d+x\d+\.fp16\.onnx$/, /^\/clean-plate\/assets\/network\.js$/];
  const asked = () => wanted.every((file) => site.requests.some((each) => file.test(each)));
  expect(await removeUntil(page, 'on', asked)).toEqual([]);
});

test('network auto asks for none of its files on the CPU', async ({ page, site }) => {
  await removeUntil(page, 'auto', () => true, 20);
  expect(site.requests.filter((each) => /network\.js|ort-wasm|inpaint-/.test(each))).toEqual([]);
});
