import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { shareWeights } from '../../tools/onnx-weights.mjs';
import { expect, test } from '../fixtures.ts';
import type * as NetworkGpu from './page/network-gpu.ts';

const SCRIPT = 'test/browser/page/network-gpu.ts';
const PAGE = '/page/test-browser-page-network-gpu-ts/page.js';
const WEIGHTS = 'inpaint.weights';
const FIXTURES = path.join(ROOT, 'test/fixtures');
const { sha256, width, height, frames } = JSON.parse(
  readFileSync(path.join(FIXTURES, 'small-network.json'), 'utf8'),
) as {
  sha256: string;
  width: number;
  height: number;
  frames: string[];
};

/** The largest difference of two lists of equal length. */
function apart(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}

test.beforeEach(() => {
  const weights = existsSync(path.join(ROOT, 'dist/assets/network-gpu.js'));
  if (!weights) process.stderr.write(`\n*** SKIPPED, this build has no weights: ${test.info().title}\n`);
  test.skip(!weights, 'this build has no weights');
});

// One test, since a software GPU takes half a minute to compile the network's kernels.
test('the network paints the same on WebGPU, on WASM and in PyTorch, within 2 levels, and reads nothing back', async ({
  cleanPage: page,
}) => {
  test.setTimeout(300_000);
  const model = readFileSync(path.join(FIXTURES, 'small-network.onnx'));
  expect(createHash('sha256').update(model).digest('hex'), 'run training/parity.py --small').toBe(sha256);
  const { files } = JSON.parse(readFileSync(path.join(ROOT, 'dist/assets/manifest.json'), 'utf8'));
  const runtimes = Object.entries(files).filter(([name]) => !name.startsWith('inpaint'));
  // Built as the package's networks are: its weights are a file of their own.
  const names = ['fp16', 'fp32'].map((type) => `inpaint-${width}x${height}.${type}.onnx`);
  const { weights, models } = shareWeights(Object.fromEntries(names.map((name) => [name, model])), WEIGHTS);
  expect(weights.length, 'weights outside of the network').toBeGreaterThan(model.length / 2);
  const networks = new Map(Object.entries({ ...models, [WEIGHTS]: weights }));
  const listed = [...networks].map(([name, data]) => {
    return [name, { bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') }];
  });
  await pageBundle(SCRIPT, { assets: Object.fromEntries([...runtimes, ...listed]) });
  await page.route('**/assets/inpaint*', (route) =>
    route.fulfill({ body: networks.get(path.basename(new URL(route.request().url()).pathname))! }),
  );
  const result = await page.evaluate(
    async ({ url, width, height, count }) => ((await import(url)) as typeof NetworkGpu).paint(width, height, count),
    { url: PAGE, width, height, count: frames.length },
  );
  expect(result.complaints).toEqual([]);
  for (const [t, base64] of frames.entries()) {
    const expected = [...Buffer.from(base64, 'base64')];
    expect(apart(result.gpu[t]!, expected), `WebGPU and PyTorch, frame ${t}`).toBeLessThanOrEqual(2);
    expect(apart(result.wasm[t]!, expected), `WASM and PyTorch, frame ${t}`).toBeLessThanOrEqual(2);
  }
  expect(apart(result.gpu[0]!, result.gpu[1]!.slice(0, result.gpu[0]!.length)), 'it has a memory').toBeGreaterThan(2);
  expect(result.again[0], 'the first frame after a reset').toEqual(result.gpu[0]);
  expect(Math.max(...result.apart), 'the two inpainters with it').toBeLessThanOrEqual(2);
  expect(Math.min(...result.unknown), 'some of the hole was never seen').toBeGreaterThan(0.1);
  expect(result.mapped, 'buffers read back').toBe(0);
  expect(result.created, 'buffers created after the first frame').toBe(0);
  expect(result.handedOver, 'a GPU too slow for a call').toBe(true);
  expect(result.left, 'buffers left after close').toEqual([]);
});

test('a network that fails on the GPU: what is no number is never shown, and no frame waits for ever', async ({
  cleanPage: page,
}) => {
  await pageBundle(SCRIPT);
  const result = await page.evaluate(async (url) => ((await import(url)) as typeof NetworkGpu).mishaps(), PAGE);
  expect(result.atStart).toContain('not numbers');
  expect(result.releasedAtStart).toBe(1);
  expect(result.failing).toBe('out of memory');
  expect(result.kept, 'the memory as it was after a run that failed').toBe(true);
  expect(result.guarded, 'the fill where it is no number').toEqual([0.25, 0.5, 0.5, 0.25, 0.5, 0.5]);
  expect(result.later).toContain('not numbers');
  expect(result.lost).toContain('device was lost');
  expect(result.released).toBe(3);
});

test('a GPU that is software leaves the network to its worker, and nothing else is loaded for it', async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
  const asked = () => site.requests.filter((each) => /network|ort-wasm|inpaint/.test(each)).sort();
  const wanted = [
    expect.stringMatching(/inpaint-\d+x\d+\.fp16\.onnx$/),
    '/clean-plate/assets/inpaint.weights',
    '/clean-plate/assets/network.js',
    '/clean-plate/assets/network.js',
    '/clean-plate/assets/ort-wasm-simd-threaded.wasm',
  ];
  await page.exposeFunction('loaded', () => asked().length >= wanted.length);
  const errors = await page.evaluate(async () => {
    const { cleanPlate, MarkedSource, Call, until } = window.harness;
    const errors: string[] = [];
    const source = await MarkedSource.create(14, 10);
    const remover = await cleanPlate.Remover.create({ tier: 'full', network: 'on' });
    remover.addEventListener('error', ({ detail }) => errors.push(detail.message));
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.until('a clean frame', ({ covered, marked }) => !covered && marked === 0, 60_000);
    await until('the GPU in use', () => remover.stats()?.backend === 'webgpu');
    await until('the network loaded', Reflect.get(window, 'loaded'));
    await call.untilMany('ten frames more, for what might be asked for yet', 10);
    call.stop();
    await remover.close();
    source.stop();
    return errors;
  });
  expect(errors).toEqual([]);
  expect(asked()).toEqual(wanted);
});
