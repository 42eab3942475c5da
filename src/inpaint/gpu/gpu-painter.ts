import {
  checkInputs,
  checkSize,
  elements,
  isState,
  type NetworkInput,
  nextOf,
  type PictureName,
} from '../network/graph.ts';
import type { GpuWorkingFrame } from './gpu-fill.ts';
import { kernel, run } from './kernel.ts';

/** The network on a GPU device: what is used here of an ONNX Runtime session. `network-gpu.ts` makes one. */
export interface GpuSession {
  readonly inputs: readonly NetworkInput[];
  /** Whole tensors in the caller's buffers, by name. Resolves when the work is submitted, not when it is done. */
  run(inputs: Readonly<Record<string, GPUBuffer>>, outputs: Readonly<Record<string, GPUBuffer>>): Promise<void>;
  release(): Promise<void>;
}

type Tensors = Record<string, GPUBuffer>;

/**
 * A value that is not a number takes the fill's, and is reported: it would spread through the memory to every later
 * frame. Its exponent is looked at, since a shader compiler may take it for granted that there is none such.
 */
const GUARD = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> painted: array<f32>;
@group(0) @binding(1) var<storage, read> fill: array<f32>;
@group(0) @binding(2) var<storage, read_write> broken: atomic<u32>;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= arrayLength(&painted)) { return; }
  if ((bitcast<u32>(painted[i]) & 0x7f800000u) == 0x7f800000u) {
    painted[i] = fill[i];
    atomicStore(&broken, 1u);
  }
}
`;

/** Runs before the first frame; all but the first are timed. */
const WARM_UPS = 3;
/** Frames between two looks at whether the network still paints numbers. */
const LOOK_EVERY = 30;

/**
 * The network and its memory on the inpainter's own device, for one stream at one size. Frames, paintings and memory
 * stay in GPU buffers. The memory lies there twice: read in one place, written in the other, and the two swap. Nothing
 * is read back but, now and then, one word that no frame waits for.
 */
export class GpuPainter {
  readonly #device: GPUDevice;
  readonly #session: GpuSession;
  readonly #guard: GPUComputePipeline;
  readonly #buffers: GPUBuffer[] = [];
  readonly #out: GPUBuffer;
  readonly #broken: GPUBuffer;
  readonly #staging: GPUBuffer;
  readonly #memory: readonly [Tensors, Tensors] = [{}, {}];
  #turn: 0 | 1 = 0;
  #frames = 0;
  #group: { readonly fill: GPUBuffer; readonly group: GPUBindGroup } | undefined;
  #looking = false;
  #failed: Error | undefined;
  /** Ends the wait for a run: on a lost device it may never come back. */
  #giveUp: ((error: Error) => void) | undefined;

  /**
   * Runs the network on an empty frame a few times, since the first run compiles its kernels.
   * @param session is the painter's from now on, also where this rejects: when the device refuses a kernel or a buffer,
   *   or when what is painted are no numbers.
   * @returns also how many milliseconds the quickest run took, to its end on the GPU.
   */
  static async create(device: GPUDevice, session: GpuSession): Promise<{ painter: GpuPainter; ms: number }> {
    let painter: GpuPainter | undefined;
    try {
      checkInputs(session.inputs);
      const guard = await kernel(device, 'network guard', GUARD);
      painter = new GpuPainter(device, session, guard);
      return { painter, ms: await painter.#warmUp() };
    } catch (error) {
      if (painter) painter.close();
      else void session.release().catch(() => {});
      throw error;
    }
  }

  private constructor(device: GPUDevice, session: GpuSession, guard: GPUComputePipeline) {
    this.#device = device;
    this.#session = session;
    this.#guard = guard;
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    for (const input of session.inputs.filter(({ name }) => isState(name))) {
      for (const memory of this.#memory)
        memory[input.name] = this.#buffer(input.name, bytesOf(input), STORAGE | COPY_DST);
    }
    const frame = session.inputs.find(({ name }) => name === 'frame')!;
    this.#out = this.#buffer('painting', bytesOf(frame), STORAGE | COPY_SRC);
    this.#broken = this.#buffer('painting broken', 4, STORAGE | COPY_SRC);
    this.#staging = this.#buffer('painting broken, read', 4, MAP_READ | COPY_DST);
    void device.lost.then(({ reason, message }) => {
      this.#failed = new Error(`The GPU device was lost (${reason}): ${message}`);
      this.#giveUp?.(this.#failed);
    });
  }

  /**
   * Reads the memory, paints, writes the memory. Rejects with the memory as it was.
   * @param fill planar RGB from the buffer's start; the network starts from it, as in training.
   * @returns planar RGB, 3 x height x width, valid until the next call.
   */
  async paint({ width, height, frame, hole, plate, known }: GpuWorkingFrame, fill: GPUBuffer): Promise<GPUBuffer> {
    if (this.#failed) throw this.#failed;
    checkSize(this.#session.inputs, { width, height });
    const [before, after] = this.#turn === 0 ? this.#memory : this.#memory.toReversed();
    const next = Object.entries(after!).map(([name, buffer]) => [nextOf(name), buffer] as const);
    const pictures = { frame, hole, plate, known, fill };
    await this.#unlessLost(
      this.#session.run({ ...pictures, ...before }, { out: this.#out, ...Object.fromEntries(next) }),
    );
    this.#turn = this.#turn === 0 ? 1 : 0;
    const encoder = this.#device.createCommandEncoder({ label: 'clean-plate network guard' });
    run(encoder, this.#guard, this.#groupFor(fill), Math.ceil(this.#out.size / 4 / 256));
    this.#device.queue.submit([encoder.finish()]);
    if (++this.#frames % LOOK_EVERY === 0 && !this.#looking) void this.#look().catch(() => {});
    return this.#out;
  }

  reset(): void {
    const encoder = this.#device.createCommandEncoder({ label: 'clean-plate network reset' });
    for (const buffer of Object.values(this.#memory[this.#turn])) encoder.clearBuffer(buffer);
    this.#device.queue.submit([encoder.finish()]);
  }

  close(): void {
    this.#failed ??= new Error('The network was closed.');
    // A lost device lets nothing go in order.
    void this.#session.release().catch(() => {});
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }

  #unlessLost(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      work.then(resolve, reject);
    });
  }

  /** Fetches the word that says whether values were no numbers. */
  async #look(): Promise<void> {
    this.#looking = true;
    try {
      const encoder = this.#device.createCommandEncoder({ label: 'clean-plate network look' });
      encoder.copyBufferToBuffer(this.#broken, 0, this.#staging, 0, 4);
      this.#device.queue.submit([encoder.finish()]);
      await this.#staging.mapAsync(GPUMapMode.READ);
      const [broken] = new Uint32Array(this.#staging.getMappedRange());
      this.#staging.unmap();
      if (broken) this.#failed ??= new Error('The network painted values that are not numbers.');
    } finally {
      this.#looking = false;
    }
  }

  #groupFor(fill: GPUBuffer): GPUBindGroup {
    if (this.#group?.fill !== fill) {
      const group = this.#device.createBindGroup({
        label: 'clean-plate network guard',
        layout: this.#guard.getBindGroupLayout(0),
        entries: [this.#out, fill, this.#broken].map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      this.#group = { fill, group };
    }
    return this.#group.group;
  }

  #buffer(label: string, size: number, usage: number): GPUBuffer {
    const buffer = this.#device.createBuffer({ label: `clean-plate network ${label}`, size, usage });
    this.#buffers.push(buffer);
    return buffer;
  }

  async #warmUp(): Promise<number> {
    const { queue } = this.#device;
    const empty = Object.fromEntries(
      this.#session.inputs
        .filter(({ name }) => !isState(name))
        .map((input) => [input.name, this.#buffer(`warm-up ${input.name}`, bytesOf(input), GPUBufferUsage.STORAGE)]),
    ) as Record<PictureName, GPUBuffer>;
    const [, , height = 0, width = 0] = this.#session.inputs.find(({ name }) => name === 'frame')!.shape;
    try {
      let ms = Number.POSITIVE_INFINITY;
      await withoutErrors(this.#device, async () => {
        for (let t = 0; t < WARM_UPS; t++) {
          const started = performance.now();
          await this.paint({ width, height, ...empty }, empty.fill);
          await queue.onSubmittedWorkDone();
          if (t > 0) ms = Math.min(ms, performance.now() - started);
        }
      });
      await this.#look();
      if (this.#failed) throw this.#failed;
      this.reset();
      return ms;
    } finally {
      this.#group = undefined;
      for (const buffer of Object.values(empty)) {
        buffer.destroy();
        this.#buffers.splice(this.#buffers.indexOf(buffer), 1);
      }
    }
  }
}

/** Rejects, after the work, with the first thing in it that the device refused. */
async function withoutErrors(device: GPUDevice, work: () => Promise<void>): Promise<void> {
  const filters = ['validation', 'out-of-memory', 'internal'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  const pop = async () => {
    const errors = await Promise.all(filters.map(() => device.popErrorScope()));
    return errors.find((error) => error !== null);
  };
  await work().catch(async (error) => {
    await pop();
    throw error;
  });
  const refused = await pop();
  if (refused) throw new Error(`The GPU refused the network: ${refused.message}`);
}

function bytesOf({ type, shape }: NetworkInput): number {
  return elements(shape) * (type === 'float16' ? 2 : 4);
}
