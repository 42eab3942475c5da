/**
 * The least lag is that of so many frames, and of as many before: clocks drift apart. In that many some are read at
 * once, if only those after one that was passed over.
 */
const WINDOW_FRAMES = 30;
/** The period is the median of so many steps: one frame more, or one less, does not change it. */
const MEDIAN_OF = 15;
/**
 * A frame that has waited for more than this share of a period while the worker had another is not worth the worker's
 * time: the next one is soon there, and is shown sooner. Without this, one slow frame makes all that follow it late.
 */
const LATE_PERIODS = 0.35;
/**
 * A worker whose frames take more than so many periods, by the median, cannot keep up: its rate counts before delay,
 * and it gets whatever is there. A frame that is passed over would leave it idle until the next: at 1.5 periods a frame
 * a quarter of its time. Below that it only catches up, which costs one frame.
 */
const OVERLOAD_PERIODS = 1.05;

/**
 * Tells how long a frame has waited since the camera made it, by its time against our clock: two clocks without a
 * common zero, so what counts is how much more a frame lags than the quickest one of late.
 */
export class LatencyMeter {
  /** The least lag of the present frames and of those before, milliseconds. */
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #frames = 0;
  #last = Number.NaN;
  #steps: number[] = [];
  /** What the last frames took, milliseconds. */
  #took: number[] = [];

  /**
   * Whether the next frame would be better. Not where the worker had none to do in the meantime: then this one was late
   * itself. Nor where it cannot keep up with the source.
   *
   * @param time the frame's, microseconds that rise
   * @param now our clock, milliseconds
   * @param idle for how long the worker has waited for a frame, milliseconds
   * @param took how long it took for the one before, milliseconds
   */
  isLate(time: number, now: number, idle: number, took: number): boolean {
    this.#took = [...this.#took, took].slice(-MEDIAN_OF);
    const at = time / 1000;
    const lag = now - at;
    if (++this.#frames === WINDOW_FRAMES) {
      this.#leastBefore = this.#least;
      this.#least = lag;
      this.#frames = 0;
    }
    this.#least = Math.min(lag, this.#least);
    if (!Number.isNaN(this.#last)) this.#steps = [...this.#steps, at - this.#last].slice(-MEDIAN_OF);
    this.#last = at;
    const waited = lag - Math.min(this.#least, this.#leastBefore);
    const period = this.#period;
    return waited > idle && waited > LATE_PERIODS * period && median(this.#took) <= OVERLOAD_PERIODS * period;
  }

  /** Milliseconds from one of the source's frames to the next; without end while it has shown too few. */
  get #period(): number {
    if (this.#steps.length < 2) return Number.POSITIVE_INFINITY;
    return median(this.#steps);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
