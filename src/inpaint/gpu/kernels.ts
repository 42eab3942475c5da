import { kernel } from './kernel.ts';
import { PAINT_COMPLETED } from './wgsl-completion.ts';
import { PAINT_FILL, PAINT_KNOWN } from './wgsl-compose.ts';
import { LEARN, SAMPLE, WARP } from './wgsl-plate.ts';
import { BUILD } from './wgsl-work.ts';

/** The inpainter's kernels and, for each, the bindings that it declares (see {@link BINDINGS}). */
const SOURCES = {
  paintKnown: [PAINT_KNOWN, [0, 1, 2, 3, 4, 6, 7]],
  paintFill: [PAINT_FILL, [0, 1, 2, 4, 6, 9, 11, 12]],
  paintCompleted: [PAINT_COMPLETED, [0, 1, 2, 4, 6, 15]],
  build: [BUILD, [0, 1, 2, 4, 6, 8, 9, 10, 11]],
  learn: [LEARN, [0, 1, 2, 3, 4, 5]],
  sample: [SAMPLE, [0, 3, 4, 7]],
  warp: [WARP, [0, 3, 4, 13, 14]],
} as const;

export type KernelName = keyof typeof SOURCES;

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: readonly number[];
}

export type Kernels = Readonly<Record<KernelName, Kernel>>;

/** Compiles all of them; rejects with the first that fails. */
export async function compile(device: GPUDevice): Promise<Kernels> {
  const entries = Object.entries(SOURCES).map(async ([name, [code, bindings]]) => {
    return [name, { pipeline: await kernel(device, name, code), bindings }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as unknown as Kernels;
}
