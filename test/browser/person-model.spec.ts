import type { Page } from '@playwright/test';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, needShared, test } from '../fixtures.ts';
import type { Ask, Compared } from './page/person-model.ts';

test.beforeAll(async () => {
  await pageBundle('test/browser/page/person-model.ts');
});

/** Levels of 255 by which the masks of one model may differ on average, picture by picture; 0.1 was seen at most. */
const SAME_MASK_LEVELS = 0.5;

const compare = (page: Page, ask: Ask) =>
  page.evaluate(
    (ask) =>
      new Promise<Compared[]>((resolve, reject) => {
        const worker = new Worker('/page/test-browser-page-person-model-ts/page.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(ask);
      }),
    ask,
  );

for (const model of ['square', 'landscape'] as const) {
  test(`the ${model} model gives on LiteRT the masks that it gives on MediaPipe: generated room`, async ({
    cleanPage: page,
    site,
  }) => {
    const all = await compare(page, { assets: `${site.url}/clean-plate/assets/`, model, frames: 40 });
    expect(all.filter(({ person }) => person > 0.02).length, 'pictures with somebody in them').toBeGreaterThan(15);
    for (const [i, { levels }] of all.entries()) expect(levels, `picture ${i}`).toBeLessThan(SAME_MASK_LEVELS);
  });

  test(`the ${model} model gives on LiteRT the masks that it gives on MediaPipe: real clips`, async ({
    cleanPage: page,
    site,
  }) => {
    needShared('eval/walkers/warm-1/frames/00000.jpg');
    const name = (i: number) => `${String(i).padStart(5, '0')}.jpg`;
    const pictures = ['walkers/warm-1', 'walkers/cold-2', 'webcam/help', 'webcam/bird'].flatMap((clip) =>
      [0, 12, 25, 38].map((i) => `${site.url}/shared/eval/${clip}/frames/${name(i)}`),
    );
    const all = await compare(page, { assets: `${site.url}/clean-plate/assets/`, model, frames: 0, pictures });
    expect(all.filter(({ person }) => person > 0.02).length, 'pictures with somebody in them').toBeGreaterThan(6);
    for (const [i, { levels }] of all.entries()) expect(levels, pictures[i]).toBeLessThan(SAME_MASK_LEVELS);
  });
}
