import { type Homography, mapX, mapY, SMALL_PX, through } from './homography.ts';

/** Seconds without a move after which the camera stays where it is, and the plate with it. */
const REST_S = 1;

/** Seconds for which an anchor holds at most: what was seen since is not in it. */
const MAX_AGE_S = 10;

/**
 * How far a desk shakes a camera, share of the picture's diagonal and pixels, whichever is more. One that goes farther
 * goes somewhere, and is followed step by step.
 */
const MAX_SHAKE_OF_DIAGONAL = 0.006;
const MAX_SHAKE_PX = 4;

/** Share of the picture that was seen for the first time since, which makes another anchor worth a resampling. */
const MAX_GAIN = 0.002;

/** What is to be done to the plate, in this order. */
export interface Move {
  /** Keep the plate as it is now: it is the anchor. */
  readonly keep: boolean;
  /** Take the anchor for the plate. */
  readonly restore: boolean;
  /** Move the plate by this, where it has to move. */
  readonly map: Homography | undefined;
}

/**
 * Somebody types, and the camera shakes with the desk. Every resampling of the plate costs sharpness where it is
 * hidden, so a plate that follows step by step is fog after some seconds (a fifth of its sharpness after two minutes).
 * Instead it is kept as it was before the first step, and each step resamples that, by all the steps together: once,
 * however many there are. A camera that has come back gets the plate itself.
 */
export class Anchor {
  readonly #width: number;
  readonly #height: number;
  readonly #limit: number;
  /** From the picture to the anchor; undefined without one. */
  #map: Homography | undefined;
  #since = 0;
  #moved = 0;
  #coverage = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#limit = Math.max(MAX_SHAKE_PX, MAX_SHAKE_OF_DIAGONAL * Math.hypot(width, height));
  }

  /** What the anchor has is not to be shown any more, or there is nothing to come back to. */
  drop(): void {
    this.#map = undefined;
  }

  /**
   * @param step where the plate has what is at (x, y) now
   * @param timestamp microseconds, rising
   * @param coverage share of the picture that is in the plate, 0..1
   */
  move(step: Homography, timestamp: number, coverage: number): Move {
    const now = timestamp / 1e6;
    const rested = now - this.#moved > REST_S || now < this.#moved;
    this.#moved = now;
    const old = rested || now - this.#since > MAX_AGE_S || coverage > this.#coverage + MAX_GAIN;
    const all = this.#map && !old ? through(this.#map, step) : undefined;
    const reach = all ? this.#reach(all) : Number.POSITIVE_INFINITY;
    if (reach > this.#limit) {
      this.#map = step;
      this.#since = now;
      this.#coverage = coverage;
      return { keep: true, restore: false, map: step };
    }
    this.#map = reach < SMALL_PX ? undefined : all;
    return { keep: false, restore: true, map: this.#map };
  }

  /** How far it moves a corner of the picture, pixels. */
  #reach(map: Homography): number {
    let most = 0;
    for (const x of [0, this.#width - 1]) {
      for (const y of [0, this.#height - 1])
        most = Math.max(most, Math.hypot(mapX(map, x, y) - x, mapY(map, x, y) - y));
    }
    return most;
  }
}
