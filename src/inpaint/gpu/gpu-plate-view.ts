import { type PlateView, viewSize } from '../plate-view.ts';
import { bindGroup, kernelSource } from './bindings.ts';
import type { GpuState } from './gpu-state.ts';
import { kernel, run } from './kernel.ts';

/** plate-view.ts, `viewOf`: one invocation a pixel of the view. */
const VIEW = kernelSource(
  { value: 'read', belief: 'read', view: 'read_write' },
  /* wgsl */ `
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  let size = p.work.zw;
  if (id.x >= size.x || id.y >= size.y) { return; }
  let low = id.xy * p.size.xy / size;
  let high = ((id.xy + 1u) * p.size.xy + size - 1u) / size;
  var known = true;
  var mean: vec3f;
  for (var c = 0u; c < 3u; c++) {
    let half = select(0u, 1u, is_half(c));
    let a = low >> vec2u(half);
    let b = (high + half) >> vec2u(half);
    var sum = 0.0;
    for (var y = a.y; y < b.y; y++) {
      for (var x = a.x; x < b.x; x++) {
        sum += value[value_of(c, x, y)];
        known = known && (belief[cell_of(c, x, y)] & 255u) != 0u;
      }
    }
    mean[c] = p.exposure[c].x * sum / f32((b.x - a.x) * (b.y - a.y)) + p.exposure[c].y;
  }
  var rgba = 255u << 24u;
  for (var k = 0u; k < 3u; k++) { rgba |= level(255.0 * dot(p.to_rgb[k], vec4f(mean, 1.0))) << (8u * k); }
  view[id.y * size.x + id.x] = select(0u, rgba, known);
}
`,
);

/** The plate on the device, made small and read back. Compiled at the first look, since few apps take one. */
export class GpuPlateView {
  readonly #device: GPUDevice;
  #pipeline: Promise<GPUComputePipeline> | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @param gpu whose parameters are those of the last frame. @param alive false once it was destroyed. */
  async read(gpu: GpuState, width: number, height: number, alive: () => boolean): Promise<PlateView | undefined> {
    this.#pipeline ??= kernel(this.#device, 'view', VIEW.code);
    const pipeline = await this.#pipeline;
    if (!alive()) return undefined;
    const size = viewSize(width, height);
    const bytes = 4 * size.width * size.height;
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const make = (label: string, usage: number) =>
      this.#device.createBuffer({ label: `clean-plate ${label}`, size: bytes, usage });
    const view = make('view', STORAGE | COPY_SRC);
    const staging = make('view staging', MAP_READ | COPY_DST);
    try {
      const { params, value, belief } = gpu;
      const group = bindGroup(this.#device, 'view', pipeline, VIEW, { params, value, belief, view });
      const encoder = this.#device.createCommandEncoder({ label: 'clean-plate view' });
      run(encoder, pipeline, group, Math.ceil(size.width / 8), Math.ceil(size.height / 8));
      encoder.copyBufferToBuffer(view, 0, staging, 0, bytes);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return { ...size, data: new Uint8ClampedArray(staging.getMappedRange().slice(0)) };
    } finally {
      view.destroy();
      staging.destroy();
    }
  }
}
