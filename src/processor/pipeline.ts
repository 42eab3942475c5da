import type { PlateView } from '../inpaint/plate-view.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import { ModelLostError } from '../segmentation/models/model.ts';
import type { FrameSink, FrameSource, Shown } from '../transport/frames.ts';
import { orientationOf, type Size } from '../transport/orientation.ts';
import { FramePixels, type FrameTiming, frameOf, sizeOf, timingOf } from '../transport/pixels.ts';
import { blankFrame, coverHole, coverPicture } from './cover.ts';
import { RemovalError, type RemovalErrorCode } from './errors.ts';
import { KeptPixels } from './kept-pixels.ts';
import type { Cover } from './options.ts';
import { type PartMakers, Parts, type Removal, type Working } from './parts.ts';
import type { RemoveOrder } from './remove.ts';
import { Meter, type RemoverState, type RemoverStats } from './stats.ts';
import { withoutFrames } from './targets.ts';

/** Masks below this confidence are not trusted with anything: the frame is covered. */
const TRUST = 0.5;
/** A segmenter that failed so many frames in a row is made anew; one that says that it is lost, at once. */
const FAILURES_BEFORE_REBUILD = 15;
/** No frame for this long is called a pause, milliseconds. Longer than the slowest common camera's frame (5 fps). */
const PAUSE_MS = 1000;
/** Slower than the source by this factor is called degraded: one frame in three is dropped. */
const DEGRADED = 0.67;

export interface PipelineTools extends PartMakers {
  readonly sink: FrameSink;
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

/** Of a cover that stands for no frame. */
const NO_TIME: FrameTiming = { timestamp: 0, duration: null };

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
  readonly #parts: Parts;
  /** Covered, and not passed, until the first `setRemove` says otherwise. */
  #remove: RemoveOrder = 'people';
  /** What was last in force, to which an update that fails goes back; except to `'nothing'`. */
  #inForce: RemoveOrder = 'people';
  #busy: Promise<void> = Promise.resolve();
  #cover: Cover = 'blank';
  #source: FrameSource | undefined;
  #loop: Promise<void> = Promise.resolve();
  #sourceRate = 0;
  /** `layout`: what else must be alike for two pictures to be of one scene. */
  #size = { width: 0, height: 0, layout: '' };
  /** The source's frames can be neither copied nor drawn, of late. */
  #unreadable = false;
  #failures = 0;
  /** A frame is in hand; it may take longer than a pause. */
  #handling = false;
  #lastFrameAt = 0;
  #rawOnAir = false;
  /** The last frame came out clean in all its parts. */
  #clear = false;
  #failed: RemovalError | undefined;
  #state: RemoverState = 'paused';
  #reason = '';
  #closed = false;
  #counts = { frames: 0, covered: 0, hole: 0, known: 0, coverage: 0, doubt: 0 };

  constructor(tools: PipelineTools) {
    this.#tools = tools;
    this.#pixels = new FramePixels(tools.keepRgb);
    this.#parts = new Parts(tools, () => this.#busy.catch(() => {}));
  }

  /** Sets what is removed. Covers at once; resolves when removal can run, rejects when it cannot be loaded. */
  async setRemove(remove: RemoveOrder): Promise<void> {
    this.#remove = remove;
    this.#failed = undefined;
    this.#clear = false;
    this.#parts.endLoading(remove);
    if (remove === 'nothing') {
      this.#inForce = remove;
      return;
    }
    this.#parts.adapt(remove);
    if (this.#parts.for(remove)) this.#inForce = remove;
    else {
      const loaded = this.#load(remove);
      this.#enter('loading', 'loading the models');
      await loaded;
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
    this.#clear = false;
    this.#parts.reset();
    if (!this.#counts.frames && hint.width && hint.height) await this.#writeCover(hint, NO_TIME);
    this.#lastFrameAt = performance.now();
    this.#loop = this.#run(source);
  }

  stats(): RemoverStats {
    const { frames, covered, hole, known, coverage, doubt } = this.#counts;
    const { width, height } = this.#size;
    return {
      state: this.#state,
      reason: this.#reason,
      backend: this.#parts.inpainter?.backend ?? 'none',
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
    const view = await this.#parts.inpainter?.view().catch(() => undefined); // a GPU that was lost is told by the next frame
    return this.#clear ? view : undefined;
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
      await this.#writeCover(this.#size, NO_TIME);
    } catch {
      this.#enter('failed', 'the output track was stopped');
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.endLoading();
    await this.#source?.close();
    await this.#loop;
    this.#parts.close();
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
    const parts = this.#remove === 'nothing' || this.#failed ? undefined : this.#parts.for(this.#remove);
    let clear = false;
    if (this.#remove === 'nothing') {
      await this.#pass(frame);
    } else {
      const picture = parts || this.#cover !== 'blank' ? await this.#read(frame) : undefined;
      if (picture) this.#meter.add('copy', performance.now() - started);
      if (picture && parts) hole = await this.#clean(picture, frame, parts);
      else if (picture) this.#coverAll(picture);
      clear = hole !== null && (this.#state === 'running' || this.#state === 'degraded');
      if (picture) await this.#write(picture, timing, clear ? 'clean' : 'cover');
      else await this.#writeCover(sizeOf(frame), timing);
    }
    this.#clear = clear;
    if (this.#parts.loading) this.#enter('loading', 'loading the models');
    else if (this.#failed) this.#enter('failed', this.#failed.message);
    this.#meter.add('total', performance.now() - started);
    if (hole) this.#settle();
    this.#tools.onFrame?.(timing.timestamp, hole, this.#meter.takeFrame());
  }

  /** Undefined where it cannot be read: then there is nothing but the cover. Told once, and once that it works again. */
  async #read(frame: VideoFrame): Promise<Picture | undefined> {
    try {
      const picture = await this.#pixels.read(frame);
      if (this.#unreadable) this.#tools.onRecovered('frames');
      this.#unreadable = false;
      return picture;
    } catch (error) {
      this.#enter('covered', "the source's frames cannot be read");
      if (!this.#unreadable) this.#report(error, 'frame-unreadable', 'The camera gives what cannot be read');
      this.#unreadable = true;
      return undefined;
    }
  }

  /** Removes in place. After it, also after every failure in it, `picture` holds no pixel that must not be shown. */
  async #clean(picture: Picture, frame: VideoFrame, { masks, inpainter }: Working): Promise<Mask | null> {
    this.#resize(picture, frame);
    this.#counts.doubt = 0;
    let hole: Mask;
    let doubt: Mask | undefined;
    let forget: Mask | undefined;
    let keep: Mask | undefined;
    let reason: string | undefined;
    try {
      const started = performance.now();
      const segmentation = await masks.segment(picture, frame.timestamp);
      this.#meter.add('segment', performance.now() - started);
      for (const [stage, ms] of Object.entries(segmentation.ms ?? {})) this.#meter.add(`segment.${stage}`, ms);
      ({ hole, doubt, forget, keep, reason } = segmentation);
      if (!(segmentation.confidence >= TRUST)) {
        this.#coverAll(picture);
        this.#counts.doubt = 1;
        this.#enter('covered', segmentation.reason ?? 'the mask is in doubt');
        return null;
      }
    } catch (error) {
      this.#coverAll(picture);
      this.#enter('covered', 'segmentation failed');
      if (++this.#failures === 1) this.#report(error, 'segmentation-failed', 'A frame could not be segmented');
      const lost = error instanceof ModelLostError || this.#failures % FAILURES_BEFORE_REBUILD === 0;
      if (lost) this.#rebuild('segmentation');
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
      if (report.map) masks.follow?.(report.map);
      this.#failures = 0;
      if (doubt) this.#counts.doubt = coverHole(picture, doubt);
      if (this.#counts.doubt > 0) this.#enter('covered', reason ?? 'the mask is in doubt in a part of the picture');
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
      this.#parts.masks?.settle?.();
      const between = performance.now();
      this.#parts.inpainter?.settle();
      this.#meter.add('segment.settle', between - started);
      this.#meter.add('inpaint.settle', performance.now() - between);
    } catch (error) {
      this.#parts.reset();
      this.#report(error, 'segmentation-failed', 'A frame could not be learnt from');
    }
  }

  /** A camera that was turned shows another scene, also where the size is the same. */
  #resize({ width, height, format }: Picture, frame: VideoFrame): void {
    const size = this.#size;
    const { rotation, flip } = orientationOf(frame);
    const layout = `${format} ${rotation} ${flip}`;
    if (size.width === width && size.height === height && size.layout === layout) return;
    if (size.layout) this.#parts.reset();
    this.#size = { width, height, layout };
  }

  #coverAll(picture: Picture): void {
    coverPicture(picture, this.#cover);
    this.#counts.covered++;
  }

  /** The one way by which a source's own pixels go out. The frame itself goes, and the sink closes it. */
  async #pass(frame: VideoFrame): Promise<void> {
    const { width, height } = sizeOf(frame);
    if (this.#size.width !== width || this.#size.height !== height) this.#size = { width, height, layout: '' };
    this.#rawOnAir = true;
    await this.#send(frame, 'raw');
    this.#enter('running', '');
  }

  async #write(picture: Picture, timing: FrameTiming, shown: Shown): Promise<void> {
    const frame = frameOf(picture, timing);
    this.#rawOnAir = false;
    await this.#send(frame, shown);
  }

  async #writeCover({ width, height }: Size, timing: FrameTiming): Promise<void> {
    this.#counts.covered++;
    this.#rawOnAir = false;
    await this.#send(blankFrame(width, height, timing), 'cover');
  }

  async #send(frame: VideoFrame, shown: Shown): Promise<void> {
    try {
      await this.#tools.sink.write(frame, shown);
    } catch (cause) {
      throw new SinkGone('The output track takes no more frames.', { cause });
    }
    this.#counts.frames++;
    this.#meter.wrote();
  }

  /** Loads what is missing. Where that fails, what was removed before goes on; after `'nothing'` there is no such thing. */
  async #load(remove: Removal): Promise<void> {
    try {
      await this.#parts.load(remove);
      this.#inForce = remove;
    } catch (error) {
      const reason = RemovalError.from(error, 'segmentation-failed', 'Removal could not be started');
      if (reason.code !== 'aborted' && !this.#closed) this.#fallBack(reason);
      throw reason;
    }
  }

  #fallBack(reason: RemovalError): void {
    const last = this.#inForce;
    if (last !== 'nothing' && this.#parts.for(last)) this.#remove = last;
    else {
      this.#failed = reason;
      this.#enter('failed', reason.message);
    }
  }

  /** Makes a failed part anew, behind the cover. */
  #rebuild(what: 'segmentation' | 'inpainting'): void {
    if (this.#parts.loading || this.#closed || this.#remove === 'nothing') return;
    this.#parts.drop(what);
    if (what === 'segmentation') this.#remove = withoutFrames(this.#remove);
    this.#load(this.#remove).then(
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
