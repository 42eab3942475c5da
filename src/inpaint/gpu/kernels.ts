import type { KernelSource } from './bindings.ts';
import { kernel } from './kernel.ts';
import { PAINT_COMPLETED, PAINT_REMEMBERED } from './wgsl-completion.ts';
import { PAINT_FILL, PAINT_KNOWN } from './wgsl-compose.ts';
import { LEARN, SAMPLE, WARP } from './wgsl-plate.ts';
import { BUILD } from './wgsl-work.ts';

const SOURCES = {
  paintKnown: PAINT_KNOWN,
  paintFill: PAINT_FILL,
  paintCompleted: PAINT_COMPLETED,
  paintRemembered: PAINT_REMEMBERED,
  build: BUILD,
  learn: LEARN,
  sample: SAMPLE,
  warp: WARP,
} as const;

export type KernelName = keyof typeof SOURCES;

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly source: KernelSource;
}

export type Kernels = Readonly<Record<KernelName, Kernel>>;

/** Compiles all of them; rejects with the first that fails. */
export async function compile(device: GPUDevice): Promise<Kernels> {
  const entries = Object.entries(SOURCES).map(async ([name, source]) => {
    return [name, { pipeline: await kernel(device, name, source.code), source }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as unknown as Kernels;
}
