import { NetworkFill } from '../../../src/inpaint/network/network-fill.ts';
import { WorkerPainter } from '../../../src/inpaint/network/worker-painter.ts';
import { PushPullFill } from '../../../src/inpaint/push-pull-fill.ts';
import { clipFrame, sample } from './network-clip.ts';

export interface Painted {
  /** {@link sample} of what the network and push-pull alone paint. */
  readonly network: number[];
  readonly pushPull: number[];
}

const ASSETS = '/clean-plate/assets/';

async function load(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(ASSETS + name)).arrayBuffer());
}

/** The clip twice with a reset between, through the shipped worker, runtime and weights. */
export async function paintTwice(width: number, height: number, frames: number): Promise<[Painted[], Painted[]]> {
  const errors: unknown[] = [];
  const fill = new NetworkFill({
    sizes: [{ width, height }],
    pace: 'synchronous',
    onError: (error) => errors.push(error),
    open: async () => {
      const files = {
        runtime: await load('ort-wasm-simd-threaded.wasm'),
        model: await load(`inpaint-${width}x${height}.fp16.onnx`),
        weights: [{ path: 'inpaint.weights', data: await load('inpaint.weights') }],
      };
      return WorkerPainter.create(new Worker(`${ASSETS}network.js`, { type: 'module' }), files, 1);
    },
  });
  const pushPull = new PushPullFill();
  const run = async () => {
    const painted: Painted[] = [];
    for (let t = 0; t < frames; t++) {
      const input = clipFrame(width, height, t);
      painted.push({
        network: sample(input, await fill.fill(input)),
        pushPull: sample(input, await pushPull.fill(input)),
      });
    }
    return painted;
  };
  try {
    const first = await run();
    fill.reset();
    const second = await run();
    if (errors.length) throw errors[0];
    return [first, second];
  } finally {
    fill.close();
  }
}
