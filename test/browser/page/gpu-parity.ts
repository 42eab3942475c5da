import { type Completer, LocalCompleter } from '../../../src/inpaint/completion/completer.ts';
import type { Completion, CompletionInput } from '../../../src/inpaint/completion/completion.ts';
import { CpuInpainter } from '../../../src/inpaint/cpu-inpainter.ts';
import { GpuInpainter } from '../../../src/inpaint/gpu/gpu-inpainter.ts';
import { GpuReadbackFill } from '../../../src/inpaint/gpu/gpu-readback-fill.ts';
import type { InpaintReport } from '../../../src/inpaint/inpainter.ts';
import { PushPullFill } from '../../../src/inpaint/push-pull-fill.ts';
import type { Recaller } from '../../../src/inpaint/room/recaller.ts';
import { emptyRoom } from '../../../src/inpaint/room/room.ts';
import type { Mask } from '../../../src/mask.ts';
import type { PictureFormat } from '../../../src/picture.ts';
import { box, copyOf, inpaint, type Shot, shoot } from '../../inpaint-scene.ts';

export type What = 'plain' | 'read-back' | 'completed' | 'remembered';

/** One frame of both backends. */
export interface Comparison {
  /** The largest difference of a byte between the backends, and of a byte outside the hole to the input. */
  readonly apart: number;
  /** Completions that each backend has made by then. */
  readonly runs: number;
  /** Of the plate's views: the largest difference of a byte, and the share that is transparent. */
  readonly view: { readonly apart: number; readonly unseen: number };
  /** Share of the hole that the room shows on both. */
  readonly remembered: readonly [number, number];
  readonly cpu: Omit<InpaintReport, 'ms'>;
  readonly gpu: Omit<InpaintReport, 'ms'>;
}

async function device(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('No WebGPU adapter.');
  return adapter.requestDevice();
}

function facts({ hole, known, coverage, camera }: InpaintReport): Omit<InpaintReport, 'ms'> {
  return { hole, known, coverage, camera };
}

/**
 * A short story: a person before a scene never seen, who walks on, past a screen that flickers; exposure drifts, a
 * chair is moved while the room is hardly known, a shelf when it is known well and for as long as it takes to be
 * believed; the camera is pushed, then taken in the hand, then turned away.
 */
function story(width: number, height: number): { shot: Shot; mask: Mask }[] {
  const out: { shot: Shot; mask: Mask }[] = [];
  for (let t = 0; t < 53; t++) {
    const x0 = Math.min(width - 8, Math.floor(width * 0.25) + 2 * t);
    const x1 = Math.min(width, x0 + Math.floor(width * 0.3));
    const y0 = Math.floor(height * 0.2);
    const chair = t > 3;
    const shelf = t > 18;
    const turned = t > 49;
    const dx = t > 43 ? 5 : 0;
    const steps = Math.max(0, Math.min(t, 49) - 45);
    const light = t > 40 ? 0 : t % 8 < 4 ? 90 : 10; // a screen that never holds still, and is switched off
    const paint = (x: number, y: number, v: number) => {
      if (x >= x0 && x < x1 && y >= y0) return 8;
      if (turned) return 128 + 60 * Math.sin(x * 0.031 * (1 + y * 0.02)) + 40 * Math.sin(y * 0.37);
      if (shelf && x < width * 0.6 && y < height * 0.15) return 190 - 0.5 * v;
      if (x >= width * 0.55 && x < width * 0.7 && y >= height * 0.25 && y < height * 0.5) return v + light;
      return chair && x < width * 0.15 && y > height * 0.5 ? 200 - 0.4 * v : v;
    };
    out.push({
      shot: { gain: 1 + 0.004 * t, lift: t * 0.15, dx, steps, paint },
      mask: box(width, height, x0, y0, x1, height),
    });
  }
  return out;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} bytes and ${b.length} bytes`);
  let apart = 0;
  for (let i = 0; i < a.length; i++) apart = Math.max(apart, Math.abs(a[i]! - b[i]!));
  return apart;
}

/**
 * Gives every second call what the one before got: a level's difference between two plates may turn a choice between
 * two patches that fit as well.
 */
class Twice implements Completer {
  readonly #completer = new LocalCompleter();
  readonly #made: Promise<Completion | undefined>[] = [];
  runs = 0;

  complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    if (this.runs++ % 2 === 0) this.#made.push(this.#completer.complete(input, signal));
    return this.#made.at(-1)!;
  }
  close(): void {}
}

/** Keeps what it made. */
class Keeping extends LocalCompleter {
  readonly made: Completion[] = [];

  override async complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    const completion = await super.complete(input, signal);
    if (completion) this.made.push(completion);
    return completion;
  }
}

/**
 * The same room on the GPU several times, with other pixels in the hole each time: what came out and what was
 * completed. The first frame is of the hole's own pixels too: nobody has seen any of it.
 */
export async function hidden(format: PictureFormat, width: number, height: number, times: number) {
  const gpuDevice = await device();
  const mask = box(width, height, Math.floor(width / 3), Math.floor(height / 3), Math.floor((2 * width) / 3), height);
  const runs: { readonly frames: Uint8Array[]; readonly made: readonly Completion[] }[] = [];
  for (let k = 0; k < times; k++) {
    const completer = new Keeping();
    const complaints: unknown[] = [];
    const gpu = await GpuInpainter.create(gpuDevice, {
      completion: { completer, pace: 'synchronous', onError: (error) => complaints.push(error) },
    });
    const frames: Uint8Array[] = [];
    for (let t = 0; t < 24; t++) {
      const picture = shoot(format, width, height, {
        paint: (x, y, base) => (mask.data[y * width + x] ? (x * 31 + y * 17 + t * 7 + k * 101) % 256 : base),
      });
      await inpaint(gpu, picture, mask);
      frames.push(picture.data.slice());
    }
    gpu.close();
    if (complaints.length) throw new Error(String(complaints[0]));
    runs.push({ frames, made: completer.made });
  }
  const [first, ...others] = runs;
  const frames = others.map((run) => Math.max(...run.frames.map((data, t) => distance(data, first!.frames[t]!))));
  const same = others.every(({ made }) =>
    made.every(
      ({ offsets, correction, misfit }, i) =>
        distance(offsets, first!.made[i]!.offsets) === 0 &&
        distance(correction, first!.made[i]!.correction) === 0 &&
        distance(misfit, first!.made[i]!.misfit) === 0,
    ),
  );
  return { apart: Math.max(...frames), same, completions: runs.map(({ made }) => made.length) };
}

/** Recognises whatever it is asked for, everywhere, as a picture that is nowhere the same. */
const RECOGNISED: Recaller = {
  async recall({ view: { width, height }, format, points }) {
    const gridOf = (w: number, h: number, channels: number) => ({
      value: Array.from({ length: channels }, (_, c) =>
        Uint8Array.from({ length: w * h }, (_, i) => 60 + (((i % w) * 7 + Math.floor(i / w) * 3 + 40 * c) % 150)),
      ),
      // Not where nothing was known.
      has: Uint8Array.from({ length: w * h }, (_, i) => ((i % w) * 10 < w ? 0 : 1)),
    });
    const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
    const n = 3 * points.width * points.height;
    return {
      index: 0,
      map: [1, 0, 0, 0, 1, 0, 0, 0],
      share: 1,
      layer: format === 'RGBA' ? [gridOf(width, height, 3)] : [gridOf(width, height, 1), gridOf(w, h, 2)],
      confidence: new Uint8Array(w * h).fill(9),
      low: new Uint8Array(n),
      high: new Uint8Array(n).fill(255),
    };
  },
  close() {},
};

/**
 * Both backends over the same frames.
 * @param what `read-back` gives the GPU the CPU's fill instead of its own; `completed` both the same completions;
 *   `remembered` both the same room.
 */
export async function compare(
  format: PictureFormat,
  width: number,
  height: number,
  what: What = 'plain',
): Promise<Comparison[]> {
  const gpuDevice = await device();
  const completer = new Twice();
  const complaints: string[] = [];
  const completion = {
    completer,
    pace: 'synchronous' as const,
    onError: (error: unknown) => complaints.push(String(error)),
  };
  const memory = {
    recaller: RECOGNISED,
    pace: 'synchronous' as const,
    onRoom: () => {},
    onRecognised: () => {},
    onError: (error: unknown) => complaints.push(String(error)),
  };
  const both = { ...(what === 'completed' && { completion }), ...(what === 'remembered' && { memory }) };
  const cpu = new CpuInpainter(both);
  const fill = what === 'read-back' ? { fill: new GpuReadbackFill(gpuDevice, new PushPullFill()) } : {};
  const gpu = await GpuInpainter.create(gpuDevice, { ...both, ...fill });
  gpuDevice.addEventListener('uncapturederror', (event) =>
    complaints.push((event as GPUUncapturedErrorEvent).error.message),
  );
  for (const each of [cpu, gpu]) each.remember([emptyRoom(width, height)]);
  try {
    const out: Comparison[] = [];
    for (const [t, { shot, mask }] of story(width, height).entries()) {
      // Something was picked there that the plate may show.
      if (t === 8) for (const each of [cpu, gpu]) each.forget(mask);
      const a = shoot(format, width, height, shot);
      const b = copyOf(a);
      const reportA = await inpaint(cpu, a, mask);
      const reportB = await inpaint(gpu, b, mask);
      const views = await Promise.all([cpu.view(), gpu.view()]);
      const [viewA, viewB] = views.map((view) => view!.data) as [Uint8ClampedArray, Uint8ClampedArray];
      const unseen = viewB.filter((value, i) => i % 4 === 3 && value === 0).length / (viewB.length / 4);
      const view = { apart: distance(viewA, viewB), unseen };
      const runs = completer.runs / 2;
      const remembered = [reportA.remembered ?? 0, reportB.remembered ?? 0] as const;
      out.push({ apart: distance(a.data, b.data), runs, view, remembered, cpu: facts(reportA), gpu: facts(reportB) });
    }
    if (complaints.length) throw new Error(complaints.join('\n'));
    return out;
  } finally {
    cpu.close();
    gpu.close();
    gpuDevice.destroy();
  }
}

/** The message of a frame inpainted after the device went away. */
export async function loseDevice(): Promise<string> {
  const gpuDevice = await device();
  const gpu = await GpuInpainter.create(gpuDevice);
  await inpaint(gpu, shoot('I420', 64, 48), box(64, 48, 8, 8, 24, 24));
  gpuDevice.destroy();
  const error = await inpaint(gpu, shoot('I420', 64, 48), box(64, 48, 8, 8, 24, 24)).then(
    () => 'no error',
    (e: unknown) => String(e),
  );
  gpu.close();
  return error;
}

/** Buffers created and not destroyed, after so many frames and after close. */
export async function countBuffers(
  frames: number,
): Promise<{ early: number; late: number; closed: number; unlabelled: number }> {
  const gpuDevice = await device();
  const alive = new Set<GPUBuffer>();
  let unlabelled = 0;
  const create = gpuDevice.createBuffer.bind(gpuDevice);
  gpuDevice.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    if (!buffer.label) unlabelled++;
    alive.add(buffer);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      return destroy();
    };
    return buffer;
  };
  const gpu = await GpuInpainter.create(gpuDevice);
  const frame = () => inpaint(gpu, shoot('I420', 64, 48), box(64, 48, 8, 8, 24, 24));
  await frame();
  const early = alive.size;
  for (let t = 0; t < frames; t++) await frame();
  await inpaint(gpu, shoot('NV12', 48, 32), box(48, 32, 8, 8, 24, 24));
  await frame();
  const late = alive.size;
  gpu.close();
  const closed = alive.size;
  gpuDevice.destroy();
  return { early, late, closed, unlabelled };
}
