import { type Picture, pictureBytes } from '../../picture.ts';
import type { WorkingSize } from '../fill.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { SampleGrid } from '../sample-grid.ts';
import { workingSize } from '../working-frame.ts';
import { type Buffers, bindGroup, PARAMS_BYTES } from './bindings.ts';
import type { GpuWorkingFrame } from './gpu-fill.ts';
import type { KernelName, Kernels } from './kernels.ts';

/** Those that draw a layer: see wgsl-completion.ts. */
export type LayerKernel = 'paintCompleted' | 'paintRemembered';

type PlainKernel = Exclude<KernelName, 'paintFill' | LayerKernel>;

/** A completion or a room, and the one before, on the device. */
export interface GpuLayers {
  readonly buffer: GPUBuffer;
  readonly group: GPUBindGroup;
}

/** Every GPU buffer that a picture size needs: created together, destroyed together. */
export class GpuState {
  readonly params: GPUBuffer;
  /** The picture's bytes: raw at first, composed at the end. */
  readonly picture: GPUBuffer;
  readonly holes: GPUBuffer;
  readonly value: GPUBuffer;
  readonly belief: GPUBuffer;
  readonly field: GPUBuffer;
  /** Count of hole pixels that are not in the plate. */
  readonly unknown: GPUBuffer;
  readonly samples: GPUBuffer;
  readonly staging: GPUBuffer;
  readonly work: GpuWorkingFrame;
  readonly spareValue: GPUBuffer;
  readonly spareBelief: GPUBuffer;
  /** Bytes of the picture rounded up to whole words; and where samples and the count lie in the staging buffer. */
  readonly pictureBytes: number;
  readonly samplesAt: number;
  readonly unknownAt: number;
  /** First chroma cell, and cells in all. */
  readonly halfBase: number;
  readonly cells: number;
  readonly #device: GPUDevice;
  readonly #buffers: GPUBuffer[] = [];
  readonly #groups: Record<PlainKernel, GPUBindGroup>;
  readonly #kernels: Kernels;
  /** All but what is there only now and then. */
  readonly #bound: Buffers;
  readonly #values: number;
  #anchor: { readonly value: GPUBuffer; readonly belief: GPUBuffer } | undefined;
  readonly #layers: Partial<Record<LayerKernel, GpuLayers>> = {};
  #paint: { readonly fill: GPUBuffer; readonly group: GPUBindGroup } | undefined;

  /** @param sizes the working sizes that the fill is made for. */
  constructor(
    device: GPUDevice,
    kernels: Kernels,
    { format, width, height }: Picture,
    sampleGrid: SampleGrid,
    fit: PhotometricFit,
    sizes: readonly WorkingSize[] = [],
  ) {
    this.#device = device;
    this.#kernels = kernels;
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ, UNIFORM } = GPUBufferUsage;
    const make = (label: string, size: number, usage: number) => {
      const buffer = device.createBuffer({ label: `clean-plate ${label}`, size, usage });
      this.#buffers.push(buffer);
      return buffer;
    };
    const full = width * height;
    const half = format === 'RGBA' ? 0 : ((width + 1) >> 1) * ((height + 1) >> 1);
    this.halfBase = words(full) * 4;
    this.cells = half === 0 ? full : this.halfBase + half;
    const values = 4 * (format === 'RGBA' ? 3 * full : full + 2 * half);
    this.pictureBytes = words(pictureBytes(format, width, height)) * 4;
    this.samplesAt = this.pictureBytes;
    this.unknownAt = this.samplesAt + 16 * Math.max(1, sampleGrid.count.length);

    this.params = make('params', PARAMS_BYTES, UNIFORM | COPY_DST);
    this.picture = make('picture', this.pictureBytes, STORAGE | COPY_SRC | COPY_DST);
    this.holes = make('holes', words(this.cells) * 4, STORAGE | COPY_DST);
    this.value = make('plate', values, STORAGE | COPY_SRC | COPY_DST);
    this.belief = make('belief', 4 * this.cells, STORAGE | COPY_SRC | COPY_DST);
    const rival = make('rival', 4 * this.cells, STORAGE);
    this.field = make('seam', 4 * (fit.seam.field.length + 3 * fit.instability.share.length), STORAGE | COPY_DST);
    this.unknown = make('unknown', 4, STORAGE | COPY_SRC | COPY_DST);
    this.samples = make('samples', this.unknownAt - this.samplesAt, STORAGE | COPY_SRC);
    this.staging = make('staging', this.unknownAt + 4, MAP_READ | COPY_DST);
    this.#values = values;
    this.spareValue = make('spare plate', values, STORAGE | COPY_SRC);
    this.spareBelief = make('spare belief', 4 * this.cells, STORAGE | COPY_SRC);
    const size = workingSize(width, height, sizes);
    const n = 4 * size.width * size.height;
    this.work = {
      ...size,
      frame: make('working frame', 3 * n, STORAGE | COPY_SRC),
      plate: make('working plate', 3 * n, STORAGE | COPY_SRC),
      hole: make('working hole', n, STORAGE | COPY_SRC),
      known: make('working known', n, STORAGE | COPY_SRC),
    };
    const { params, picture, holes, value, belief, field, unknown, samples, spareValue, spareBelief, work } = this;
    this.#bound = {
      ...{ params, picture, holes, value, belief, rival, field, unknown, samples },
      ...{ frame: work.frame, work_plate: work.plate, work_hole: work.hole, work_known: work.known },
      ...{ spare_value: spareValue, spare_belief: spareBelief },
    };
    const group = (name: KernelName) => this.#group(name, this.#bound);
    this.#groups = {
      paintKnown: group('paintKnown'),
      build: group('build'),
      learn: group('learn'),
      sample: group('sample'),
      warp: group('warp'),
    };
  }

  group(name: PlainKernel): GPUBindGroup {
    return this.#groups[name];
  }

  /** A fill hands over the same buffer, or one of a few, frame after frame. */
  paintGroup(fill: GPUBuffer): GPUBindGroup {
    if (this.#paint?.fill !== fill) {
      this.#paint = { fill, group: this.#group('paintFill', { ...this.#bound, fill }) };
    }
    return this.#paint.group;
  }

  /** Made when there is one to be drawn. */
  layers(kernel: LayerKernel): GpuLayers {
    const made = this.#layers[kernel];
    if (made) return made;
    const buffer = this.#device.createBuffer({
      label: `clean-plate layers of ${kernel}`,
      size: 8 * this.cells,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.#buffers.push(buffer);
    const layers = { buffer, group: this.#group(kernel, { ...this.#bound, layers: buffer }) };
    this.#layers[kernel] = layers;
    return layers;
  }

  /** Plate and belief as they were before the camera began to shake, made when it does: see anchor.ts. */
  get anchor(): { readonly value: GPUBuffer; readonly belief: GPUBuffer } {
    if (!this.#anchor) {
      const make = (label: string, size: number) => {
        const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const buffer = this.#device.createBuffer({ label: `clean-plate ${label}`, size, usage });
        this.#buffers.push(buffer);
        return buffer;
      };
      this.#anchor = { value: make('kept plate', this.#values), belief: make('kept belief', 4 * this.cells) };
    }
    return this.#anchor;
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }

  #group(name: KernelName, buffers: Buffers): GPUBindGroup {
    const { pipeline, source } = this.#kernels[name];
    return bindGroup(this.#device, name, pipeline, source, buffers);
  }
}

function words(bytes: number): number {
  return (bytes + 3) >> 2;
}
