import { isUpright, orientationOf } from '../transport/orientation.ts';
import { FramePixels, frameOf, timingOf } from '../transport/pixels.ts';

/** A live source that has given nothing for so long may wait for its buffers, milliseconds. */
const STARVED_MS = 500;

/**
 * The source's last frame, owned until the next one comes or the source ends. A camera has a handful of buffers and
 * stops while all of them are held; Chromium itself may drop one open where a stream is handed to a worker. So one that
 * has stopped gets this one back, and a copy stands for it.
 */
export class Still {
  readonly #pixels = new FramePixels(true);
  #frame: VideoFrame | undefined;
  #cameAt = 0;
  #isOurs = false;

  get frame(): VideoFrame | undefined {
    return this.#frame;
  }

  /** Owns `frame`. */
  keep(frame: VideoFrame | undefined): void {
    this.#frame?.close();
    this.#frame = frame;
    this.#cameAt = performance.now();
    this.#isOurs = false;
  }

  /** To be called a few times a second. */
  async tick(): Promise<void> {
    const frame = this.#frame;
    if (!frame || this.#isOurs || performance.now() - this.#cameAt < STARVED_MS) return;
    // A copy is upright: of one that is not it would be another picture.
    if (!isUpright(orientationOf(frame))) return;
    this.#isOurs = true;
    try {
      const picture = await this.#pixels.read(frame);
      if (this.#frame !== frame) return;
      this.#frame = frameOf(picture, timingOf(frame));
      frame.close();
    } catch {
      // One that cannot be copied stays, and is closed like any other.
    }
  }
}
