/**
 * The least lag is that of so many frames, and of as many before: clocks drift apart, and a source may set its own anew. In that many
 * some are read at once, if only those after one that was passed over.
 */
const FRAMES = 30;
/** A lag that differs by more than this from the last ones is told by another clock. Milliseconds. */
const OTHER_CLOCK_MS = 5000;
/** The least step between two frames follows a source that has become slower by this share a frame. */
const SLOWER = 0.01;

/**
 * Tells how long a frame has waited since the camera made it, by its timestamp against our clock: two clocks without a common zero, so what
 * counts is how much more a frame lags than the quickest one of late.
 */
export class Waiting {
  /** The least lag of the present frames and of those before, milliseconds. */
  #least = Number.NaN;
  #leastBefore = Number.NaN;
  #frames = 0;
  #last = Number.NaN;
  #step = Number.NaN;

  /**
   * @param timestamp the frame's, microseconds
   * @param now our clock, milliseconds
   * @returns the wait as a share of the time between two of the source's frames, as far as it has shown that; 0 while it has not
   */
  of(timestamp: number, now: number): number {
    const at = timestamp / 1000;
    const lag = now - at;
    if (!(Math.abs(lag - this.#least) < OTHER_CLOCK_MS)) {
      this.#least = lag;
      this.#leastBefore = lag;
      this.#frames = 0;
      this.#last = at;
      this.#step = Number.NaN;
      return 0;
    }
    if (++this.#frames === FRAMES) {
      this.#leastBefore = this.#least;
      this.#least = lag;
      this.#frames = 0;
    }
    this.#least = Math.min(lag, this.#least);
    const step = at - this.#last;
    this.#last = at;
    if (step > 0) this.#step = Number.isNaN(this.#step) ? step : Math.min(step, this.#step * (1 + SLOWER));
    return Number.isNaN(this.#step) ? 0 : (lag - Math.min(this.#least, this.#leastBefore)) / this.#step;
  }
}
