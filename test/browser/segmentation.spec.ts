import type { Page } from '@playwright/test';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, needShared, test } from '../fixtures.ts';
import type { Answer, Ask } from './page/segmentation.ts';

test.beforeAll(async () => {
  await pageBundle('test/browser/page/segmentation.ts');
});

function ask(page: Page, question: Ask): Promise<Answer> {
  return page.evaluate(
    (question) =>
      new Promise<Answer>((resolve, reject) => {
        const worker = new Worker('/page/test-browser-page-segmentation-ts/page.js', { type: 'module' });
        const end = (settle: () => void) => {
          worker.terminate();
          settle();
        };
        worker.onmessage = ({ data }) => end(() => resolve(data));
        worker.onerror = ({ message }) => end(() => reject(new Error(message)));
        worker.postMessage(question);
      }),
    question,
  );
}

const assetsOf = (site: string) => ({
  wasm: `${site}/clean-plate/assets/litert_wasm_compat_internal.wasm`,
  square: `${site}/clean-plate/assets/selfie-square.tflite`,
  landscape: `${site}/clean-plate/assets/selfie-landscape.tflite`,
});

test('somebody who comes into an empty room is covered from the first pixel on, and the empty room is not', async ({
  cleanPage: page,
  site,
}) => {
  needShared('eval/walkers/warm-1/frames/00000.jpg');
  const clip = `${site.url}/shared/eval/walkers/warm-1`;
  const answer = await ask(page, { assets: assetsOf(site.url), clip, first: 0, last: 45 });
  if ('error' in answer) throw new Error(answer.error);
  const empty = answer.seen.slice(5).filter(({ person }) => person === 0);
  const present = answer.seen.filter(({ person }) => person > 0.003);
  expect(empty.length).toBeGreaterThan(5);
  expect(present.length).toBeGreaterThan(25);
  for (const { frame, hole } of empty) expect(hole, `hole in frame ${frame}`).toBeLessThan(0.005);
  for (const { frame, recall } of present) expect(recall, `recall in frame ${frame}`).toBeGreaterThan(0.98);
});

test('somebody who was there before the camera is covered from the first frame on', async ({
  cleanPage: page,
  site,
}) => {
  needShared('eval/walkers/cold-2/frames/00000.jpg');
  const clip = `${site.url}/shared/eval/walkers/cold-2`;
  const answer = await ask(page, { assets: assetsOf(site.url), clip, first: 0, last: 20 });
  if ('error' in answer) throw new Error(answer.error);
  for (const { frame, recall } of answer.seen) expect(recall, `recall in frame ${frame}`).toBeGreaterThan(0.98);
});

test.describe('assets that are not what they should be', () => {
  const page404 = 'no-such-file';
  const html = 'page/blank/index.html';
  const cases = [
    ['wasm', html, 'type'],
    ['square', html, 'type'],
    ['landscape', html, 'type'],
    ['wasm', page404, 'http'],
    ['square', page404, 'http'],
    ['wasm', 'clean-plate/assets/selfie-square.tflite', 'corrupt'],
    ['square', 'clean-plate/assets/litert_wasm_compat_internal.wasm', 'corrupt'],
  ] as const;
  for (const [part, path, reason] of cases) {
    test(`${part}: ${path} is "${reason}", with its address`, async ({ page, site }) => {
      await page.goto(`${site.url}/page/blank/`);
      const url = `${site.url}/${path}`;
      const answer = await ask(page, { assets: { ...assetsOf(site.url), [part]: url } });
      expect(answer).toMatchObject({ reason, url });
    });
  }

  test('a model whose inside is broken is "corrupt", and so is one with another hash', async ({ page, site }) => {
    await page.goto(`${site.url}/page/blank/`);
    const assets = assetsOf(site.url);
    const wrong = await ask(page, { assets: { ...assets, square: { url: assets.square, sha256: '0'.repeat(64) } } });
    expect(wrong).toMatchObject({ reason: 'corrupt', url: assets.square });
    await page.context().route('**/selfie-square.tflite', async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      await route.fulfill({ response, body: body.fill(0xff, 8, 4096) });
    });
    const broken = await ask(page, { assets });
    expect(broken).toMatchObject({ reason: 'corrupt', url: assets.square });
  });
});
