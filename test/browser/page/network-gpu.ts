import { CpuInpainter } from '../../../src/inpaint/cpu-inpainter.ts';
import type { WorkingFrame } from '../../../src/inpaint/fill.ts';
import type { GpuWorkingFrame } from '../../../src/inpaint/gpu/gpu-fill.ts';
import { GpuInpainter } from '../../../src/inpaint/gpu/gpu-inpainter.ts';
import { GpuPainter, type GpuSession } from '../../../src/inpaint/gpu/gpu-painter.ts';
import { gpuNetworkFill, networkFill } from '../../../src/processor/network.ts';
import { box, copyOf, inpaint, shoot } from '../../inpaint-scene.ts';
import { clipFrame, sample } from './network-clip.ts';

const ASSETS = '/clean-plate/assets/';

export interface Result {
  /** {@link sample} of each frame of the clip: on WebGPU, its first frame again after a reset, and all on WASM. */
  readonly gpu: number[][];
  readonly again: number[][];
  readonly wasm: number[][];
  /** The largest difference of a byte between the two inpainters, each with its network, frame by frame. */
  readonly apart: number[];
  /** Share of the hole that was never seen, frame by frame. */
  readonly unknown: number[];
  /** Buffers mapped to be read during the clip, and created in it after its first frame. */
  readonly mapped: number;
  readonly created: number;
  /** Whether frames went to the worker in a call, where this software GPU is too slow. */
  readonly handedOver: boolean;
  /** Buffers alive after everything was closed. */
  readonly left: string[];
  readonly complaints: string[];
}

/** Counts what is created, mapped and never destroyed on a device. */
function watch(device: GPUDevice) {
  const alive = new Set<GPUBuffer>();
  const counts = { alive, created: 0, mapped: 0, complaints: [] as string[] };
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    counts.created++;
    alive.add(buffer);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      return destroy();
    };
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...args) => {
      counts.mapped++;
      return map(...args);
    };
    return buffer;
  };
  device.addEventListener('uncapturederror', (event) => {
    counts.complaints.push((event as GPUUncapturedErrorEvent).error.message);
  });
  return counts;
}

async function read(device: GPUDevice, from: GPUBuffer, floats: number): Promise<Float32Array> {
  const staging = device.createBuffer({ label: 'test', size: 4 * floats, usage: 9 });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, staging, 0, 4 * floats);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const out = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return out;
}

function upload(device: GPUDevice, to: GpuWorkingFrame, from: WorkingFrame): void {
  for (const name of ['frame', 'plate', 'hole', 'known'] as const) {
    device.queue.writeBuffer(to[name], 0, from[name] as Float32Array<ArrayBuffer>);
  }
}

/**
 * The clip of the fixture, and a story of our own, through the small network on both backends. It lies where the
 * product looks for its own.
 */
export async function paint(width: number, height: number, frames: number): Promise<Result> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const counts = watch(device);
  const size = { width, height };
  const options = {
    assets: new URL(ASSETS, location.href).href,
    pace: 'synchronous',
    onError: (error: Error) => counts.complaints.push(error.message),
  } as const;
  const onGpu = (await gpuNetworkFill(device, false, options))!;
  const onWasm = networkFill(options)!;

  const make = (planes: number) =>
    device.createBuffer({ label: 'test', size: 4 * planes * width * height, usage: GPUBufferUsage.STORAGE | 12 });
  const input = { ...size, frame: make(3), plate: make(3), hole: make(1), known: make(1) };
  let [mapped, created] = [0, 0];
  const clip = async (count: number) => {
    const painted: number[][] = [];
    for (let t = 0; t < count; t++) {
      const frame = clipFrame(width, height, t);
      upload(device, input, frame);
      const before = { ...counts };
      const out = await onGpu.fill(input, true);
      // The first frame of all opens the network.
      if (painted.length || count === 1) {
        mapped += counts.mapped - before.mapped;
        created += counts.created - before.created;
      }
      painted.push(sample(frame, await read(device, out, 3 * width * height)));
    }
    return painted;
  };
  const gpu = await clip(frames);
  onGpu.reset();
  const again = await clip(1);
  const wasm: number[][] = [];
  for (let t = 0; t < frames; t++) {
    const frame = clipFrame(width, height, t);
    wasm.push(sample(frame, await onWasm.fill(frame)));
  }
  onGpu.reset();
  onWasm.reset();
  for (const buffer of [input.frame, input.plate, input.hole, input.known]) buffer.destroy();

  const inpainters = [await GpuInpainter.create(device, { fill: onGpu }), new CpuInpainter({ fill: onWasm })] as const;
  const apart: number[] = [];
  const unknown: number[] = [];
  for (let t = 0; t < 2; t++) {
    const x = 30 + 12 * t;
    const paint = (px: number, py: number, v: number) => (px >= x && px < x + 60 && py >= 40 ? 8 : v);
    const mask = box(192, 192, x - 2, 38, x + 62, 192);
    const a = shoot('I420', 192, 192, { gain: 1 + 0.01 * t, paint });
    const b = copyOf(a);
    const { known } = await inpaint(inpainters[0], a, mask);
    await inpaint(inpainters[1], b, mask);
    unknown.push(1 - known);
    apart.push(a.data.reduce((most, v, i) => Math.max(most, Math.abs(v - b.data[i]!)), 0));
  }
  for (const inpainter of inpainters) inpainter.close();

  // The device has the kernels by now, and is still too slow for a call.
  const inCall = (await gpuNetworkFill(device, false, { ...options, pace: 'best-effort' }))!;
  const other = { ...size, frame: make(3), plate: make(3), hole: make(1), known: make(1) };
  const before = counts.mapped;
  const end = performance.now() + 60_000;
  let handedOver = false;
  while (!handedOver && performance.now() < end) {
    await inCall.fill(other, true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // One look at the end of the warm-up; from then on frames are read back for the worker.
    handedOver = counts.mapped > before + 2;
  }
  inCall.close();
  for (const buffer of [other.frame, other.plate, other.hole, other.known]) buffer.destroy();
  const patience = performance.now() + 20_000;
  while (counts.alive.size && performance.now() < patience) await new Promise((resolve) => setTimeout(resolve, 100));
  const left = [...counts.alive].map(({ label, size }) => `${label} ${size}`);
  device.destroy();
  return { gpu, again, wasm, apart, unknown, mapped, created, handedOver, left, complaints: counts.complaints };
}

/** What a painter does with a network that fails in one way or another. */
export async function mishaps() {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const [width, height] = [32, 32];
  const input = (name: string, planes: number) => ({ name, type: 'float32', shape: [1, planes, height, width] });
  const make = (planes: number, value: number) => {
    const buffer = device.createBuffer({
      label: 'test',
      size: 4 * planes * width * height,
      usage: GPUBufferUsage.STORAGE | 8,
    });
    device.queue.writeBuffer(buffer, 0, new Float32Array(planes * width * height).fill(value));
    return buffer;
  };
  // The test writes the paintings itself.
  const create = device.createBuffer.bind(device);
  device.createBuffer = (each) =>
    create({ ...each, usage: each.usage | (each.usage & GPUBufferUsage.STORAGE ? 8 : 0) });
  const frame = { width, height, frame: make(3, 0), plate: make(3, 0), hole: make(1, 1), known: make(1, 0) };
  const fill = make(3, 0.25);
  let [value, memories, released] = [0.5, [] as (GPUBuffer | undefined)[], 0];
  let run: () => Promise<void> = async () => {};
  const session: GpuSession = {
    inputs: [
      input('frame', 3),
      input('plate', 3),
      input('fill', 3),
      input('hole', 1),
      input('known', 1),
      input('state_x', 1),
    ],
    run: async (inputs, outputs) => {
      memories.push(inputs.state_x);
      await run();
      // One pixel of three is what the test says.
      const painted = Float32Array.from({ length: 3 * width * height }, (_, i) => (i % 3 ? 0.5 : value));
      device.queue.writeBuffer(outputs.out!, 0, painted);
    },
    release: async () => {
      released++;
    },
  };
  const message = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: Error) => error.message,
    );

  value = Number.NaN;
  const atStart = await message(GpuPainter.create(device, session));
  const releasedAtStart = released;
  value = 0.5;
  const { painter } = await GpuPainter.create(device, session);
  memories = [];
  await painter.paint(frame, fill);
  run = () => Promise.reject(new Error('out of memory'));
  const failing = await message(painter.paint(frame, fill));
  run = async () => {};
  await painter.paint(frame, fill);
  const kept = memories[0] !== memories[1] && memories[1] === memories[2];

  value = Number.POSITIVE_INFINITY;
  const guarded = [...(await read(device, await painter.paint(frame, fill), 6))];
  let later = 'no error';
  for (let t = 0; t < 40 && later === 'no error'; t++) {
    later = await message(painter.paint(frame, fill));
    await device.queue.onSubmittedWorkDone();
  }
  painter.close();

  value = 0.5;
  const last = (await GpuPainter.create(device, session)).painter;
  run = () => new Promise(() => {});
  const hanging = message(last.paint(frame, fill));
  device.destroy();
  const lost = await hanging;
  last.close();
  return { atStart, releasedAtStart, failing, kept, guarded, later, lost, released };
}
