import type { PlateView } from '../inpaint/plate-view.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import { ModelLostError } from '../segmentation/models/model.ts';
import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import type { FrameSink, FrameSource, Shown } from '../transport/frames.ts';
import { orientationOf } from '../transport/orientation.ts';
import { FramePixels, type FrameTiming, frameOf, sizeOf, timingOf } from '../transport/pixels.ts';
import { cleanPicture, type Outcome } from './clean-picture.ts';
import { blankFrame, coverPicture } from './cover.ts';
import { RemovalError, type RemovalErrorCode } from './errors.ts';
import { Figures } from './figures.ts';
import { InForce } from './in-force.ts';
import { observedAfter, withFaults } from './judge.ts';
import { KeptPixels } from './kept-pixels.ts';
import type { PartMakers } from './loader.ts';
import { type Desired, INITIAL, type Observed, statusOf, UNOBSERVED } from './state.ts';
import type { RemoverStats } from './stats.ts';

/**
 * A part that failed is made anew at once if it paints or says that it is lost, and whenever so many frames in a row
 * have failed.
 */
const FAILURES_BEFORE_REBUILD = 15;
/** No frame for this long is called a pause, milliseconds. Longer than the slowest common camera's frame (5 fps). */
const PAUSE_MS = 1000;

export interface PipelineTools extends PartMakers {
  readonly sink: FrameSink;
  /** After the inpainter was closed for good. */
  onClosed?(): void;
  readonly keepRgb?: boolean;
  /** Called with every change. */
  onObserved(observed: Observed): void;
  /** Called with a failure that is over; one that persists is among the observed faults. */
  onError(error: RemovalError): void;
  /** After each frame, for the headless run. `hole` is null where the frame was covered or passed as it is. */
  onFrame?(timestamp: number, hole: Mask | null, ms: Readonly<Record<string, number>>): void;
}

/** The output track was stopped: nothing can be shown any more. */
class SinkGone extends Error {}

/**
 * The frame loop: source -> mask -> clean picture -> sink, one frame in flight.
 *
 * It fails closed by its shape: a frame's own pixels reach the sink through {@link #pass} alone, which is called at one
 * place, where nothing is to be removed. Every other way out writes a picture that was inpainted or covered.
 */
export class Pipeline {
  readonly #tools: PipelineTools;
  readonly #pixels: FramePixels;
  readonly #kept = new KeptPixels();
  readonly #figures = new Figures();
  readonly #inForce: InForce;
  #desired = INITIAL;
  #observed = UNOBSERVED;
  #source: FrameSource | undefined;
  /** The loops of all sources so far, each of which begins when the last has ended. */
  #loop: Promise<void> = Promise.resolve();
  #busy: Promise<void> = Promise.resolve();
  /** Frames in a row that failed. */
  #failures = 0;
  /** The last frame came out clean in all its parts, and nothing else is wished for since. */
  #clear = false;

  constructor(tools: PipelineTools) {
    this.#tools = tools;
    this.#pixels = new FramePixels(tools.keepRgb);
    this.#inForce = new InForce({
      createMaskSource: (remove, signal) => tools.createMaskSource(remove, signal),
      createInpainter: () => tools.createInpainter(),
      attachMemory: (inpainter, remove) => tools.attachMemory?.(inpainter, remove),
      idle: () => this.#busy.catch(() => {}),
      flush: () => this.#flush(),
      onChange: (change) => this.#observe(change),
      onError: (error) => tools.onError(error),
    });
  }

  /** Applies `desired` from the next frame on; covers until what is to be removed can be. */
  want(desired: Desired): void {
    if (this.#desired.closed) return;
    if (desired.wish !== this.#desired.wish) this.#clear = false;
    this.#desired = desired;
    this.#observe({ version: desired.version });
    this.#inForce.want(desired);
  }

  /** Swaps the source. What was learnt of the old scene is forgotten; the output goes on with the new frames. */
  setSource(source: FrameSource, { frameRate }: { readonly frameRate: number }): void {
    void this.#source?.close();
    this.#source = source;
    this.#clear = false;
    this.#loop = this.#loop.then(() => this.#run(source, frameRate));
  }

  /** A remembered room was recognised, by its name; empty for none, or for that of this call. */
  recognised(room: string): void {
    this.#observe({ room });
  }

  /** What was picked has changed. */
  picked(targets: readonly TargetStatus[]): void {
    this.#observe({ targets });
  }

  stats(): RemoverStats {
    const status = statusOf(this.#desired, this.#observed, { worker: 'alive', source: this.#desired.source });
    return this.#figures.stats(status, this.#inForce.inpainter?.backend ?? 'none');
  }

  /**
   * The room as far as it is known, as the output shows it. Undefined unless the last frame came out clean: what is in
   * doubt or newly to be removed may still be in the plate.
   */
  async plate(): Promise<PlateView | undefined> {
    if (!this.#clear) return undefined;
    // The next frame reports a lost GPU.
    const view = await this.#inForce.inpainter?.view().catch(() => undefined);
    return this.#clear ? view : undefined;
  }

  /** Twice a second: closes the meter's window, notices pauses and overload. */
  heartbeat(): RemoverStats {
    const late = this.#figures.turn(this.#observed.late);
    const idle = this.#observed.frames === 'flowing' && this.#figures.idle > PAUSE_MS;
    this.#observe({ late, ...(idle ? { frames: 'idle' as const } : {}) });
    return this.stats();
  }

  async close(): Promise<void> {
    if (this.#desired.closed) return;
    this.#desired = { ...this.#desired, closed: true };
    await this.#source?.close();
    await this.#loop;
    this.#inForce.close();
    this.#tools.onClosed?.();
    this.#tools.sink.close();
  }

  async #run(source: FrameSource, frameRate: number): Promise<void> {
    const goesOn = () => this.#source === source && !this.#desired.closed;
    if (!goesOn()) {
      await source.close();
      return;
    }
    this.#inForce.reset();
    this.#figures.otherSource(frameRate);
    this.#observe({ frames: 'flowing' });
    while (goesOn()) {
      const frame = await source.read();
      if (!frame) break;
      this.#figures.began();
      try {
        this.#busy = this.#handle(frame);
        await this.#busy;
      } catch (error) {
        if (error instanceof SinkGone) {
          void source.close();
          this.#observe({ gone: true });
          return;
        }
        // A frame that could be neither read nor written: the far end keeps the last one, which was fit to be seen.
        this.#report(error, 'inpaint-failed', 'A frame was lost');
      } finally {
        frame.close();
        this.#figures.ended();
      }
    }
    await this.#flush();
    if (goesOn()) this.#observe({ frames: 'ended' });
  }

  async #flush(): Promise<void> {
    await this.#tools.sink.flush?.().catch(() => {}); // the next write reports a closed sink
  }

  async #handle(frame: VideoFrame): Promise<void> {
    const started = performance.now();
    const { timestamp } = frame;
    let hole: Mask | null = null;
    if (!this.#desired.enabled) await this.#pass(frame);
    else hole = await this.#remove(frame, timingOf(frame));
    this.#figures.measure('total', performance.now() - started);
    if (hole) this.#settle();
    this.#tools.onFrame?.(timestamp, hole, this.#figures.takeFrame());
  }

  /** The one way by which a source's own pixels go out. The frame itself goes, and the sink closes it. */
  async #pass(frame: VideoFrame): Promise<void> {
    this.#figures.sees(sizeOf(frame), '');
    this.#clear = false;
    await this.#send(frame, 'raw');
    this.#observe({ frames: 'flowing', shown: 'raw' });
  }

  /** Writes the frame without what is to be removed, or covered. Gives the hole, where there is more than the cover. */
  async #remove(frame: VideoFrame, timing: FrameTiming): Promise<Mask | null> {
    const started = performance.now();
    const { cover, wish } = this.#desired;
    const ready = this.#inForce.ready();
    const picture = ready || cover !== 'blank' ? await this.#read(frame) : undefined;
    if (picture) this.#figures.measure('copy', performance.now() - started);
    let outcome: Outcome | undefined;
    if (picture && ready) {
      // A camera that was turned shows another scene, also where the size is the same.
      const { rotation, flip } = orientationOf(frame);
      if (this.#figures.sees(picture, `${picture.format} ${rotation} ${flip}`)) this.#inForce.reset();
      const tools = { kept: this.#kept, cover, measure: this.#figures.measure };
      outcome = await cleanPicture(picture, timing.timestamp, ready, tools);
    } else if (picture) coverPicture(picture, cover);
    const { faults } = this.#observed;
    const unreadable = !picture && faults.frames;
    if (!unreadable) this.#observe(observedAfter(outcome, faults, this.#inForce.inpainter?.backend));
    if (outcome) this.#count(outcome);
    const clean = outcome?.kind === 'clean' && outcome.doubt === 0;
    this.#clear = clean && wish === this.#desired.wish;
    const hole = outcome && outcome.kind !== 'doubted' ? outcome.hole : null;
    await this.#write(picture, frame, timing, clean ? 'clean' : 'cover', !hole);
    return hole;
  }

  /** Undefined where it cannot be read: then there is nothing but the cover. */
  async #read(frame: VideoFrame): Promise<Picture | undefined> {
    const { faults } = this.#observed;
    try {
      const picture = await this.#pixels.read(frame);
      if (faults.frames) this.#observe({ faults: withFaults(faults, { frames: undefined }) });
      return picture;
    } catch (error) {
      const fault = () => RemovalError.from(error, 'frame-unreadable', "The camera's frame could not be read").toWire();
      const reason = "the source's frames cannot be read";
      this.#observe({ frames: 'flowing', shown: 'cover', reason, faults: withFaults(faults, { frames: fault }) });
      return undefined;
    }
  }

  /** Counts what came of a frame, and has made anew what failed. */
  #count(outcome: Outcome): void {
    this.#figures.counted(outcome);
    if (outcome.kind === 'clean') {
      this.#failures = 0;
      if (outcome.report.camera === 'lost') this.#inForce.forgetBackground();
      if (outcome.report.late) this.#inForce.forgetLate(outcome.report.late);
      if (outcome.report.map) this.#inForce.followCamera(outcome.report.map);
    } else if (outcome.kind === 'failed') {
      const again = ++this.#failures % FAILURES_BEFORE_REBUILD === (outcome.part === 'inpainting' ? 1 : 0);
      if (again || outcome.error instanceof ModelLostError) this.#inForce.rebuild(outcome.part);
    }
  }

  /** The frame is out: time to learn from it. */
  #settle(): void {
    try {
      const { segment, inpaint } = this.#inForce.settle(this.#observed.late !== '');
      this.#figures.measure('segment.settle', segment);
      this.#figures.measure('inpaint.settle', inpaint);
    } catch (error) {
      this.#inForce.reset();
      this.#report(error, 'segmentation-failed', 'A frame could not be learnt from');
    }
  }

  /** Writes what was made of a frame; an even cover of its size where nothing was. */
  async #write(picture: Picture | undefined, like: VideoFrame, timing: FrameTiming, shown: Shown, covered: boolean) {
    const { width, height } = sizeOf(like);
    await this.#send(picture ? frameOf(picture, timing) : blankFrame(width, height, timing), shown, covered);
  }

  async #send(frame: VideoFrame, shown: Shown, covered = false): Promise<void> {
    try {
      await this.#tools.sink.write(frame, shown);
    } catch (cause) {
      throw new SinkGone('The output track takes no more frames.', { cause });
    }
    this.#figures.wrote(covered);
  }

  #report(error: unknown, code: RemovalErrorCode, message: string): void {
    this.#tools.onError(RemovalError.from(error, code, message));
  }

  #observe(change: Partial<Observed>): void {
    if (this.#desired.closed) return;
    const before = this.#observed;
    this.#observed = { ...before, ...change };
    if (JSON.stringify(before) !== JSON.stringify(this.#observed)) this.#tools.onObserved(this.#observed);
  }
}
