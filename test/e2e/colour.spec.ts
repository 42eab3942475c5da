import { expect, test } from '../fixtures.ts';
import { apart, COLOURS, TOLERANCE } from './colours.ts';

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

for (const codec of ['VP8', 'H264', 'VP9', 'AV1'] as const) {
  for (const kind of ['planes', 'canvas'] as const) {
    test(`${codec}, ${kind}: colours outside the hole arrive as those of an untouched track`, async ({ cleanPage }) => {
      const { touched, untouched } = await cleanPage.evaluate(
        ([codec, colours, kind]) => {
          const { cleanPlate, arrivingColours } = window.harness;
          return arrivingColours(cleanPlate, colours, { kind, codec });
        },
        [codec, COLOURS, kind] as const,
      );
      // Not compared with each other: two runs of an encoder round to different sides of the truth, AV1's by 4 levels
      // at times.
      for (const [i, colour] of COLOURS.entries()) {
        const off = (track: typeof touched) => apart([track[i]!], [colour]);
        const seen = `${colour} arrives as ${touched[i]}, from an untouched track as ${untouched[i]}`;
        expect(off(touched), seen).toBeLessThanOrEqual(off(untouched) + TOLERANCE);
      }
    });
  }
}
