import { LOSABLE_WORKER, SOFTWARE_GPU, serveLosableWorker } from './losable-gpu.ts';
import { FULL, test } from './room.ts';

test.use(SOFTWARE_GPU);
test.setTimeout(240_000);

test('WebGPU device lost', async ({ room }, info) => {
  await serveLosableWorker(room.sender);
  await room.sender.evaluate((script) => {
    window.roomLab.next.fps = 5; // a GPU made of software is slow
    return window.roomLab.start({ script, tier: 'full' });
  }, LOSABLE_WORKER);
  await room.untilClean();
  await room.sender.waitForFunction(() => window.kept.processor.stats()?.backend === 'webgpu', null, {
    timeout: 60_000,
  });
  await room.send(() => window.kept.workers.at(-1)?.postMessage('destroy'));
  await room.sender.waitForFunction(() => window.kept.reported.includes('recovered inpainting'), null, {
    timeout: 60_000,
  });
  await room.untilClean(FULL ? 50 : 10);
  await room.hold(info, { reported: ['running', 'gpu-lost', 'recovered inpainting'] });
});
