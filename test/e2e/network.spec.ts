import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';

test.beforeEach(async ({ page, site }) => {
  const weights = existsSync(path.join(ROOT, 'dist/assets/network.js'));
  if (!weights) process.stderr.write(`\n*** SKIPPED, this build has no weights: ${test.info().title}\n`);
  test.skip(!weights, 'this build has no weights');
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'lab' in window);
});

/** Removes people from a small moving picture for a while. */
async function removeFor(page: import('@playwright/test').Page, network: 'auto' | 'on', seconds: number) {
  return page.evaluate(
    async ([network, seconds]) => {
      const { cleanPlate, MarkedSource, wait } = window.lab;
      const errors: { code: string; url: string | undefined; message: string }[] = [];
      const remover = await cleanPlate.Remover.create({ remove: 'people', tier: 'light', network });
      remover.addEventListener('error', ({ detail: { code, url, message } }) => errors.push({ code, url, message }));
      const source = await MarkedSource.create(14, 10);
      await remover.setSource(source.track);
      await remover.ready;
      await wait(1000 * seconds);
      const before = remover.stats()?.frames ?? 0;
      await wait(3000);
      const after = remover.stats()?.frames ?? 0;
      const { state } = remover;
      await remover.close();
      source.stop();
      return { errors, state, frames: after - before };
    },
    [network, seconds] as const,
  );
}

test('a network that cannot be loaded is told once, with its URL, and frames go on without it', async ({ page }) => {
  await page.context().route('**/inpaint-*.onnx', (route) => route.fulfill({ status: 404 }));
  const { errors, state, frames } = await removeFor(page, 'on', 5);
  expect(errors).toEqual([
    expect.objectContaining({ code: 'asset-http', url: expect.stringMatching(/inpaint-\d+x\d+\.fp16\.onnx$/) }),
  ]);
  expect(state).toMatch(/running|degraded/);
  expect(frames).toBeGreaterThan(2);
});

test('network on: its files come from the assets folder, and frames go on while it starts', async ({ page, site }) => {
  const { errors, frames } = await removeFor(page, 'on', 5);
  expect(errors).toEqual([]);
  expect(site.requests.filter((each) => each.startsWith('/clean-plate/assets/'))).toEqual(
    expect.arrayContaining([expect.stringMatching(/inpaint-\d+x\d+\.fp16\.onnx$/), '/clean-plate/assets/network.js']),
  );
  expect(frames).toBeGreaterThan(2);
});

test('network auto asks for none of its files on the CPU', async ({ page, site }) => {
  await removeFor(page, 'auto', 1);
  expect(site.requests.filter((each) => /network\.js|ort-wasm|inpaint-/.test(each))).toEqual([]);
});
