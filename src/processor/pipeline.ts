import type { Inpainter } from '../inpaint/inpainter.ts';
import { type PlateView, turned } from '../inpaint/plate-view.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import type { MaskSource } from '../segmentation/mask-source.ts';
import type { FrameSink, FrameSource } from '../transport/frames.ts';
import { FramePixels, type FrameTiming, frameOf, timingOf, visibleSize } from '../transport/pixels.ts';
import { blankFrame, coverHole, coverPicture } from './cover.ts';
import { RemovalError, type RemovalErrorCode } from './errors.ts';
import { KeptPixels } from './kept-pixels.ts';
import type { Cover } from './options.ts';
import { type RemoveOrder, sameOrder } from './remove.ts';
import { Meter, type RemoverState, type RemoverStats } from './stats.ts';
import { isTargets, withoutFrames } from './targets.ts';

/** Masks below this confidence are not trusted with anything: the frame is covered. */
const TRUST = 0.5;
/** A segmenter that failed so many frames in a row is made anew. */
const FAILURES_BEFORE_REBUILD = 15;
/** No frame for this long is called a pause, milliseconds. Longer than the slowest common camera's frame (5 fps). */
const PAUSE_MS = 1000;
/** Slower than the source by this factor is called degraded: one frame in three is dropped. */
const DEGRADED = 0.67;

export interface PipelineTools {
  readonly sink: FrameSink;
  /** Loads what finds `remove`. Called once and again after failures. */
  createMaskSource(remove: Removal, signal: AbortSignal): Promise<MaskSource>;
  createInpainter(): Promise<Inpainter>;
  /** After the inpainter was closed for good. */
  onClosed?(): void;
  readonly keepRgb?: boolean;
  onState(state: RemoverState, reason: string): void;
  onError(error: RemovalError): void;
  onRecovered(what: string): void;
  onOverload(reason: string): void;
  /** After each frame, for the headless run. `hole` is null where the frame was covered or passed as it is. */
  onFrame?(timestamp: number, hole: Mask | null, ms: Readonly<Record<string, number>>): void;
}

interface Loading {
  readonly remove: Removal;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** What there is to find. */
type Removal = Exclude<RemoveOrder, 'nothing'>;

/** The output track was stopped: nothing can be shown any more. */
class SinkGone extends Error {}

/**
 * The frame loop: source -> mask -> clean picture -> sink, one frame in flight.
 *
 * It fails closed by its shape: a frame's own pixels reach the sink through {@link #pass} alone, which is called at one
 * place, where the mode is `'nothing'`. Every other way out writes a picture that was inpainted or covered.
 */
export class Pipeline {
  readonly #tools: PipelineTools;
  readonly #pixels: FramePixels;
  readonly #meter = new Meter();
  readonly #kept = new KeptPixels();
  /** Covered, and not passed, until the first `setRemove` says otherwise. */
  #remove: RemoveOrder = 'people';
  /** What {@link #masks} finds. */
  #finds: Removal | undefined;
  /** What was last in force, to which an update that fails goes back; except to `'nothing'`. */
  #inForce: RemoveOrder = 'people';
  #busy: Promise<void> = Promise.resolve();
  #cover: Cover = 'blank';
  #masks: MaskSource | undefined;
  #inpainter: Inpainter | undefined;
  #loading: Loading | undefined;
  #source: FrameSource | undefined;
  #loop: Promise<void> = Promise.resolve();
  #sourceRate = 0;
  #size = { width: 0, height: 0, format: '' };
  #failures = 0;
  /** A frame is in hand; it may take longer than a pause. */
  #handling = false;
  #lastFrameAt = 0;
  #rawOnAir = false;
  /** The last frame as it came out: undefined unless it was clean in all its parts. */
  #clear: FrameTiming | undefined;
  #failed: RemovalError | undefined;
  #state: RemoverState = 'paused';
  #reason = '';
  #closed = false;
  #counts = { frames: 0, covered: 0, hole: 0, known: 0, coverage: 0, doubt: 0 };

  constructor(tools: PipelineTools) {
    this.#tools = tools;
    this.#pixels = new FramePixels(tools.keepRgb);
  }

  /** Sets what is removed. Covers at once; resolves when removal can run, rejects when it cannot be loaded. */
  async setRemove(remove: RemoveOrder): Promise<void> {
    this.#remove = remove;
    this.#failed = undefined;
    this.#clear = undefined;
    if (!sameOrder(this.#loading?.remove, remove)) {
      this.#loading?.abort.abort();
      this.#loading = undefined;
    }
    if (remove === 'nothing') {
      this.#inForce = remove;
      return;
    }
    this.#adapt(remove);
    if (this.#ready(remove)) this.#inForce = remove;
    else {
      this.#loading ??= this.#load(remove);
      this.#enter('loading', 'loading the models');
      await this.#loading.done;
    }
    await this.#flush(); // a raw frame that was under way has left
  }

  setCover(cover: Cover): void {
    this.#cover = cover;
  }

  /** Swaps the source. What was learnt of the old scene is forgotten; the output goes on with the new frames. */
  async setSource(source: FrameSource, hint: { width: number; height: number; frameRate: number }): Promise<void> {
    void this.#source?.close();
    this.#source = source;
    await this.#loop;
    if (this.#closed || this.#source !== source) {
      await source.close();
      return;
    }
    this.#sourceRate = hint.frameRate;
    this.#clear = undefined;
    this.#masks?.reset();
    this.#inpainter?.reset();
    if (!this.#counts.frames && hint.width && hint.height) await this.#writeCover(hint.width, hint.height, 0);
    this.#lastFrameAt = performance.now();
    this.#loop = this.#run(source);
  }

  stats(): RemoverStats {
    const { frames, covered, hole, known, coverage, doubt } = this.#counts;
    const { width, height } = this.#size;
    return {
      state: this.#state,
      reason: this.#reason,
      backend: this.#inpainter?.backend ?? 'none',
      width,
      height,
      ...this.#meter.last,
      frames,
      coveredFrames: covered,
      hole,
      known,
      coverage,
      doubt,
    };
  }

  /**
   * The room as far as it is known, as the output shows it. Undefined unless the last frame came out clean: what is in
   * doubt or newly to be removed may still be in the plate.
   */
  async plate(): Promise<PlateView | undefined> {
    if (!this.#clear) return undefined;
    const view = await this.#inpainter?.view().catch(() => undefined); // a GPU that was lost is told by the next frame
    return view && this.#clear && turned(view, this.#clear.rotation, this.#clear.flip);
  }

  /** Twice a second: closes the meter's window, notices pauses and overload. */
  async beat(): Promise<RemoverStats> {
    const { fps, ms } = this.#meter.turn();
    const idle = !this.#handling && performance.now() - this.#lastFrameAt > PAUSE_MS;
    if (idle && this.#state !== 'failed' && this.#state !== 'closed') {
      // What the far end still sees of the source from before removal was asked for must go.
      if (this.#rawOnAir && this.#remove !== 'nothing') await this.#coverRaw();
      else this.#enter('paused', 'no frames from the source');
    } else if (this.#state === 'running' && this.#sourceRate && fps < this.#sourceRate * DEGRADED && ms.total) {
      const reason = `${fps.toFixed(0)} of ${this.#sourceRate.toFixed(0)} frames a second; late frames are dropped`;
      // A camera may simply give less than it said, in low light for one: only work that fills the time is overload.
      if (ms.total * fps > 800) {
        this.#enter('degraded', reason);
        this.#tools.onOverload(reason);
      }
    } else if (this.#state === 'degraded' && fps >= this.#sourceRate * DEGRADED) {
      this.#enter('running', '');
    }
    return this.stats();
  }

  async #coverRaw(): Promise<void> {
    try {
      await this.#writeCover(this.#size.width, this.#size.height, 0);
    } catch {
      this.#enter('failed', 'the output track was stopped');
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#loading?.abort.abort();
    await this.#source?.close();
    await this.#loop;
    this.#masks?.close();
    this.#inpainter?.close();
    this.#tools.onClosed?.();
    this.#tools.sink.close();
    this.#enter('closed', '');
  }

  async #run(source: FrameSource): Promise<void> {
    while (this.#source === source && !this.#closed) {
      const frame = await source.read();
      if (!frame) break;
      this.#handling = true;
      try {
        this.#busy = this.#handle(frame);
        await this.#busy;
      } catch (error) {
        if (error instanceof SinkGone) {
          void source.close();
          this.#enter('failed', 'the output track was stopped');
          return;
        }
        // A frame that could be neither read nor written: the far end keeps the last one, which was fit to be seen.
        this.#report(error, 'inpaint-failed', 'A frame was lost');
      } finally {
        frame.close();
        this.#handling = false;
        this.#lastFrameAt = performance.now();
      }
    }
    await this.#flush();
    if (this.#source === source && !this.#closed) this.#enter('paused', 'the source has ended');
  }

  async #flush(): Promise<void> {
    await this.#tools.sink.flush?.().catch(() => {}); // a sink that is gone is told by the next write
  }

  async #handle(frame: VideoFrame): Promise<void> {
    const started = performance.now();
    const timing = timingOf(frame);
    let hole: Mask | null = null;
    if (this.#remove === 'nothing') {
      await this.#pass(frame);
    } else if (this.#masks && this.#inpainter && this.#ready(this.#remove) && !this.#failed) {
      const picture = await this.#pixels.read(frame);
      this.#meter.add('copy', performance.now() - started);
      hole = await this.#clean(picture, timing.timestamp, this.#masks, this.#inpainter);
      await this.#write(picture, timing);
    } else if (this.#cover === 'blank') {
      const { width, height } = visibleSize(frame);
      await this.#writeCover(width, height, timing.timestamp, timing);
    } else {
      const picture = await this.#pixels.read(frame);
      this.#coverAll(picture);
      await this.#write(picture, timing);
    }
    const clean = hole !== null && (this.#state === 'running' || this.#state === 'degraded');
    this.#clear = clean ? timing : undefined;
    if (this.#loading) this.#enter('loading', 'loading the models');
    else if (this.#failed) this.#enter('failed', this.#failed.message);
    this.#meter.add('total', performance.now() - started);
    if (hole) this.#settle();
    this.#tools.onFrame?.(timing.timestamp, hole, this.#meter.takeFrame());
  }

  /** Removes in place. After it, also after every failure in it, `picture` holds no pixel that must not be shown. */
  async #clean(picture: Picture, timestamp: number, masks: MaskSource, inpainter: Inpainter): Promise<Mask | null> {
    this.#resize(picture);
    this.#counts.doubt = 0;
    let hole: Mask;
    let doubt: Mask | undefined;
    let forget: Mask | undefined;
    let keep: Mask | undefined;
    try {
      const started = performance.now();
      const segmentation = await masks.segment(picture, timestamp);
      this.#meter.add('segment', performance.now() - started);
      for (const [stage, ms] of Object.entries(segmentation.ms ?? {})) this.#meter.add(`segment.${stage}`, ms);
      ({ hole, doubt, forget, keep } = segmentation);
      if (!(segmentation.confidence >= TRUST)) {
        this.#coverAll(picture);
        this.#counts.doubt = 1;
        this.#enter('covered', 'the mask is in doubt');
        return null;
      }
    } catch (error) {
      this.#coverAll(picture);
      this.#enter('covered', 'segmentation failed');
      if (++this.#failures === 1) this.#report(error, 'segmentation-failed', 'A frame could not be segmented');
      if (this.#failures % FAILURES_BEFORE_REBUILD === 0) this.#rebuild('segmentation');
      return null;
    }
    /** With what is to be put back afterwards. */
    let all = hole;
    try {
      const started = performance.now();
      if (forget) inpainter.forget(forget);
      if (keep) all = this.#kept.save(picture, hole, keep);
      const report = await inpainter.inpaint(picture, all);
      if (keep) this.#kept.restore(picture);
      this.#meter.add('inpaint', performance.now() - started);
      for (const [stage, ms] of Object.entries(report.ms)) this.#meter.add(`inpaint.${stage}`, ms);
      this.#counts.hole = report.hole;
      this.#counts.known = report.known;
      this.#counts.coverage = report.coverage;
      if (report.camera === 'lost') masks.reset();
      this.#failures = 0;
      if (doubt) this.#counts.doubt = coverHole(picture, doubt);
      if (this.#counts.doubt > 0) this.#enter('covered', 'the mask is in doubt in a part of the picture');
      else if (this.#state !== 'degraded') this.#enter('running', '');
      return hole;
    } catch (error) {
      coverHole(picture, all);
      if (doubt) this.#counts.doubt = coverHole(picture, doubt);
      this.#enter('covered', 'inpainting failed');
      const code = inpainter.backend === 'webgpu' ? 'gpu-lost' : 'inpaint-failed';
      if (++this.#failures === 1) this.#report(error, code, 'A frame could not be inpainted');
      this.#rebuild('inpainting');
      return hole;
    }
  }

  /** The frame is out: time to learn from it. */
  #settle(): void {
    const started = performance.now();
    try {
      this.#masks?.settle?.();
      const between = performance.now();
      this.#inpainter?.settle();
      this.#meter.add('segment.settle', between - started);
      this.#meter.add('inpaint.settle', performance.now() - between);
    } catch (error) {
      this.#masks?.reset();
      this.#inpainter?.reset();
      this.#report(error, 'segmentation-failed', 'A frame could not be learnt from');
    }
  }

  #resize({ width, height, format }: Picture): void {
    const size = this.#size;
    if (size.width === width && size.height === height && size.format === format) return;
    if (size.format) {
      this.#masks?.reset();
      this.#inpainter?.reset();
    }
    this.#size = { width, height, format };
  }

  #coverAll(picture: Picture): void {
    coverPicture(picture, this.#cover);
    this.#counts.covered++;
  }

  /** The one way by which a source's own pixels go out. The frame itself goes, and the sink closes it. */
  async #pass(frame: VideoFrame): Promise<void> {
    const { width, height } = visibleSize(frame);
    if (this.#size.width !== width || this.#size.height !== height) this.#size = { width, height, format: '' };
    this.#rawOnAir = true;
    await this.#send(frame);
    this.#enter('running', '');
  }

  async #write(picture: Picture, timing: FrameTiming): Promise<void> {
    const frame = frameOf(picture, timing);
    this.#rawOnAir = false;
    await this.#send(frame);
  }

  async #writeCover(width: number, height: number, timestamp: number, timing?: FrameTiming): Promise<void> {
    this.#counts.covered++;
    this.#rawOnAir = false;
    await this.#send(blankFrame(width, height, timing ?? { timestamp, duration: null }));
  }

  async #send(frame: VideoFrame): Promise<void> {
    try {
      await this.#tools.sink.write(frame);
    } catch (cause) {
      throw new SinkGone('The output track takes no more frames.', { cause });
    }
    this.#counts.frames++;
    this.#meter.wrote();
  }

  /** Whether what finds `remove` is there. */
  #ready(remove: Removal): boolean {
    return this.#masks !== undefined && this.#inpainter !== undefined && sameOrder(this.#finds, remove);
  }

  /** Picks come and go without a new start: what is followed stays followed. */
  #adapt(remove: Removal): void {
    if (!isTargets(remove) || !isTargets(this.#finds) || !this.#masks?.setTargets) return;
    this.#masks.setTargets(remove.targets);
    this.#finds = remove;
  }

  #load(remove: Removal): Loading {
    const abort = new AbortController();
    /** What arrives after the load was ended has no owner: it is closed at once. */
    const unlessEnded = <T extends { close(): void }>(part: T): T => {
      if (!abort.signal.aborted) return part;
      part.close();
      throw new RemovalError('aborted', 'Loading was ended by a newer update.');
    };
    const load = async () => {
      if (!this.#masks || !sameOrder(this.#finds, remove)) {
        const masks = unlessEnded(await this.#tools.createMaskSource(remove, abort.signal));
        // The last frame of what was removed before; those since are covered.
        await this.#busy.catch(() => {});
        unlessEnded(masks);
        this.#masks?.close();
        this.#masks = masks;
        this.#finds = remove;
        // What was shown so far is in the plate, and may be what is to be removed now.
        this.#inpainter?.reset();
      }
      if (!this.#inpainter) this.#inpainter = unlessEnded(await this.#tools.createInpainter());
    };
    const done = load().then(
      () => {
        if (this.#loading?.abort === abort) this.#loading = undefined;
        this.#inForce = remove;
      },
      (error: unknown) => {
        const mine = this.#loading?.abort === abort;
        if (mine) this.#loading = undefined;
        const reason = RemovalError.from(error, 'segmentation-failed', 'Removal could not be started');
        if (!mine || this.#closed) throw reason;
        const last = this.#inForce;
        if (last !== 'nothing' && this.#ready(last)) this.#remove = last;
        else {
          this.#failed = reason;
          this.#enter('failed', reason.message);
        }
        throw reason;
      },
    );
    done.catch(() => {});
    return { remove, abort, done };
  }

  /** Makes a failed part anew, behind the cover. */
  #rebuild(what: 'segmentation' | 'inpainting'): void {
    if (this.#loading || this.#closed || this.#remove === 'nothing') return;
    if (what === 'segmentation') {
      this.#masks?.close();
      this.#masks = undefined;
      this.#remove = withoutFrames(this.#remove);
    } else {
      this.#inpainter?.close();
      this.#inpainter = undefined;
    }
    this.#loading = this.#load(this.#remove);
    this.#loading.done.then(
      () => this.#tools.onRecovered(what),
      (error: RemovalError) => this.#tools.onError(error),
    );
  }

  #report(error: unknown, code: RemovalErrorCode, message: string): void {
    this.#tools.onError(RemovalError.from(error, code, message));
  }

  #enter(state: RemoverState, reason: string): void {
    if (this.#state === 'closed') return;
    if (this.#state === state && this.#reason === reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#tools.onState(state, reason);
  }
}
