import type { WorkingSize } from '../fill.ts';

/**
 * {@link WorkingFrame} in GPU buffers of 32-bit floats, one each so that they can be a network's inputs as they are.
 */
export interface GpuWorkingFrame {
  readonly width: number;
  readonly height: number;
  /** Planar RGB, 3 x height x width. */
  readonly frame: GPUBuffer;
  readonly plate: GPUBuffer;
  /** Height x width. */
  readonly hole: GPUBuffer;
  readonly known: GPUBuffer;
}

/**
 * What is shown where nothing was ever seen, on the GPU: the inpainter submits everything that writes the
 * input, awaits `fill`, then submits the composition that reads the returned buffer. Work on one queue keeps its order,
 * so a network session on the same device hands over its own output buffer and nothing is copied or read back.
 */
export interface GpuFill {
  readonly name: 'push-pull' | 'network';
  /** As in {@link Fill}. */
  readonly sizes?: readonly WorkingSize[];
  /**
   * @param needed whether the frame before had anything unknown: of this one the device alone knows.
   * @returns planar RGB, 3 x height x width floats from the buffer's start, 0..1; valid until the next call.
   */
  fill(input: GpuWorkingFrame, needed: boolean): Promise<GPUBuffer>;
  /** Forgets the past. */
  reset(): void;
  close(): void;
}
