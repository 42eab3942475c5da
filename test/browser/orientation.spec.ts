import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, test } from '../fixtures.ts';
import type * as Orientation from './page/orientation.ts';

const PAGE = '/page/test-browser-page-orientation-ts/page.js';

test('frames are made upright as the browser shows them: every turn, every format, also where they are drawn', async ({
  cleanPage: page,
}) => {
  await pageBundle('test/browser/page/orientation.ts');
  for (const format of ['I420', 'NV12', 'RGBA'] as const) {
    for (const rotation of [0, 90, 180, 270]) {
      for (const flip of [false, true]) {
        const turn = { format, rotation, flip };
        const { shown, made, apart, drawnApart } = await page.evaluate(
          async ([url, turn]) => ((await import(url)) as typeof Orientation).compare(turn),
          [PAGE, turn] as const,
        );
        const what = JSON.stringify(turn);
        expect(made, what).toBe(shown);
        expect(apart, what).toBeLessThanOrEqual(format === 'RGBA' ? 0 : 2);
        expect(drawnApart, what).toBe(0);
      }
    }
  }
});
