import { expect, test } from '../fixtures.ts';

/** Lets a test destroy the worker's GPU device: what a driver reset looks like from inside. */
const PATCH = `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args);
    addEventListener('message', ({ data }) => { if (data === 'destroy') device.destroy(); });
    return device;
  };
`;

test('a lost GPU: the hole is covered, the CPU takes over, and the page is told', async ({ page, site }) => {
  await page.route('**/patched-worker.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: "import './patch.js';\nimport '/clean-plate/worker.js';\n" }),
  );
  await page.route('**/patch.js', (route) => route.fulfill({ contentType: 'text/javascript', body: PATCH }));
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'lab' in window);
  const result = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait } = window.lab;
    const source = await MarkedSource.create(14, 5);
    let worker: Worker | undefined;
    const remover = await cleanPlate.Remover.create({
      tier: 'full',
      createWorker: () => {
        worker = new Worker('/patched-worker.js', { type: 'module' });
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
    while ((remover.stats()?.backend ?? 'none') === 'none') await wait(100);
    const before = remover.stats()?.backend;
    worker?.postMessage('destroy');
    const end = performance.now() + 20_000;
    while (!recovered.length && performance.now() < end) await wait(50);
    const from = call.frames.length;
    await call.until('frames after it', () => call.frames.length > from + 5);
    await wait(600);
    const after = remover.stats()?.backend;
    const { frames } = call;
    const { state } = remover;
    call.stop();
    await remover.close();
    source.stop();
    return { before, after, errors, recovered, state, frames };
  });
  expect(result).toMatchObject({ before: 'webgpu', after: 'cpu', errors: ['gpu-lost'], recovered: ['inpainting'] });
  expect(result.state).toMatch(/^(running|degraded)$/);
  expect(result.frames.filter(({ marked }) => marked > 4)).toEqual([]);
});
