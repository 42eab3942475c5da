import type { Fill, WorkingSize } from '../fill.ts';
import type { GpuFill, GpuWorkingFrame } from './gpu-fill.ts';

const PLANES = { frame: 3, plate: 3, hole: 1, known: 1 } as const;
const ALL = 8;

/** What a working size needs. */
interface Buffers {
  readonly input: GpuWorkingFrame;
  readonly staging: GPUBuffer;
  readonly result: GPUBuffer;
}

/**
 * A {@link Fill} of the CPU for the inpainter on the GPU: the frame at working size is read back (4.4 MB at 480x288)
 * and the fill written up again. For a network that runs on WASM; `GpuNetworkFill` has one on the same device.
 */
export class GpuReadbackFill implements GpuFill {
  readonly name: 'push-pull' | 'network';
  readonly sizes?: readonly WorkingSize[];
  readonly #device: GPUDevice;
  readonly #fill: Fill;
  #buffers: Buffers | undefined;

  /** @param fill this one owns it. */
  constructor(device: GPUDevice, fill: Fill) {
    this.#device = device;
    this.#fill = fill;
    this.name = fill.name;
    if (fill.sizes) this.sizes = fill.sizes;
  }

  async fill(input: GpuWorkingFrame): Promise<GPUBuffer> {
    const { width, height } = input;
    const { staging, result } = this.#prepare(input);
    const n = width * height;
    const encoder = this.#device.createCommandEncoder({ label: 'clean-plate read back' });
    let at = 0;
    for (const [name, planes] of Object.entries(PLANES)) {
      encoder.copyBufferToBuffer(input[name as keyof typeof PLANES], 0, staging, 4 * at * n, 4 * planes * n);
      at += planes;
    }
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    let read: Float32Array;
    try {
      read = new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.unmap();
    }
    const planes = (from: number, count: number) => read.subarray(from * n, (from + count) * n);
    const rgb = await this.#fill.fill({
      width,
      height,
      frame: planes(0, 3),
      plate: planes(3, 3),
      hole: planes(6, 1),
      known: planes(7, 1),
    });
    this.#device.queue.writeBuffer(result, 0, rgb as Float32Array<ArrayBuffer>, 0, 3 * n);
    return result;
  }

  reset(): void {
    this.#fill.reset();
  }

  close(): void {
    this.#release();
    this.#fill.close();
  }

  #prepare(input: GpuWorkingFrame): Buffers {
    if (this.#buffers?.input.frame === input.frame) return this.#buffers;
    this.#release();
    const { STORAGE, COPY_DST, MAP_READ } = GPUBufferUsage;
    const make = (label: string, planes: number, usage: number) =>
      this.#device.createBuffer({
        label: `clean-plate ${label}`,
        size: 4 * planes * input.width * input.height,
        usage,
      });
    this.#buffers = {
      input,
      staging: make('read back', ALL, MAP_READ | COPY_DST),
      result: make('fill', 3, STORAGE | COPY_DST),
    };
    return this.#buffers;
  }

  #release(): void {
    this.#buffers?.staging.destroy();
    this.#buffers?.result.destroy();
    this.#buffers = undefined;
  }
}
