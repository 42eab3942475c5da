import type { GpuFill, GpuWorkingFrame } from './gpu-fill.ts';
import { kernel, run } from './kernel.ts';
import { LOAD, PULL, PUSH } from './wgsl-work.ts';

interface Level {
  readonly start: number;
  readonly width: number;
  readonly height: number;
}

/** Everything that depends on the working size. */
interface Pyramid {
  readonly input: GpuWorkingFrame;
  readonly buffers: GPUBuffer[];
  readonly result: GPUBuffer;
  readonly steps: {
    readonly pipeline: GPUComputePipeline;
    readonly group: GPUBindGroup;
    readonly x: number;
    readonly y: number;
  }[];
}

/** push-pull.ts on the GPU. */
export class GpuPushPull implements GpuFill {
  readonly name = 'push-pull';
  readonly #device: GPUDevice;
  readonly #load: GPUComputePipeline;
  readonly #pull: GPUComputePipeline;
  readonly #push: GPUComputePipeline;
  #pyramid: Pyramid | undefined;

  private constructor(device: GPUDevice, load: GPUComputePipeline, pull: GPUComputePipeline, push: GPUComputePipeline) {
    this.#device = device;
    this.#load = load;
    this.#pull = pull;
    this.#push = push;
  }

  static async create(device: GPUDevice): Promise<GpuPushPull> {
    const [load, pull, push] = await Promise.all([
      kernel(device, 'push-pull load', LOAD),
      kernel(device, 'push-pull pull', PULL),
      kernel(device, 'push-pull push', PUSH),
    ]);
    return new GpuPushPull(device, load, pull, push);
  }

  fill(input: GpuWorkingFrame): Promise<GPUBuffer> {
    if (this.#pyramid?.input.frame !== input.frame) {
      this.#release();
      this.#pyramid = this.#build(input);
    }
    const { steps, result } = this.#pyramid!;
    const encoder = this.#device.createCommandEncoder({ label: 'clean-plate push-pull' });
    for (const { pipeline, group, x, y } of steps) run(encoder, pipeline, group, x, y);
    this.#device.queue.submit([encoder.finish()]);
    return Promise.resolve(result);
  }

  reset(): void {}

  close(): void {
    this.#release();
  }

  #release(): void {
    for (const buffer of this.#pyramid?.buffers ?? []) buffer.destroy();
    this.#pyramid = undefined;
  }

  #build(input: GpuWorkingFrame): Pyramid {
    const device = this.#device;
    const levels: Level[] = [];
    let start = 0;
    for (let width = input.width, height = input.height; ; width = (width + 1) >> 1, height = (height + 1) >> 1) {
      levels.push({ start, width, height });
      start += 4 * width * height;
      if (width === 1 && height === 1) break;
    }
    const result = device.createBuffer({
      label: 'clean-plate pyramid',
      size: 4 * start,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    const buffers = [result];
    const last = levels.length - 1;
    const pairs = levels.slice(0, last).map((fine, i) => {
      const coarse = levels[i + 1]!;
      const uniform = device.createBuffer({
        label: `clean-plate pyramid level ${i}`,
        size: 32,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      buffers.push(uniform);
      const words = [
        fine.start,
        fine.width,
        fine.height,
        0,
        coarse.start,
        coarse.width,
        coarse.height,
        i + 1 === last ? 1 : 0,
      ];
      device.queue.writeBuffer(uniform, 0, Uint32Array.from(words));
      return { fine, coarse, uniform };
    });
    const group = (pipeline: GPUComputePipeline, uniform: GPUBuffer, more: readonly GPUBuffer[] = []) =>
      device.createBindGroup({
        label: 'clean-plate push-pull',
        layout: pipeline.getBindGroupLayout(0),
        entries: [uniform, result, ...more].map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
    const { frame, plate, hole, known } = input;
    const step = (pipeline: GPUComputePipeline, uniform: GPUBuffer, { width, height }: Level) => ({
      pipeline,
      group: group(pipeline, uniform),
      x: Math.ceil(width / 8),
      y: Math.ceil(height / 8),
    });
    return {
      input,
      buffers,
      result,
      steps: [
        {
          pipeline: this.#load,
          group: group(this.#load, pairs[0]!.uniform, [frame, plate, hole, known]),
          x: Math.ceil((input.width * input.height) / 256),
          y: 1,
        },
        ...pairs.map(({ coarse, uniform }) => step(this.#pull, uniform, coarse)),
        ...pairs.toReversed().map(({ fine, uniform }) => step(this.#push, uniform, fine)),
      ],
    };
  }
}
