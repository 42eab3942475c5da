import { expect, test } from '../fixtures.ts';

const COLOURS = [
  [200, 40, 40],
  [40, 160, 60],
  [50, 70, 200],
  [128, 128, 128],
  [220, 210, 60],
] as const;
type Rgb = readonly number[];

/** Levels by which a track may arrive further from another one, or from the truth, for having been through the remover. */
const TOLERANCE = 3;

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'lab' in window);
});

const apart = (a: readonly Rgb[], b: readonly Rgb[]) =>
  Math.max(...a.flatMap((colour, i) => colour.map((c, j) => Math.abs(c - b[i]![j]!))));

for (const codec of ['VP8', 'H264', 'VP9', 'AV1'] as const) {
  for (const kind of ['planes', 'canvas'] as const) {
    test(`${codec}, ${kind}: colours outside the hole arrive as those of an untouched track`, async ({ cleanPage }) => {
      const { touched, untouched } = await cleanPage.evaluate(
        async ([codec, colours, kind]) => {
          const { Call, cleanPlate, ColourCard } = window.lab;
          const card = new ColourCard(colours, kind);
          const remover = await cleanPlate.Remover.create({ remove: 'people' });
          const sample = async (track: MediaStreamTrack) => {
            const call = await Call.start(track, codec);
            await call.until('a clean frame', ({ covered }) => !covered);
            const from = call.frames.length;
            await call.until('20 frames more', () => call.frames.length > from + 20);
            const patches = call.sample(card.points);
            call.stop();
            return patches;
          };
          const untouched = await sample(card.track);
          await remover.setSource(card.track);
          await remover.ready;
          const touched = await sample(remover.track);
          await remover.close();
          card.stop();
          return { touched, untouched };
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
