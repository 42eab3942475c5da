import { renderScene } from '../../scene/scene.ts';
import { CpuInpainter } from '../../src/inpaint/cpu-inpainter.ts';
import { grain, grainRow } from '../../src/inpaint/grain.ts';
import { NetworkFill } from '../../src/inpaint/network/network-fill.ts';
import { WorkerPainter } from '../../src/inpaint/network/worker-painter.ts';
import { wrapPicture } from '../../src/picture.ts';

export interface DriftJob {
  /** URL of the package's assets, with its closing slash, and of the network. */
  readonly assets: string;
  readonly model: string;
  /** The network's size; the picture has it too. */
  readonly width: number;
  readonly height: number;
  /** Whether the person before the scene sways, or stands still. */
  readonly sways: boolean;
  /** Frames to look at, ascending; the first is what the others are held against. */
  readonly marks: readonly number[];
}

export interface DriftMark {
  readonly frame: number;
  /** Mean difference to the first mark over all pixels that were never seen, levels. */
  readonly apart: number;
  /** Median time a fill took over the ten frames up to this one, milliseconds. */
  readonly ms: number;
}

/** Deviation of the camera's noise, levels. */
const NOISE = 1;
/**
 * Frames that a sway takes to and fro, and its share of the width. All of 30, 100 and 1,000 are at the same point of
 * it: at others the fill differs since it answers another hole and another past, which is no drift.
 */
const SWAY_FRAMES = 10;
const SWAY = 0.04;

/** A room that does not change, but for the camera's noise, with somebody before it who was there from the start. */
export async function drift(job: DriftJob, report: (frame: number) => void = () => {}): Promise<DriftMark[]> {
  const { width, height, marks } = job;
  const room = roomOf(width, height);
  let failed: unknown;
  const inpainter = new CpuInpainter({
    fill: networkOf(job, (error) => {
      failed = error;
    }),
  });
  const never = personAt(job, undefined).data;
  const out: DriftMark[] = [];
  let first: Uint8Array | undefined;
  const times: number[] = [];
  try {
    for (let t = 1; t <= marks.at(-1)!; t++) {
      const hole = personAt(job, t);
      const picture = wrapPicture('RGBA', width, height, new Uint8Array(4 * width * height));
      for (let i = 0; i < picture.data.length; i++) {
        // What stands in the hole is nobody's business.
        const scene = hole.data[i >> 2]
          ? 200
          : room[i]! + NOISE * grain(i % (4 * width), grainRow(Math.floor(i / (4 * width)), t));
        picture.data[i] = Math.min(255, Math.max(0, Math.round(scene)));
      }
      times.push((await inpainter.inpaint(picture, hole, times.length * 33_333)).ms.fill ?? 0);
      inpainter.settle();
      if (failed) throw failed;
      report(t);
      if (!marks.includes(t)) continue;
      first ??= picture.data;
      const ms = times.slice(-10).sort((a, b) => a - b)[Math.min(5, times.length >> 1)]!;
      out.push({ frame: t, apart: apartOver(never, picture.data, first), ms });
    }
    return out;
  } finally {
    inpainter.close();
  }
}

function roomOf(width: number, height: number): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  renderScene(context, 0, { width, height, figure: false });
  return context.getImageData(0, 0, width, height).data;
}

function networkOf({ assets, model, width, height }: DriftJob, onError: (error: unknown) => void): NetworkFill {
  const load = async (url: string) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  return new NetworkFill({
    sizes: [{ width, height }],
    pace: 'synchronous',
    open: async () => {
      const files = { runtime: await load(`${assets}ort-wasm-simd-threaded.wasm`), model: await load(model) };
      return WorkerPainter.create(new Worker(`${assets}network.js`, { type: 'module' }), files, 1);
    },
    onError,
  });
}

/** The hole of frame `t`; without one the part of it that stays hole at any time. */
function personAt({ width, height, sways }: DriftJob, t: number | undefined) {
  const swing = sways ? SWAY * width : 0;
  const x0 = width / 2 + swing * Math.sin((2 * Math.PI * (t ?? 0)) / SWAY_FRAMES);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const aside = Math.abs(x - x0) + (t === undefined ? swing : 0);
      if ((aside / (0.15 * width)) ** 2 + ((y - 0.62 * height) / (0.4 * height)) ** 2 <= 1) data[y * width + x] = 255;
    }
  }
  return { width, height, data };
}

function apartOver(where: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    if (i % 4 === 3 || !where[i >> 2]) continue;
    sum += Math.abs(a[i]! - b[i]!);
    n++;
  }
  return sum / n;
}
