import type { Page } from '@playwright/test';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, needShared, type Site, test } from '../fixtures.ts';
import type { Answer, Ask, Seen } from './page/held.ts';

const PERSON = '00034';
/** Frames before he comes in. */
const EMPTY = 20;

test.beforeAll(async () => {
  await pageBundle('test/browser/page/held.ts');
});

/**
 * A composite: somebody comes in with a crate, stands from 2 s to 5 s, walks, and stands again from 7 s on; 20 frames a
 * second.
 */
async function follow(page: Page, site: Site, held: boolean): Promise<Seen[]> {
  needShared('train/people.tar');
  needShared('eval/walkers/warm-1/truth/00000.jpg');
  const asset = (name: string) => `${site.url}/clean-plate/assets/${name}`;
  const ask: Ask = {
    site: site.url,
    assets: {
      wasm: asset('litert_wasm_compat_internal.wasm'),
      square: asset('selfie-square.tflite'),
      landscape: asset('selfie-landscape.tflite'),
    },
    person: PERSON,
    held,
    frames: 200,
  };
  const answer = await page.evaluate(
    (question) =>
      new Promise<Answer>((resolve, reject) => {
        const worker = new Worker('/page/test-browser-page-held-ts/page.js', { type: 'module' });
        worker.onmessage = ({ data }) => {
          worker.terminate();
          resolve(data);
        };
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(question);
      }),
    ask,
  );
  if ('error' in answer) throw new Error(answer.error);
  return answer.seen;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('what somebody holds goes with him', async ({ cleanPage: page, site }) => {
  test.setTimeout(240_000);
  const seen = await follow(page, site, true);
  expect(seen.filter(({ crate }) => crate > 15_000).length).toBeGreaterThan(150);
  for (const { frame, personHidden, crate, crateHidden } of seen) {
    expect(personHidden, `share of him hidden in frame ${frame}`).toBeGreaterThan(0.99);
    if (crate < 1000) continue; // a sliver at the picture's edge
    expect(crateHidden, `share of the crate hidden in frame ${frame}`).toBeGreaterThan(0.98);
  }
});

test('what somebody holds stays where that is asked for, but no pixel of him does', async ({
  cleanPage: page,
  site,
}) => {
  test.setTimeout(240_000);
  const seen = await follow(page, site, false);
  for (const { frame, personHidden } of seen) {
    expect(personHidden, `share of him hidden in frame ${frame}`).toBeGreaterThan(0.99);
  }
  // Not in the second after he stood still, and never next to him.
  const standing = seen.slice(EMPTY + 4 * 20, EMPTY + 5 * 20);
  const figures = seen.map(({ frame, crateHidden }) => `${frame}: ${crateHidden.toFixed(2)}`).join(', ');
  test.info().annotations.push({ type: 'crate hidden by frame', description: figures });
  expect(mean(standing.map(({ crateHidden }) => crateHidden)), figures).toBeLessThan(0.75);
  expect(mean(seen.slice(-20).map(({ crateHidden }) => crateHidden)), figures).toBeLessThan(0.75);
});
