import type { ColourMap } from '../colour.ts';
import type { Motion } from '../motion.ts';
import type { Pace } from '../network/network-fill.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { SampleGrid } from '../sample-grid.ts';
import type { Completer } from './completer.ts';
import { type Moment, momentOf, StillnessGate } from './gate.ts';
import { gather, type Layer, type LayerOnShow } from './layer.ts';
import { CompletionSchedule } from './schedule.ts';
import { type PlateValues, Sources } from './sources.ts';

/** Milliseconds that a completion takes to come on show. */
const FADE_MS = 500;
/** Share of the picture that must be fit to be copied from. */
const ENOUGH = 0.1;
/** Milliseconds after which a run is given up. */
const LIMIT = 30_000;
/**
 * Milliseconds that a frame counts where every frame waits for its completion, which must not depend on how fast this
 * machine is.
 */
const FRAME_MS = 100;

export interface CompletionOptions {
  /** The inpainter owns it. */
  readonly completer: Completer;
  /**
   * `best-effort`: no frame waits. `synchronous`: the frame at which a completion is asked for waits for it; the same
   * input gives the same output.
   */
  readonly pace: Pace;
  /** Called once, when a run failed or took too long. From then on what was never seen is filled in smoothly. */
  onError(error: unknown): void;
}

/** What the completions of one inpainter have in common, whatever the picture's size. */
export class CompletionService {
  readonly #options: CompletionOptions;
  #failed = false;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  get pace(): Pace {
    return this.#options.pace;
  }

  get completer(): Completer | undefined {
    return this.#failed ? undefined : this.#options.completer;
  }

  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.onError(error);
  }

  close(): void {
    this.#failed = true;
    this.#options.completer.close();
  }
}

/**
 * The room as it is completed: what is shown of it, how far it is trusted, and when it is to be made anew. The same for
 * both backends.
 */
export class Completing implements LayerOnShow {
  /** What is on show, and what was before it while that fades out. */
  layer: Layer | undefined;
  before: Layer | undefined;
  /** Share of the layer on show against what was there before it, 0..1. */
  mix = 0;
  /** Goes up with every new layer. */
  version = 0;
  readonly gate: StillnessGate;
  readonly #service: CompletionService;
  readonly #grid: SampleGrid;
  readonly #fit: PhotometricFit;
  readonly #schedule: CompletionSchedule;
  readonly #sources: Sources;
  #since = 0;
  #frames = 0;
  #run: AbortController | undefined;

  constructor(service: CompletionService, grid: SampleGrid, fit: PhotometricFit) {
    this.#service = service;
    this.#grid = grid;
    this.#fit = fit;
    this.gate = new StillnessGate(grid, fit.seam);
    this.#schedule = new CompletionSchedule(grid);
    this.#sources = new Sources(grid);
  }

  get share(): Float32Array {
    return this.gate.share;
  }

  /** Every frame, after its light was measured. */
  look(camera: Motion['camera']): void {
    this.#frames++;
    if (camera !== 'still') this.forget();
    this.#schedule.look(camera, this.#now());
    if (this.#schedule.isNear(this.#now())) this.#service.completer?.prepare?.();
    // At rest nobody asks where could be copied from.
    if (this.#schedule.wanted) this.#sources.look();
    if (this.layer || this.#schedule.wanted) this.gate.look(this.#fit.exposure);
    if (!this.layer) return;
    this.mix = Math.min(1, (this.#now() - this.#since) / FADE_MS);
    if (this.mix === 1) this.before = undefined;
  }

  /** Whether a run would pay, and may be begun. @param late frames are late */
  due(late = false): boolean {
    return (
      this.#service.completer !== undefined &&
      !this.#run &&
      (!this.layer || this.mix === 1) &&
      this.#sources.share >= ENOUGH &&
      this.#schedule.due(this.#now(), late)
    );
  }

  /**
   * Completes the plate and puts it on show. Never rejects.
   * @param read the plate as it is now.
   */
  async run(read: () => Promise<readonly PlateValues[]> | readonly PlateValues[], colour: ColourMap): Promise<void> {
    const { completer } = this.#service;
    if (!completer) return;
    const run = new AbortController();
    this.#run = run;
    this.#schedule.begin(this.#now());
    const begun = momentOf(this.#grid);
    const timer =
      this.#service.pace === 'best-effort'
        ? setTimeout(() => run.abort(new Error(`A completion took longer than ${LIMIT / 1000} s.`)), LIMIT)
        : undefined;
    try {
      const plate = await read();
      run.signal.throwIfAborted();
      const input = this.#sources.inputOf(plate, this.#fit.instability, colour);
      const completion = await completer.complete(input, run.signal);
      if (completion && this.#run === run) this.#show(gather(plate, completion, colour), begun, completion);
    } catch (error) {
      // One that was dropped says nothing.
      if (this.#run === run) this.#service.fail(error);
    } finally {
      clearTimeout(timer);
      if (this.#run === run) this.#run = undefined;
    }
  }

  /**
   * Nothing that was completed is shown any more, and nothing under way will be: the plate it was copied from is gone.
   */
  forget(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.layer = undefined;
    this.before = undefined;
    this.mix = 0;
    this.#schedule.forget();
    this.#sources.forget();
    this.gate.forget();
  }

  #show(layer: Layer, begun: Moment, completion: Parameters<StillnessGate['start']>[1]): void {
    this.before = this.layer;
    this.layer = layer;
    this.version++;
    this.mix = 0;
    this.#since = this.#now();
    this.gate.start(begun, completion);
  }

  #now(): number {
    return this.#service.pace === 'synchronous' ? this.#frames * FRAME_MS : performance.now();
  }
}
