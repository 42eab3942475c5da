import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, needShared, test } from '../fixtures.ts';
import type { Answer } from './page/classes.ts';

test.beforeAll(async () => {
  await pageBundle('test/browser/page/classes.ts');
});

test('no bottle is seen in any frame, while one is taken away and brought back, and its place is', async ({
  cleanPage: page,
  site,
}) => {
  test.setTimeout(240_000);
  needShared('media/bottles.mp4');
  needShared('models/deeplabv3.tflite');
  const question = { site: site.url, clip: `${site.url}/shared/media/bottles.mp4`, frames: 380 };
  const answer = await page.evaluate(
    (question) =>
      new Promise<Answer>((resolve, reject) => {
        const worker = new Worker('/page/test-browser-page-classes-ts/page.js', { type: 'module' });
        worker.onmessage = ({ data }) => {
          worker.terminate();
          resolve(data);
        };
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(question);
      }),
    question,
  );
  if ('error' in answer) throw new Error(answer.error);
  const { seen } = answer;
  expect(seen).toHaveLength(380);
  expect(Math.min(...seen.map(({ bottle }) => bottle))).toBeGreaterThan(2000);
  // A few pixels at the rim of one that is being lifted, in a frame or two; nothing otherwise.
  for (const { frame, bottle, left } of seen) {
    expect(left / bottle, `share of bottle left in frame ${frame}`).toBeLessThan(0.005);
  }
  expect(seen.filter(({ left }) => left > 0).length).toBeLessThan(10);
  // Three bottles, then two, when a third of the hole is free again.
  expect(seen[100]!.hole).toBeLessThan(0.3);
  expect(seen[300]!.hole).toBeLessThan(0.8 * seen[100]!.hole);
});
