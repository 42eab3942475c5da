import type { Mask } from '../../mask.ts';
import { type Picture, pictureBytes } from '../../picture.ts';
import { Stopwatch } from '../../stopwatch.ts';
import { Completing, CompletionService } from '../completion/completing.ts';
import type { LayerOnShow } from '../completion/layer.ts';
import type { PlateValues } from '../completion/sources.ts';
import type { Inpainter, InpainterOptions, InpaintReport } from '../inpainter.ts';
import type { Motion } from '../motion.ts';
import { PhotometricFit } from '../photometric-fit.ts';
import { addLayers, type PlateView } from '../plate-view.ts';
import { MemoryService, Remembering } from '../room/remembering.ts';
import type { Room } from '../room/room.ts';
import { SampleGrid } from '../sample-grid.ts';
import { readPlate, writeLayers } from './gpu-completion.ts';
import type { GpuFill } from './gpu-fill.ts';
import { GpuPlateView } from './gpu-plate-view.ts';
import { GpuPushPull } from './gpu-push-pull.ts';
import { type GpuScene, paramsOf, sceneOf } from './gpu-scene.ts';
import { GpuState, type LayerKernel } from './gpu-state.ts';
import { run } from './kernel.ts';
import { compile, type Kernels } from './kernels.ts';

/**
 * The {@link Inpainter} on WebGPU. Everything of the picture's size happens in kernels and stays on the device; only
 * the composed bytes and the plate at some thousand points come back, in one read. Exposure, seam and motion are found
 * on the CPU from those points.
 */
export class GpuInpainter implements Inpainter {
  readonly backend = 'webgpu';
  readonly #device: GPUDevice;
  readonly #kernels: Kernels;
  readonly #fill: GpuFill;
  readonly #view: GpuPlateView;
  readonly #completions: CompletionService | undefined;
  readonly #memory: MemoryService | undefined;
  readonly #grain: boolean;
  #scene: GpuScene | undefined;
  #key = '';
  #closed = false;
  #lost: GPUDeviceLostInfo | undefined;

  private constructor(
    device: GPUDevice,
    kernels: Kernels,
    fill: GpuFill,
    { completion, memory, grain = true }: InpainterOptions<GpuFill>,
  ) {
    this.#device = device;
    this.#grain = grain;
    this.#completions = completion && new CompletionService(completion);
    this.#memory = memory && new MemoryService(memory);
    this.#kernels = kernels;
    this.#fill = fill;
    this.#view = new GpuPlateView(device);
    device.lost.then((info) => {
      this.#lost = info;
    });
  }

  /**
   * Compiles the kernels. Rejects when the device cannot.
   * @param device stays the caller's; it may be shared with a network session.
   * @param options.fill what is shown where nothing was ever seen; the inpainter owns it. Push-pull unless given.
   * @param options.completion completes it, over the fill. Off unless given.
   * @param options.memory remembers the room, over both. Off unless given.
   * @param options.grain false leaves the hole as calm as what it is made of. On unless given.
   */
  static async create(device: GPUDevice, options: InpainterOptions<GpuFill> = {}): Promise<GpuInpainter> {
    const kernels = await compile(device);
    return new GpuInpainter(device, kernels, options.fill ?? (await GpuPushPull.create(device)), options);
  }

  async inpaint(picture: Picture, hole: Mask, timestamp: number): Promise<InpaintReport> {
    if (this.#closed) throw new Error('This inpainter is closed.');
    this.#assertDevice();
    try {
      return await this.#inpaint(picture, hole, timestamp);
    } catch (error) {
      this.#assertDevice();
      throw error;
    }
  }

  /** The kernel that learns runs behind the one that paints, in one submission: nobody waits for it. */
  settle(late = false): void {
    if (!this.#scene) return;
    if (this.#memory?.options.pace === 'best-effort') void this.#remember(this.#scene);
    if (this.#completions?.pace === 'best-effort') void this.#complete(this.#scene, late);
  }

  async view(): Promise<PlateView | undefined> {
    const scene = this.#scene;
    if (!scene || scene.time === 0) return undefined;
    const { full } = scene.holes;
    const view = await this.#view.read(scene.gpu, full.width, full.height, () => scene === this.#scene);
    if (view) addLayers(view, [scene.remembering, scene.completing], scene.fit, scene.colour, full);
    return view;
  }

  /** Rare, so without a kernel: the beliefs are overwritten run by run. */
  forget(mask: Mask): void {
    this.#fill.reset();
    if (!this.#scene) return;
    const { holes, gpu, sampleGrid, completing, remembering, anchor } = this.#scene;
    completing?.forget();
    anchor.drop();
    holes.load(mask);
    sampleGrid.forgetIn(holes);
    remembering?.forgetIn(holes);
    const nothing = new Uint32Array(holes.full.width);
    const grids = holes.half === holes.full ? [holes.full] : [holes.full, holes.half];
    for (const { data, width, x0, x1, y0, y1 } of grids) {
      const base = data === holes.full.data ? 0 : gpu.halfBase;
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) {
          const first = x;
          while (x < x1 && data[y * width + x]) x++;
          if (x > first)
            this.#device.queue.writeBuffer(gpu.belief, 4 * (base + y * width + first), nothing, 0, x - first);
        }
      }
    }
  }

  remember(rooms: readonly Room[]): void {
    this.#memory?.remember(rooms);
    this.#scene?.remembering?.forget();
  }

  reset(): void {
    this.#drop();
    this.#fill.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.#fill.close();
    this.#completions?.close();
    this.#memory?.close();
  }

  #drop(): void {
    this.#scene?.completing?.forget();
    this.#scene?.remembering?.forget();
    this.#scene?.gpu.destroy();
    this.#scene = undefined;
  }

  /** Completes what was never seen, where that pays now. */
  async #complete(scene: GpuScene, late = false): Promise<void> {
    const { completing, remembering, colour } = scene;
    if (scene.shares.isComplete || !completing?.due(late)) return;
    const read = this.#reader(scene, () => completing.forget());
    await completing.run(async () => {
      const plate = await read();
      return remembering?.join(plate) ?? plate;
    }, colour);
  }

  /** Takes over what is new, and looks for a room where one is missed. */
  async #remember(scene: GpuScene): Promise<void> {
    const { remembering, colour } = scene;
    if (!remembering) return;
    const read = this.#reader(scene, () => remembering.forget());
    if (remembering.isKeepingDue) await remembering.keep(read, colour);
    if (remembering.isSearchDue) await remembering.search(read, colour);
  }

  /** Reads the plate back. @param onLost a lost device is reported by the next frame, not to whoever reads */
  #reader({ gpu, holes }: GpuScene, onLost: () => void): () => Promise<PlateValues[]> {
    return async () => {
      try {
        return await readPlate(this.#device, gpu, holes);
      } catch (error) {
        if (this.#lost) onLost();
        throw error;
      }
    };
  }

  #assertDevice(): void {
    if (this.#lost) throw new Error(`The GPU device was lost (${this.#lost.reason}): ${this.#lost.message}`);
  }

  async #inpaint(picture: Picture, hole: Mask, timestamp: number): Promise<InpaintReport> {
    const scene = this.#prepare(picture);
    const { holes, gpu, fit, sampleGrid, padded } = scene;
    const { queue } = this.#device;
    const watch = new Stopwatch();

    const late = scene.late.find(hole, timestamp);
    if (late) this.forget(late);
    holes.load(hole);
    watch.lap('hole');
    const motion = await this.#follow(scene, picture, timestamp);
    fit.measure();
    scene.completing?.look(motion.camera);
    scene.remembering?.look(motion.camera, timestamp);
    scene.shares.look(sampleGrid, fit.seam.width, picture.width, scene.remembering, scene.completing);
    watch.lap('light');
    if (this.#memory?.options.pace === 'synchronous') {
      await this.#remember(scene);
      watch.lap('remember');
    }
    if (this.#completions?.pace === 'synchronous') await this.#complete(scene);
    const layers = [
      this.#bringLayer(scene, 'paintCompleted', scene.completing),
      this.#bringLayer(scene, 'paintRemembered', scene.remembering),
    ];

    const bytes = pictureBytes(picture.format, picture.width, picture.height);
    padded.set(picture.data.subarray(0, bytes));
    queue.writeBuffer(gpu.picture, 0, padded);
    queue.writeBuffer(gpu.holes, 0, words(holes.full.data));
    if (holes.half !== holes.full) queue.writeBuffer(gpu.holes, gpu.halfBase, words(holes.half.data));
    queue.writeBuffer(gpu.field, 0, fit.seam.field as Float32Array<ArrayBuffer>);
    queue.writeBuffer(gpu.field, fit.seam.field.byteLength, fit.instability.share as Float32Array<ArrayBuffer>);
    queue.writeBuffer(gpu.params, 0, paramsOf(scene, picture));

    const before = this.#encoder();
    before.clearBuffer(gpu.unknown);
    this.#run(before, scene, 'paintKnown', padded.length / 4 / 256);
    const filling = holes.count > 0 || this.#fill.name !== 'push-pull';
    if (filling) this.#run(before, scene, 'build', gpu.work.width / 8, gpu.work.height / 8);
    queue.submit([before.finish()]);
    const fill = filling ? await this.#fill.fill(gpu.work, scene.unknown > 0 || fit.instability.active) : undefined;

    const after = this.#encoder();
    if (fill) run(after, this.#kernels.paintFill.pipeline, gpu.paintGroup(fill), Math.ceil(padded.length / 4 / 256));
    for (const layer of layers) if (layer) run(after, layer.pipeline, layer.group, Math.ceil(padded.length / 4 / 256));
    this.#run(after, scene, 'learn', gpu.cells / 256);
    this.#sample(after, scene);
    after.copyBufferToBuffer(gpu.picture, 0, gpu.staging, 0, gpu.pictureBytes);
    after.copyBufferToBuffer(gpu.unknown, 0, gpu.staging, gpu.unknownAt, 4);
    queue.submit([after.finish()]);
    watch.lap('encode');

    // What the report says of coverage is of the plate before this frame was learnt, as in the CPU twin.
    const coverage = sampleGrid.coverage;
    const unknown = await this.#read(scene, (mapped) => {
      picture.data.set(new Uint8Array(mapped, 0, bytes));
    });
    watch.lap('gpu');
    scene.time++;
    scene.unknown = unknown;
    const { remembered, completed } = scene.shares;
    const known = holes.count === 0 ? 1 : 1 - unknown / holes.count;
    const map = motion.camera === 'moved' ? motion.map : undefined;
    return {
      hole: holes.share,
      known,
      remembered,
      completed,
      coverage,
      camera: motion.camera,
      map,
      late,
      ms: watch.ms,
    };
  }

  /** Brings what is to be drawn over the fill to the device, where there is any; what its kernel needs to draw it. */
  #bringLayer(scene: GpuScene, kernel: LayerKernel, shown: (LayerOnShow & { readonly version: number }) | undefined) {
    const { gpu, fit, holes, layers } = scene;
    if (!shown?.layer || holes.count === 0) return undefined;
    const { queue } = this.#device;
    const { buffer, group } = gpu.layers(kernel);
    if (layers[kernel] !== shown.version) writeLayers(queue, buffer, gpu, shown.layer, shown.before);
    layers[kernel] = shown.version;
    const shares = fit.instability.share.byteLength * (kernel === 'paintCompleted' ? 1 : 2);
    queue.writeBuffer(gpu.field, fit.seam.field.byteLength + shares, shown.share as Float32Array<ArrayBuffer>);
    return { pipeline: this.#kernels[kernel].pipeline, group };
  }

  /** Finds out what the camera did and brings the plate in line. A move costs a read of its own. */
  async #follow(scene: GpuScene, picture: Picture, timestamp: number): Promise<Motion> {
    const { sampleGrid, holes, gpu, fit } = scene;
    sampleGrid.look(picture, holes);
    const found = scene.motion.find(sampleGrid, picture, holes);
    if (found.camera === 'lost') {
      const encoder = this.#encoder();
      encoder.clearBuffer(gpu.belief);
      this.#device.queue.submit([encoder.finish()]);
      sampleGrid.count.fill(0);
      fit.reset();
      scene.anchor.drop();
      // What a fill remembers is of the picture that is gone.
      this.#fill.reset();
    }
    if (found.camera === 'moved') {
      const move = scene.anchor.move(found.map, timestamp, sampleGrid.coverage);
      const { keep, restore, map } = move;
      fit.move(move);
      this.#device.queue.writeBuffer(gpu.params, 0, paramsOf(scene, picture, map));
      const encoder = this.#encoder();
      const copy = (from: GPUBuffer, to: GPUBuffer) => encoder.copyBufferToBuffer(from, 0, to, 0, to.size);
      if (keep) {
        copy(gpu.value, gpu.anchor.value);
        copy(gpu.belief, gpu.anchor.belief);
      }
      if (restore) {
        copy(gpu.anchor.value, gpu.value);
        copy(gpu.anchor.belief, gpu.belief);
      }
      if (map) {
        this.#run(encoder, scene, 'warp', gpu.cells / 256);
        copy(gpu.spareValue, gpu.value);
        copy(gpu.spareBelief, gpu.belief);
      }
      this.#sample(encoder, scene);
      this.#device.queue.submit([encoder.finish()]);
      await this.#read(scene);
    }
    return found;
  }

  #sample(encoder: GPUCommandEncoder, scene: GpuScene): void {
    const { gpu, sampleGrid } = scene;
    if (sampleGrid.count.length === 0) return;
    this.#run(encoder, scene, 'sample', sampleGrid.count.length / 256);
    encoder.copyBufferToBuffer(gpu.samples, 0, gpu.staging, gpu.samplesAt, 16 * sampleGrid.count.length);
  }

  /**
   * Waits for what was copied to the staging buffer; takes the samples over and returns the count of unknown pixels.
   */
  async #read({ gpu, sampleGrid }: GpuScene, use?: (mapped: ArrayBuffer) => void): Promise<number> {
    await gpu.staging.mapAsync(GPUMapMode.READ);
    try {
      const mapped = gpu.staging.getMappedRange();
      use?.(mapped);
      const n = sampleGrid.count.length;
      const samples = new Float32Array(mapped, gpu.samplesAt, 4 * n);
      for (let c = 0; c < 3; c++) sampleGrid.plate[c]!.set(samples.subarray(c * n, (c + 1) * n));
      for (let i = 0; i < n; i++) sampleGrid.count[i] = samples[3 * n + i]!;
      return new Uint32Array(mapped, gpu.unknownAt, 1)[0]!;
    } finally {
      gpu.staging.unmap();
    }
  }

  #encoder(): GPUCommandEncoder {
    return this.#device.createCommandEncoder({ label: 'clean-plate inpaint' });
  }

  #run(
    encoder: GPUCommandEncoder,
    { gpu }: GpuScene,
    name: 'paintKnown' | 'build' | 'learn' | 'sample' | 'warp',
    x: number,
    y = 1,
  ): void {
    run(encoder, this.#kernels[name].pipeline, gpu.group(name), Math.ceil(x), Math.ceil(y));
  }

  #prepare(picture: Picture): GpuScene {
    const { format, width, height, yuv } = picture;
    const key = `${format} ${width}x${height} ${yuv.matrix} ${yuv.fullRange}`;
    if (this.#scene && key === this.#key) return this.#scene;
    if (this.#key !== '' && key !== this.#key) this.reset();
    this.#key = key;
    const sampleGrid = new SampleGrid(format, width, height);
    const fit = new PhotometricFit(sampleGrid, this.#grain);
    const gpu = new GpuState(this.#device, this.#kernels, picture, sampleGrid, fit, this.#fill.sizes);
    const completing = this.#completions && new Completing(this.#completions, sampleGrid, fit);
    const remembering = this.#memory && new Remembering(this.#memory, sampleGrid, fit, picture);
    this.#scene = sceneOf(picture, { sampleGrid, fit, gpu, completing, remembering });
    return this.#scene;
  }
}

/** Hole maps lie in buffers of whole words: see hole-map.ts. */
function words(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer, 0, data.buffer.byteLength);
}
