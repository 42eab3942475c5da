import { FrameClock, stamped } from '../transport/clock.ts';
import type { FrameSink, FrameSource, Shown } from '../transport/frames.ts';
import type { Size } from '../transport/orientation.ts';
import { sizeOf } from '../transport/pixels.ts';
import { Handover } from './handover.ts';
import { LatencyMeter } from './latency-meter.ts';
import type { Cover } from './options.ts';
import { Output } from './output.ts';
import { type RemoveOrder, sameOrder } from './remove.ts';
import { Still } from './still.ts';
import { isTargets } from './targets.ts';

/**
 * The last picture bridges a worker that is late, for so many milliseconds: it was fit to be seen, and a picture that
 * stands still for a moment is better than one that turns grey. One that shows what is to be hidden by now is not.
 */
const BRIDGE = { fit: 2000, unfit: 300 };
/** While nothing comes, the last picture goes out again that often, milliseconds. */
const AGAIN_MS = 1000;
/**
 * A still frame that did not come out clean is given to the worker again after that time, milliseconds. Less than a
 * second without a frame, so that the worker does not take it for a pause.
 */
const RETRY_MS = 700;
/** Size of a source before it is known. */
const USUAL: Size = { width: 640, height: 480 };

export interface FrameGuardTools {
  readonly sink: FrameSink;
  /** The worker keeps a frame for too long: frames are being covered without it (`true`); it is back (`false`). */
  onStall(stalled: boolean): void;
  /** The output track takes no more frames. */
  onGone(): void;
}

/**
 * Stands between the camera, a worker and the output track, and outlives the worker. It gives each frame its time,
 * hands frames to the worker one at a time, as it asks for them, and writes what comes back. While there is no worker,
 * or none that answers, it covers the camera's frames and writes those. A frame that no worker has seen never reaches
 * the sink in any other way, and one that a worker passed as it is only while nothing is to be removed.
 */
export class FrameGuard {
  readonly #tools: FrameGuardTools;
  readonly #output: Output;
  readonly #clock = new FrameClock();
  /** What is to be removed, and the time of the last frame from before that was said. */
  #order: RemoveOrder = 'people';
  #orderedAt = -1;
  #source: FrameSource | undefined;
  /** The source has not ended. */
  #live = false;
  #size = USUAL;
  readonly #still = new Still();
  #worker: Handover | undefined;
  #stalled = false;
  #wake: () => void = () => {};

  constructor(tools: FrameGuardTools) {
    this.#tools = tools;
    this.#output = new Output(tools.sink, () => tools.onGone());
  }

  /** Frames written since the start. */
  get written(): number {
    return this.#output.written;
  }

  /** Those of them that were covered here. */
  get covered(): number {
    return this.#output.covered;
  }

  set cover(cover: Cover) {
    this.#output.cover = cover;
  }

  /**
   * Something else is to be removed from now on. What is shown may be just that: it does not bridge a worker any more,
   * nor do frames that the worker was given before. Where only the things that were picked change, covering all would
   * be too much.
   */
  set order(order: RemoveOrder) {
    const last = this.#order;
    this.#order = order;
    if (order === 'nothing' || sameOrder(last, order)) return;
    const picks = isTargets(last) && isTargets(order);
    this.#output.outdate(picks ? 'cover' : 'raw');
    if (!picks) this.#orderedAt = this.#clock.last;
  }

  /** Milliseconds for which the worker has owed something; 0 while it waits for a frame. */
  get keptFor(): number {
    return this.#worker && this.#live && !this.#worker.waits ? this.#worker.since : 0;
  }

  /** A worker is there. Gives the port that its frames are to come over. */
  attach(): MessagePort {
    this.detach();
    const worker = new Handover({
      onAsk: () => {
        this.#setStalled(false);
        this.#wake();
      },
      take: (frame, shown) => this.#take(frame, shown),
    });
    this.#worker = worker;
    return worker.sink();
  }

  /** The worker is gone: from now on every frame is covered, and so is the last one, whatever it showed. */
  detach(): void {
    if (!this.#worker) return;
    this.#worker.close();
    this.#worker = undefined;
    this.#stalled = false;
    this.#wake();
    if (this.#output.shown) void this.#blank();
  }

  /** The port over which the worker gets the frames of the present source. */
  feed(): MessagePort {
    if (!this.#worker) throw new Error('There is no worker to be fed.');
    return this.#worker.feed();
  }

  /** Swaps the source. Its size, where that is known, lets a first cover go out before the first frame has come. */
  async setSource(source: FrameSource, { width, height }: Size): Promise<void> {
    const last = this.#source;
    this.#source = source;
    this.#live = true;
    this.#clock.otherSource();
    this.#still.keep(undefined);
    this.#worker?.end();
    this.#wake();
    void last?.close();
    void this.#pump(source);
    if (this.#output.shown || !width || !height) return;
    this.#size = { width, height };
    await this.#blank();
  }

  /** To be called a few times a second: takes care of what stands while nothing comes. */
  tick(): void {
    const { shown, age } = this.#output;
    const worker = this.#worker;
    const still = this.#still.frame;
    void this.#still.tick();
    if (shown === 'raw' && this.#removing) {
      if (age > BRIDGE.unfit) void this.#blank();
    } else if (still && this.#removing && shown !== 'clean' && worker?.waits && age > RETRY_MS) {
      worker.give(new VideoFrame(still, { timestamp: this.#clock.at(performance.now()) }));
    } else if (age >= AGAIN_MS && (!this.keptFor || this.#stalled)) {
      if (shown)
        this.#output.repeat(this.#clock.at(performance.now())).catch(() => {}); // `onGone` was called
      else void this.#blank();
    }
  }

  /** Resolves when every frame under way has been closed. The sink stays open for the worker's last frame. */
  async close(): Promise<void> {
    const last = this.#source;
    this.#source = undefined;
    this.#live = false;
    this.#still.keep(undefined);
    this.#worker?.end();
    this.#wake();
    await last?.close();
    this.#output.close();
  }

  get #removing(): boolean {
    return this.#order !== 'nothing';
  }

  /** What the worker made, or passed as it is, before it knew what is to be removed now is not shown any more. */
  async #take(frame: VideoFrame, shown: Shown): Promise<void> {
    const fit = shown === 'cover' || (shown === 'clean' && frame.timestamp > this.#orderedAt);
    if (this.#removing && !fit) frame.close();
    else await this.#output.write(frame, shown);
  }

  async #pump(source: FrameSource): Promise<void> {
    const latency = new LatencyMeter();
    while (this.#source === source && !this.#output.gone) {
      await this.#turn(source);
      const frame = await this.#next(source, latency);
      if (!frame) break;
      await this.#turn(source); // the worker may have been given a still one meanwhile
      if (this.#source === source) await this.#handOn(frame);
      else frame.close();
    }
    if (this.#source !== source) return;
    this.#live = false;
    this.#still.keep(undefined);
    this.#worker?.end();
  }

  /** The next frame, with its time, without one that has waited for the worker for so long that the next is better. */
  async #next(source: FrameSource, latency: LatencyMeter): Promise<VideoFrame | null> {
    const frame = await this.#read(source);
    if (!frame) return null;
    const worker = this.#worker;
    const idle = worker?.waits ? worker.since : Number.POSITIVE_INFINITY;
    const took = worker?.took ?? 0;
    if (!latency.isLate(frame.timestamp, performance.now(), idle, took)) return frame;
    frame.close();
    const next = await this.#read(source);
    if (next) latency.isLate(next.timestamp, performance.now(), idle, took);
    return next;
  }

  async #read(source: FrameSource): Promise<VideoFrame | null> {
    const frame = await source.read();
    if (!frame || this.#source !== source) return frame;
    return stamped(frame, this.#clock.of(frame.timestamp, performance.now()));
  }

  async #handOn(frame: VideoFrame): Promise<void> {
    this.#size = sizeOf(frame);
    this.#still.keep(frame.clone());
    if (this.#worker?.waits) {
      this.#worker.give(frame);
      return;
    }
    try {
      await this.#output.writeCovered(frame, this.#size);
    } finally {
      frame.close();
    }
  }

  /** Resolves when a frame is wanted: the worker asks, or there is none, or it has kept the last one for too long. */
  async #turn(source: FrameSource): Promise<void> {
    while (this.#source === source && this.#worker && !this.#worker.waits) {
      const left = this.#bridge - this.#worker.since;
      if (left <= 0) {
        this.#setStalled(true);
        return;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** For how long the last picture may stand in for a new one, milliseconds. */
  get #bridge(): number {
    const { shown } = this.#output;
    return shown === undefined || (shown === 'raw' && this.#removing) ? BRIDGE.unfit : BRIDGE.fit;
  }

  #setStalled(stalled: boolean): void {
    if (this.#stalled === stalled) return;
    this.#stalled = stalled;
    this.#tools.onStall(stalled);
  }

  async #blank(): Promise<void> {
    await this.#output.writeBlank(this.#size, this.#clock.at(performance.now()));
  }
}
