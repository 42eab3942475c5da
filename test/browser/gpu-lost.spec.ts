import { LOSABLE_WORKER, serveLosableWorker } from '../e2e/losable-gpu.ts';
import { expect, test } from '../fixtures.ts';

test('a lost GPU: the hole is covered, the CPU takes over, and the page gets an error', async ({ page, site }) => {
  await serveLosableWorker(page);
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
  const result = await page.evaluate(async (script) => {
    const { MarkedSource, Call, cleanPlate, until } = window.harness;
    const source = await MarkedSource.create(14, 5);
    let worker: Worker | undefined;
    const remover = await cleanPlate.Remover.create({
      tier: 'full',
      createWorker: () => {
        worker = new Worker(script, { type: 'module' });
        return worker;
      },
    });
    const errors: string[] = [];
    const recovered: string[] = [];
    remover.addEventListener('error', ({ detail }) => errors.push(detail.code));
    remover.addEventListener('recovered', ({ detail }) => recovered.push(detail.what));
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.until('a clean frame', ({ covered, marked }) => !covered && marked === 0, 60_000);
    // What the stats say comes twice a second: the last ones may be from before anything was loaded.
    const backend = () => remover.stats()?.backend ?? 'none';
    await until('a backend', () => backend() !== 'none');
    const before = backend();
    worker?.postMessage('destroy');
    await until('recovered', () => recovered.length > 0);
    await call.untilMany('6 frames after it', 6);
    await until(
      () => `another backend than ${backend()}`,
      () => backend() === 'cpu',
    );
    await until('removal under way', () => remover.state === 'running' || remover.state === 'degraded');
    const { frames } = call;
    call.stop();
    await remover.close();
    source.stop();
    return { before, errors, recovered, frames };
  }, LOSABLE_WORKER);
  expect(result).toMatchObject({ before: 'webgpu', errors: ['gpu-lost'], recovered: ['inpainting'] });
  expect(result.frames.filter(({ marked }) => marked > 4)).toEqual([]);
});
