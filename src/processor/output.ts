import type { FrameSink, Shown } from '../transport/frames.ts';
import type { Size } from '../transport/orientation.ts';
import { FramePixels, frameOf, timingOf } from '../transport/pixels.ts';
import { blankFrame, coverPicture } from './cover.ts';
import type { Cover } from './options.ts';

/** The way out: writes to the output track, covers, and keeps the last picture to show it again. */
export class Output {
  /** Frames written since the start, and those of them that were covered here. */
  written = 0;
  covered = 0;
  cover: Cover = 'blank';

  readonly #sink: FrameSink;
  readonly #onGone: () => void;
  readonly #pixels = new FramePixels();
  /** Owned here, until the next one is written. */
  #last: { readonly frame: VideoFrame; readonly shown: Shown } | undefined;
  #newest = Number.NEGATIVE_INFINITY;
  #writtenAt = performance.now();
  #gone = false;

  /** @param onGone the output track takes no more frames; called once */
  constructor(sink: FrameSink, onGone: () => void) {
    this.#sink = sink;
    this.#onGone = onGone;
  }

  /** What the far end sees; undefined before the first picture. */
  get shown(): Shown | undefined {
    return this.#last?.shown;
  }

  /** For how long it has seen that, milliseconds. */
  get age(): number {
    return performance.now() - this.#writtenAt;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Owns `frame`. One that is older than what was written since, as a late worker's is, is not shown any more: encoders
   * drop it, and it would be a step back.
   */
  async write(frame: VideoFrame, shown: Shown): Promise<void> {
    if (this.#gone || frame.timestamp <= this.#newest) {
      frame.close();
      return;
    }
    this.#newest = frame.timestamp;
    this.#writtenAt = performance.now();
    this.#forget();
    this.#last = { frame: frame.clone(), shown };
    try {
      await this.#sink.write(frame, shown);
      this.written++;
    } catch (error) {
      this.#forget();
      if (!this.#gone) {
        this.#gone = true;
        this.#onGone();
      }
      throw error;
    }
  }

  /** What is shown as clean is so no longer: something else is to be removed. From now on it counts as `as`. */
  outdate(as: 'raw' | 'cover'): void {
    if (this.#last?.shown === 'clean') this.#last = { ...this.#last, shown: as };
  }

  /** Writes a cover in place of `frame`, which stays the caller's. */
  async writeCovered(frame: VideoFrame, size: Size): Promise<void> {
    await this.#count(await this.#covered(frame, size));
  }

  /** Writes an even cover that stands for no frame. */
  async writeBlank({ width, height }: Size, timestamp: number): Promise<void> {
    await this.#count(blankFrame(width, height, { timestamp, duration: null }));
  }

  /** Writes the last picture again, for whoever has come since: what nobody listens to, browsers drop. */
  async repeat(timestamp: number): Promise<void> {
    if (!this.#last) return;
    const { frame, shown } = this.#last;
    await this.write(new VideoFrame(frame, { timestamp }), shown);
  }

  close(): void {
    this.#gone = true;
    this.#forget();
  }

  async #count(cover: VideoFrame): Promise<void> {
    try {
      await this.write(cover, 'cover');
      this.covered++;
    } catch {
      // `write` has reported the closed sink.
    }
  }

  async #covered(frame: VideoFrame, { width, height }: Size): Promise<VideoFrame> {
    const timing = timingOf(frame);
    if (this.cover === 'blank') return blankFrame(width, height, timing);
    try {
      const picture = await this.#pixels.read(frame);
      coverPicture(picture, this.cover);
      return frameOf(picture, timing);
    } catch {
      return blankFrame(width, height, timing); // a frame that cannot be read
    }
  }

  #forget(): void {
    this.#last?.frame.close();
    this.#last = undefined;
  }
}
