import { expect, test } from '../fixtures.ts';

const COLOURS = [
  [200, 40, 40],
  [40, 160, 60],
  [50, 70, 200],
  [128, 128, 128],
  [220, 210, 60],
] as const;

/** Levels by which quantisation of a 4:2:0 limited-range picture and an encoder may move a flat patch. */
const TOLERANCE = 6;

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'lab' in window);
});

for (const codec of ['VP8', 'H264']) {
  test(`${codec}: colours outside the hole arrive as the source has them`, async ({ cleanPage }) => {
    const received = await cleanPage.evaluate(
      async ([codec, colours]) => {
        const { Call, cleanPlate, ColourCard } = window.lab;
        const card = new ColourCard(colours);
        const remover = await cleanPlate.Remover.create({ remove: 'people' });
        const call = await Call.start(remover.track, codec);
        await remover.setSource(card.track);
        await remover.ready;
        await call.until('a clean frame', ({ covered }) => !covered);
        const from = call.frames.length;
        await call.until('20 frames more', () => call.frames.length > from + 20);
        const patches = call.sample(card.points);
        call.stop();
        await remover.close();
        card.stop();
        return patches;
      },
      [codec, COLOURS] as const,
    );
    const worst = Math.max(...COLOURS.flatMap((colour, i) => colour.map((c, j) => Math.abs(c - received[i]![j]!))));
    expect(worst, JSON.stringify(received)).toBeLessThanOrEqual(TOLERANCE);
  });
}
