import type { Layer } from '../completion/layer.ts';
import type { PlateValues } from '../completion/sources.ts';
import type { HoleMap } from '../hole-map.ts';
import type { GpuState } from './gpu-state.ts';

/** The whole plate, read back: some megabytes, once for each completion. */
export async function readPlate(device: GPUDevice, gpu: GpuState, holes: HoleMap): Promise<PlateValues[]> {
  const staging = device.createBuffer({
    label: 'clean-plate plate read back',
    size: gpu.value.size + gpu.belief.size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder({ label: 'clean-plate plate read back' });
    encoder.copyBufferToBuffer(gpu.value, 0, staging, 0, gpu.value.size);
    encoder.copyBufferToBuffer(gpu.belief, 0, staging, gpu.value.size, gpu.belief.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const mapped = staging.getMappedRange();
    const values = new Float32Array(mapped.slice(0, gpu.value.size));
    const beliefs = new Uint32Array(mapped, gpu.value.size);
    const { full, half } = holes;
    const grid = ({ width, height }: typeof full, channels: number[], value: number, belief: number): PlateValues => {
      const n = width * height;
      return {
        width,
        height,
        channels,
        value: channels.map((_, k) => values.subarray(value + k * n, value + (k + 1) * n)),
        count: byteOf(beliefs.subarray(belief, belief + n), 0),
        doubt: byteOf(beliefs.subarray(belief, belief + n), 8),
      };
    };
    if (half === full) return [grid(full, [0, 1, 2], 0, 0)];
    return [grid(full, [0], 0, 0), grid(half, [1, 2], full.width * full.height, gpu.halfBase)];
  } finally {
    staging.destroy();
  }
}

function byteOf(words: Uint32Array, shift: number): Uint8Array {
  const bytes = new Uint8Array(words.length);
  for (let i = 0; i < words.length; i++) bytes[i] = (words[i]! >> shift) & 255;
  return bytes;
}

/** Packs the completions for the kernel that draws them. */
export function writeLayers(
  queue: GPUQueue,
  buffer: GPUBuffer,
  { cells, halfBase }: GpuState,
  layer: Layer,
  before: Layer | undefined,
): void {
  const words = new Uint32Array(2 * cells);
  [layer, before].forEach((each, which) => {
    each?.forEach(({ value, has }, g) => {
      const base = which * cells + (g === 0 ? 0 : halfBase);
      for (let i = 0; i < has.length; i++) {
        if (!has[i]) continue;
        let word = 1 << 24;
        for (let k = 0; k < value.length; k++) word |= value[k]![i]! << (8 * k);
        words[base + i] = word;
      }
    });
  });
  queue.writeBuffer(buffer, 0, words);
}
