/** Our clock and the camera's drift apart; the least lag follows by this much a frame, milliseconds. */
const DRIFT_MS = 0.02;
/** A lag that differs by more than this from the last ones is told by another clock. Milliseconds. */
const OTHER_CLOCK_MS = 5000;
/** The least step between two frames follows a source that has become slower by this share a frame. */
const SLOWER = 0.01;

/**
 * Tells how long a frame has waited since the camera made it, by its timestamp against our clock: two clocks without a common zero, so what
 * counts is how much more a frame lags than the quickest one of late.
 */
export class Waiting {
  #leastLag = Number.NaN;
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
    if (!(Math.abs(lag - this.#leastLag) < OTHER_CLOCK_MS)) {
      this.#leastLag = lag;
      this.#last = at;
      this.#step = Number.NaN;
      return 0;
    }
    this.#leastLag = Math.min(lag, this.#leastLag + DRIFT_MS);
    const step = at - this.#last;
    this.#last = at;
    if (step > 0) this.#step = Number.isNaN(this.#step) ? step : Math.min(step, this.#step * (1 + SLOWER));
    return Number.isNaN(this.#step) ? 0 : (lag - this.#leastLag) / this.#step;
  }
}
