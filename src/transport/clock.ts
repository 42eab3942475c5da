/** A step that is this many times shorter than the time it took is counted in another unit, milliseconds mostly. */
const OTHER_UNIT = 100;
/** A time that is further than this from our own clock is not believed. Microseconds. */
const MOST_APART = 2_000_000;

/**
 * The one clock of a call: gives every picture its time, microseconds that always rise. Frames keep their own times as
 * long as these can be true. Where they are missing, stand still (WebKit's canvas tracks: 0), step back, jump, or count
 * in another unit, the time that passed here counts instead: for that one step, so that a clock that was set anew is
 * followed again from the next frame on, and one that never is right is never asked.
 *
 * https://github.com/w3c/mediacapture-transform/issues/96
 */
export class FrameClock {
  /** The newest time that was given, and when, by our clock in milliseconds. */
  #last = -1;
  #lastAt = Number.NaN;
  /** The source's last frame: what it said, the time that stands for it, and when it came. */
  #frame: { readonly said: number; readonly time: number; readonly at: number } | undefined;
  /** Our clock at the source's time 0, microseconds, from the first frame. */
  #zero: number | undefined;

  /** The newest time that was given; below 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The next frame is another source's, whose clock has nothing to do with the last one's. */
  otherSource(): void {
    this.#frame = undefined;
  }

  /**
   * The time of the source's next frame.
   *
   * @param said by the frame, microseconds, if they are
   * @param now our clock, milliseconds
   */
  of(said: number, now: number): number {
    const time = this.#believed(said, now) ?? this.#ours(now);
    this.#zero ??= now * 1000 - time;
    this.#frame = { said, time, at: now };
    return this.#give(time, now);
  }

  /** The time of a picture that stands for no new frame: a cover, or one that goes out again. */
  at(now: number): number {
    return this.#give(this.#ours(now), now);
  }

  #believed(said: number, now: number): number | undefined {
    // WebKitGTK's canvas tracks give the lowest 64-bit number, which no frame can be made with.
    if (!Number.isSafeInteger(said)) return undefined;
    if (this.#zero === undefined) return said > this.#last ? said : undefined;
    if (!this.#frame) return undefined;
    const step = said - this.#frame.said;
    const time = this.#frame.time + step;
    const passed = (now - this.#frame.at) * 1000;
    const apart = Math.abs(now * 1000 - this.#zero - time);
    return step > 0 && step * OTHER_UNIT >= passed && apart <= MOST_APART ? time : undefined;
  }

  #ours(now: number): number {
    const passed = Number.isNaN(this.#lastAt) ? 0 : Math.round((now - this.#lastAt) * 1000);
    return this.#last + Math.max(1, passed);
  }

  #give(time: number, now: number): number {
    this.#last = Math.max(time, this.#last + 1);
    this.#lastAt = now;
    return this.#last;
  }
}

/** The frame with that time. Owns `frame`; the caller owns what comes back. */
export function stamped(frame: VideoFrame, timestamp: number): VideoFrame {
  if (frame.timestamp === timestamp) return frame;
  try {
    return new VideoFrame(frame, { timestamp });
  } finally {
    frame.close();
  }
}
