import { expect, test } from '../fixtures.ts';
import { apart, COLOURS, TOLERANCE } from './colours.ts';

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'lab' in window);
});

for (const codec of ['VP8', 'H264', 'VP9', 'AV1'] as const) {
  for (const kind of ['planes', 'canvas'] as const) {
    test(`${codec}, ${kind}: colours outside the hole arrive as those of an untouched track`, async ({ cleanPage }) => {
      const { touched, untouched } = await cleanPage.evaluate(
        ([codec, colours, kind]) => {
          const { cleanPlate, arrivingColours } = window.lab;
          return arrivingColours(cleanPlate, colours, { kind, codec });
        },
        [codec, COLOURS, kind] as const,
      );
      const seen = JSON.stringify({ touched, untouched });
      if (kind === 'planes') expect(apart(touched, untouched), seen).toBeLessThanOrEqual(TOLERANCE);
      // A page's own RGB is made YUV by the browser or by us: neither is exact, and they round to different sides.
      else expect(apart(touched, COLOURS), seen).toBeLessThanOrEqual(apart(untouched, COLOURS) + TOLERANCE);
    });
  }
}
