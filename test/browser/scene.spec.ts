import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, test } from '../fixtures.ts';
import type { Ask, Seen } from './page/scene-recall.ts';

test.beforeAll(async () => {
  await pageBundle('test/browser/page/scene-recall.ts');
});

/** Less than this share of the picture is an arm at the edge, by which nobody is known. */
const WHOLE = 0.03;

for (const model of ['landscape', 'square'] as const) {
  test(`the real people model (${model}) finds the generated figure, and nobody in the empty room`, async ({
    cleanPage: page,
    site,
  }) => {
    const ask: Ask = { assets: `${site.url}/clean-plate/assets/`, model, frames: 100 };
    const seen = await page.evaluate(
      (ask) =>
        new Promise<Seen[]>((resolve, reject) => {
          const url = '/page/test-browser-page-scene-recall-ts/page.js';
          const worker = new Worker(url, { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(ask);
        }),
      ask,
    );
    const present = seen.filter(({ figure }) => figure > WHOLE);
    const empty = seen.filter(({ figure }) => figure === 0);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(present.length).toBeGreaterThan(65);
    expect(empty.length).toBeGreaterThan(10);
    expect(mean(present.map(({ recall }) => recall))).toBeGreaterThan(0.95);
    expect(Math.min(...present.map(({ recall }) => recall))).toBeGreaterThan(0.5);
    expect(mean(empty.map(({ excess }) => excess))).toBeLessThan(0.02);
    expect(seen[0], 'the room is empty at the start').toMatchObject({ figure: 0 });
  });
}
