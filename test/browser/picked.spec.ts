import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, needShared, test } from '../fixtures.ts';
import type * as Picked from './page/picked.ts';

const SCRIPT = 'test/browser/page/picked.ts';
const URL = '/page/test-browser-page-picked-ts/page.js';

test.beforeAll(async () => {
  await pageBundle(SCRIPT);
});

for (const [way, pick] of [
  ['tapped on', { point: { x: 0.14, y: 0.61 } }],
  ['framed', { box: { x: 0.08, y: 0.28, width: 0.12, height: 0.61 } }],
] as const) {
  test(`one of three like bottles that was ${way} is seen in no frame, while it is taken away and brought back`, async ({
    cleanPage: page,
    site,
  }) => {
    test.setTimeout(240_000);
    needShared('media/bottles.mp4');
    const seen = await page.evaluate(
      async ({ url, clip, pick }) => {
        const { follow } = (await import(url)) as typeof Picked;
        return follow(clip, pick, 380);
      },
      { url: URL, clip: `${site.url}/shared/media/bottles.mp4`, pick },
    );
    expect(seen).toHaveLength(380);
    expect(seen[0]!.bottle).toBeGreaterThan(2000);
    for (const [frame, { left, hidden, others }] of seen.entries()) {
      expect(left, `pixels of the bottle left in frame ${frame}`).toBeLessThan(20);
      expect(hidden / others, `share of the others hidden in frame ${frame}`).toBeLessThan(0.01);
    }
  });
}
