import { expect, test } from '../fixtures.ts';
import { LOSABLE_WORKER, SOFTWARE_GPU, serveLosableWorker } from './losable-gpu.ts';

test.use(SOFTWARE_GPU);
test.setTimeout(240_000);

/** Seconds of the scene in which nobody is in the room, and in which somebody with a marker stands close. */
const EMPTY = -5;
const SOMEBODY = 14;

test('the room of this call is back on show after its GPU was lost', async ({ cleanPage: page, site }) => {
  await serveLosableWorker(page);
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
  const seen = await page.evaluate(
    async ([empty, somebody, script]) => {
      const { MarkedSource, cleanPlate, until } = window.harness;
      const room = await MarkedSource.create(empty, 5); // a GPU made of software is slow
      let worker: Worker | undefined;
      const remover = await cleanPlate.Remover.create({
        tier: 'full',
        network: 'off',
        createWorker: () => {
          worker = new Worker(script, { type: 'module' });
          return worker;
        },
      });
      const reported: string[] = [];
      remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
      const recovered = new Promise((resolve) => remover.addEventListener('recovered', resolve));
      await remover.setSource(room.track);
      await remover.ready;
      const on = (backend: string) => until(backend, () => remover.stats()?.backend === backend);
      await on('webgpu');
      await until('the room is remembered', async () => (await remover.exportRoom()) !== undefined);
      const worn = await MarkedSource.create(somebody, 5);
      await remover.setSource(worn.track);
      await until('the room is back after the camera', () => (remover.stats()?.remembered ?? 0) > 0.5);
      worker?.postMessage('destroy');
      await recovered;
      await on('cpu');
      await until('the room is back after the GPU', () => (remover.stats()?.remembered ?? 0) > 0.5);
      const { known } = remover.stats()!;
      await remover.close();
      room.stop();
      worn.stop();
      return { known, reported };
    },
    [EMPTY, SOMEBODY, LOSABLE_WORKER] as const,
  );
  expect(seen.reported).toEqual(['gpu-lost']);
  // Not because somebody saw it anew.
  expect(seen.known).toBeLessThan(0.5);
});
