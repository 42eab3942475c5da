import type { FrameSink, FrameSource } from '../transport/frames.ts';
import { FramePixels, frameOf, timingOf, visibleSize } from '../transport/pixels.ts';
import { serveFrames, takeFrames } from '../transport/port.ts';
import { blankFrame, coverPicture } from './cover.ts';
import type { Cover } from './options.ts';
import { Waiting } from './waiting.ts';

/**
 * A worker may keep a frame for this long, milliseconds, before the next ones are covered without it: with the time
 * between two frames and the way to the far end, a picture stands still for less than half a second.
 */
const PATIENCE = { least: 300, most: 1500 };
/**
 * A worker that took longer for each of its last frames, so many of them, is slow by habit: it is given this many times
 * the shortest, so that clean frames and covers don't alternate. A few slow ones, in a burst of other work, are none.
 */
const HABIT = { frames: 8, times: 1.5 };
/**
 * A frame that has waited for more than this share of a period while the worker had another is not worth the worker's
 * time: the next one is soon there, and is shown sooner. Without this, one slow frame makes all that follow it late.
 */
const STALE = 0.35;
/** A frame that is older than the last one by less than this comes late; by more, it is of another clock. Microseconds. */
const OTHER_CLOCK = 5_000_000;

export interface FrameGuardTools {
  readonly sink: FrameSink;
  /** The worker keeps a frame for too long: frames are being covered without it (`true`); it is back (`false`). */
  onStall(stalled: boolean): void;
  /** The output track takes no more frames. */
  onGone(): void;
}

/**
 * Stands between the camera, a worker and the output track, and outlives the worker. It hands frames to the worker one
 * at a time, as it asks for them, and writes what comes back. While there is no worker, or none that answers, it covers
 * the camera's frames and writes those. A frame that no worker has seen never reaches the sink in any other way.
 */
export class FrameGuard {
  /** Frames written since the start, and those of them that were covered here. */
  written = 0;
  covered = 0;
  cover: Cover = 'blank';

  readonly #tools: FrameGuardTools;
  readonly #pixels = new FramePixels();
  #source: FrameSource | undefined;
  /** The source has not ended. */
  #running = false;
  #size = { width: 0, height: 0 };
  #lastTimestamp = Number.NEGATIVE_INFINITY;
  #gone = false;

  /** Counts workers: what comes from an earlier one is not written. */
  #generation = 0;
  #attached = false;
  #ports: MessagePort[] = [];
  /** The worker waits for a frame. */
  #asked: ((frame: VideoFrame | null) => void) | undefined;
  /** Since when the worker owes something: a question for a frame, or the answer to one. */
  #givenAt = 0;
  /** Milliseconds that it kept its last frames. */
  #kept: number[] = [];
  #stalled = false;
  #wake: () => void = () => {};

  constructor(tools: FrameGuardTools) {
    this.#tools = tools;
  }

  /** Milliseconds for which the worker has owed something; 0 while it waits for a frame. */
  get keptFor(): number {
    return this.#attached && this.#running && !this.#asked ? performance.now() - this.#givenAt : 0;
  }

  /** A worker is there. Gives the port that its frames are to come over. */
  attach(): MessagePort {
    this.detach();
    this.#attached = true;
    this.#givenAt = performance.now();
    const generation = this.#generation;
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1);
    takeFrames(port1, (frame) => {
      if (generation === this.#generation) return this.#write(frame);
      frame.close();
      return undefined;
    });
    return port2;
  }

  /** The worker is gone: from now on every frame is covered, and so is the last one, whatever it showed. */
  detach(): void {
    if (!this.#attached) return;
    this.#generation++;
    this.#attached = false;
    this.#asked = undefined;
    this.#stalled = false;
    this.#kept = [];
    for (const port of this.#ports.splice(0)) port.close();
    this.#wake();
    const { width, height } = this.#size;
    if (width && height) void this.#writeBlank(width, height);
  }

  /** The port over which the worker gets the frames of the present source. */
  feed(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1);
    const source = this.#source;
    let open = true;
    serveFrames(port1, {
      next: () =>
        new Promise((resolve) => {
          if (!open || source !== this.#source) resolve(null);
          else this.#ask(resolve);
        }),
      close: () => {
        open = false;
        this.#ports = this.#ports.filter((port) => port !== port1);
      },
    });
    return port2;
  }

  /** Swaps the source. `width` and `height`, where known, let a first cover go out before the first frame has come. */
  async setSource(source: FrameSource, { width, height }: { width: number; height: number }): Promise<void> {
    const last = this.#source;
    this.#source = source;
    this.#running = true;
    this.#asked?.(null);
    this.#asked = undefined;
    this.#givenAt = performance.now();
    this.#wake();
    void last?.close();
    void this.#pump(source);
    if (!this.written && width && height) await this.#writeBlank(width, height);
  }

  /** Resolves when every frame under way has been closed. The sink stays open for the worker's last frame. */
  async close(): Promise<void> {
    const last = this.#source;
    this.#source = undefined;
    this.#asked?.(null);
    this.#asked = undefined;
    this.#wake();
    await last?.close();
  }

  async #pump(source: FrameSource): Promise<void> {
    const waiting = new Waiting(); // each source has its own clock
    while (this.#source === source && !this.#gone) {
      await this.#turn();
      const frame = await this.#fresh(source, waiting);
      if (!frame) break;
      if (this.#source === source) await this.#handOn(frame);
      else frame.close();
    }
    if (this.#source !== source) return;
    this.#running = false;
    this.#asked?.(null); // the source has ended
    this.#asked = undefined;
  }

  /** The next frame, without one that has waited for the worker for so long that the next is better. */
  async #fresh(source: FrameSource, waiting: Waiting): Promise<VideoFrame | null> {
    const frame = await source.read();
    if (!frame || this.#source !== source) return frame;
    if (waiting.of(frame.timestamp, performance.now()) <= STALE) return frame;
    frame.close();
    const next = await source.read();
    if (next) waiting.of(next.timestamp, performance.now());
    return next;
  }

  async #handOn(frame: VideoFrame): Promise<void> {
    this.#size = visibleSize(frame);
    const asked = this.#asked;
    if (asked) {
      this.#asked = undefined;
      this.#givenAt = performance.now();
      asked(frame);
      return;
    }
    try {
      await this.#write(await this.#covered(frame));
      this.covered++;
    } catch {
      // The far end keeps the last frame; whether the sink is gone, `#write` has found out.
    } finally {
      frame.close();
    }
  }

  /** Resolves when a frame is wanted: the worker asks, or there is none, or it has kept the last one for too long. */
  async #turn(): Promise<void> {
    if (this.#asked || !this.#attached) return;
    const left = this.#givenAt + this.#patience - performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, left);
    });
    clearTimeout(timer);
    if (this.#attached && !this.#asked) this.#setStalled(true);
  }

  #ask(resolve: (frame: VideoFrame | null) => void): void {
    this.#kept = [...this.#kept, performance.now() - this.#givenAt].slice(-HABIT.frames);
    this.#asked = resolve;
    this.#setStalled(false);
    this.#wake();
  }

  get #patience(): number {
    const habit = this.#kept.length < HABIT.frames ? 0 : Math.min(...this.#kept) * HABIT.times;
    return Math.min(PATIENCE.most, Math.max(PATIENCE.least, habit));
  }

  #setStalled(stalled: boolean): void {
    if (this.#stalled === stalled) return;
    this.#stalled = stalled;
    this.#tools.onStall(stalled);
  }

  async #covered(frame: VideoFrame): Promise<VideoFrame> {
    if (this.cover === 'blank') {
      const { width, height } = visibleSize(frame);
      return blankFrame(width, height, timingOf(frame));
    }
    const picture = await this.#pixels.read(frame);
    coverPicture(picture, this.cover);
    return frameOf(picture, timingOf(frame));
  }

  async #writeBlank(width: number, height: number): Promise<void> {
    const timestamp = Math.max(0, this.#lastTimestamp + 1000);
    try {
      await this.#write(blankFrame(width, height, { timestamp, duration: null }));
      this.covered++;
    } catch {
      // `#write` has told
    }
  }

  /** Encoders drop what is not newer than the last frame: one that comes late, or without a time, is given the next. */
  async #write(given: VideoFrame): Promise<void> {
    const behind = this.#lastTimestamp - given.timestamp;
    const late = behind >= 0 && (behind < OTHER_CLOCK || given.timestamp === 0);
    const frame = late ? restamped(given, this.#lastTimestamp + 1000) : given;
    this.#lastTimestamp = frame.timestamp;
    try {
      await this.#tools.sink.write(frame);
      this.written++;
    } catch (error) {
      if (!this.#gone) {
        this.#gone = true;
        this.#tools.onGone();
      }
      throw error;
    }
  }
}

function restamped(frame: VideoFrame, timestamp: number): VideoFrame {
  try {
    return new VideoFrame(frame, { timestamp });
  } finally {
    frame.close();
  }
}
