import { BASE_FLAGS, findChromium, SOFTWARE_WEBGPU_FLAGS } from '../../tools/lib/chromium.mjs';
import { FULL, test } from './room.ts';

const executablePath = await findChromium();
test.use({
  launchOptions: { ...(executablePath ? { executablePath } : {}), args: [...BASE_FLAGS, ...SOFTWARE_WEBGPU_FLAGS] },
});
test.setTimeout(240_000);

/** Lets a test destroy the worker's GPU device: what a driver reset looks like from inside. */
const PATCH = `
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args);
    addEventListener('message', ({ data }) => { if (data === 'destroy') device.destroy(); });
    return device;
  };
`;

test('WebGPU device lost', async ({ room }, info) => {
  const script = (body: string) => ({ contentType: 'text/javascript', body });
  await room.sender.route('**/patched-worker.js', (route) =>
    route.fulfill(script("import './patch.js';\nimport '/clean-plate/worker.js';\n")),
  );
  await room.sender.route('**/patch.js', (route) => route.fulfill(script(PATCH)));
  await room.send(() => {
    window.roomLab.next.fps = 5; // a GPU made of software is slow
    return window.roomLab.start({ script: '/patched-worker.js', tier: 'full' });
  });
  await room.untilClean();
  await room.sender.waitForFunction(() => window.kept.processor.stats()?.backend === 'webgpu', null, {
    timeout: 60_000,
  });
  await room.send(() => window.kept.workers.at(-1)?.postMessage('destroy'));
  await room.sender.waitForFunction(() => window.kept.told.includes('recovered inpainting'), null, { timeout: 60_000 });
  await room.untilClean(FULL ? 50 : 10);
  await room.hold(info, { told: ['running', 'gpu-lost', 'recovered inpainting'] });
});
