import type { WorkingFrame } from '../../../src/inpaint/fill.ts';
import { NetworkFill } from '../../../src/inpaint/network/network-fill.ts';
import { WorkerPainter } from '../../../src/inpaint/network/worker-painter.ts';
import { PushPullFill } from '../../../src/inpaint/push-pull-fill.ts';

export interface Painted {
  /** Every second unknown pixel of every second row, RGB, 0..255, as in the fixture: by the network and by push-pull alone. */
  readonly network: number[];
  readonly pushPull: number[];
}

const ASSETS = '/clean-plate/assets/';

/** The same formula as `clip_frame` in training/parity.py. */
function clipFrame(width: number, height: number, t: number): WorkingFrame {
  const n = width * height;
  const frame = new Float32Array(3 * n);
  const plate = new Float32Array(3 * n);
  const hole = new Float32Array(n);
  const known = new Float32Array(n).fill(1);
  const left = Math.floor((width * 3) / 8) + 4 * t;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const inside = x >= left && x < left + width / 4 && y >= height / 4 && y < (height * 3) / 4;
      hole[i] = inside ? 1 : 0;
      if (inside && x >= width / 2) known[i] = 0;
      for (let c = 0; c < 3; c++) {
        const scene = 0.5 + 0.2 * Math.sin(0.05 * x + c) + 0.2 * Math.cos(0.08 * y - c) + 0.01 * t;
        frame[c * n + i] = scene * (1 - hole[i]!);
        plate[c * n + i] = scene * known[i]!;
      }
    }
  }
  return { width, height, frame, hole, plate, known };
}

function sample({ width, height, hole, known }: WorkingFrame, rgb: Float32Array): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const i = y * width + x;
      if (hole[i] === 0 || known[i] === 1) continue;
      for (let c = 0; c < 3; c++) out.push(Math.round(Math.min(1, Math.max(0, rgb[c * width * height + i]!)) * 255));
    }
  }
  return out;
}

async function load(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(ASSETS + name)).arrayBuffer());
}

/** The clip twice with a reset between, through the shipped worker, runtime and weights. */
export async function paintTwice(width: number, height: number, frames: number): Promise<[Painted[], Painted[]]> {
  const errors: unknown[] = [];
  const fill = new NetworkFill({
    sizes: [{ width, height }],
    pace: 'every-frame',
    onError: (error) => errors.push(error),
    open: async () => {
      const files = {
        runtime: await load('ort-wasm-simd-threaded.wasm'),
        model: await load(`inpaint-${width}x${height}.onnx`),
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
