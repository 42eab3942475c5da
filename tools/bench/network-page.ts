import { WorkerPainter } from '../../src/inpaint/network/worker-painter.ts';
import { PushPullFill } from '../../src/inpaint/push-pull-fill.ts';
import { clipFrame } from '../../test/browser/page/network-clip.ts';

export interface NetworkJob {
  /** URL of the package's assets, with its closing slash, and of the network. */
  readonly assets: string;
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** How long the call is, frames. */
  readonly frames: number;
  /** Frames of the past that are painted anew, as without a memory. */
  readonly past: number;
  readonly rounds: number;
}

export interface NetworkTimes {
  /** Milliseconds of each frame of the call. */
  readonly frames: number[];
  /** Of one frame with its memory, and of the same frame with its past painted again: one pair a round, alternating. */
  readonly remembered: number[];
  readonly recomputed: number[];
}

/** The network as in the product: in its worker, on WASM, one thread. */
export async function measure(job: NetworkJob): Promise<NetworkTimes> {
  const { assets, width, height, past, rounds } = job;
  const load = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const painter = await WorkerPainter.create(
    new Worker(`${assets}network.js`, { type: 'module' }),
    { runtime: await load(`${assets}ort-wasm-simd-threaded.wasm`), model: await load(job.model) },
    1,
  );
  const pushPull = new PushPullFill();
  const paint = async (t: number) => {
    const input = clipFrame(width, height, t % 40);
    const fill = await pushPull.fill(input);
    const started = performance.now();
    await painter.paint({ ...input, fill });
    return performance.now() - started;
  };
  await paint(0);
  await paint(1);
  painter.reset();
  const frames: number[] = [];
  for (let t = 0; t < job.frames; t++) frames.push(await paint(t));
  const remembered: number[] = [];
  const recomputed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    remembered.push(await paint(job.frames + round));
    painter.reset();
    let sum = 0;
    for (let t = 0; t <= past; t++) sum += await paint(job.frames + round + 1 + t);
    recomputed.push(sum);
  }
  painter.close();
  return { frames, remembered, recomputed };
}
