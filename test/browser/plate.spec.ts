import { expect, test } from '../fixtures.ts';

for (const [tier, backend] of [
  ['light', 'cpu'],
  ['full', 'webgpu'],
] as const) {
  test(`remover.plate(), ${backend}: the room as it is known, never the person, and nothing while it is covered or off`, async ({
    cleanPage,
    site,
  }) => {
    await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
    await cleanPage.waitForFunction(() => 'harness' in window);
    const found = await cleanPage.evaluate(async (tier) => {
      const { MarkedSource, cleanPlate, wait } = window.harness;
      const look = async () => {
        const bitmap = await remover.plate();
        const { width, height } = bitmap;
        const context = new OffscreenCanvas(width, height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        bitmap.close();
        const { data } = context.getImageData(0, 0, width, height);
        const seen = { size: [width, height], known: 0, marked: 0, coverage: remover.stats()?.coverage ?? 0 };
        for (let i = 0; i < data.length; i += 4) {
          const [r, g, b, a] = data.subarray(i, i + 4) as unknown as [number, number, number, number];
          if (a > 0) seen.known += 4 / data.length;
          // The marker is (255, 0, 200); nothing else in the room is near it.
          if (r - g > 90 && b - g > 60) seen.marked++;
        }
        return seen;
      };
      const source = await MarkedSource.create(14, tier === 'full' ? 5 : 15);
      const remover = await cleanPlate.Remover.create({ tier });
      const atStart = await look();
      await remover.setSource(source.track);
      await remover.ready;
      const end = performance.now() + 60_000;
      const shown: Awaited<ReturnType<typeof look>>[] = [];
      // A frame that a busy machine made late is covered, and then there is nothing to see.
      // The figures are those of the last half second: at first they know less.
      const asTold = () => Math.abs(shown.at(-1)!.known - shown.at(-1)!.coverage) < 0.1;
      while ((shown.length < 12 || !asTold()) && performance.now() < end) {
        await wait(200);
        shown.push(...(await Promise.all([look(), look()])).filter(({ known }) => known > 0));
      }
      const { backend } = remover.stats()!;
      await remover.update({ remove: 'nothing' });
      const off = await look();
      const asked = remover.plate().then(
        () => 'answered',
        (error) => error.code,
      );
      await remover.close();
      source.stop();
      const closed = await remover.plate().catch((error) => error.code);
      return { atStart, shown, off, backend, asked: await asked, closed };
    }, tier);
    expect(found.backend).toBe(backend);
    expect(found.atStart).toMatchObject({ size: [1, 1], known: 0 });
    expect(found.off).toMatchObject({ size: [480, 360], known: 0 });
    expect(['answered', 'closed']).toContain(found.asked);
    expect(found.closed).toBe('closed');
    expect(found.shown.length, 'looks that showed something').toBeGreaterThanOrEqual(12);
    for (const { size, known, marked } of found.shown) {
      expect(size).toEqual([480, 360]);
      expect(marked, 'pixels of what the figure wears').toBe(0);
      expect(known, 'the figure hides a part').toBeLessThan(0.97);
    }
    const { known, coverage } = found.shown.at(-1)!;
    expect(Math.abs(known - coverage), 'as stats() say').toBeLessThan(0.1);
  });
}
