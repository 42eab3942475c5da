import type { PicturePoint } from '../../../geometry.ts';

import type { Regions } from '../../vision/regions.ts';

/** Share of the frame from which on a region can be the main person at first. */
const MIN_REGION_SHARE = 0.01;

/** Pixels of the main person in a region from which on they are in it. */
export const MIN_PRESENT_PIXELS = 6;

/** Seconds without the main person after which somebody else is selected; somebody with their colours is at once. */
const GONE_SECONDS = 5;

/** Somebody whose claim is so many times the main person's for so long, seconds, takes over. */
const MIN_OVERTAKING_FACTOR = 2;
const OVERTAKING_SECONDS = 3;

/** Which region is the main person's: the largest and most central one, and then whoever it was before. */
export class MainPersonSelection {
  readonly #width: number;
  readonly #height: number;
  #seen = Number.NEGATIVE_INFINITY;
  #overtaken = Number.POSITIVE_INFINITY;
  #named: PicturePoint | undefined;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  /**
   * @param mains pixels per region that were the main person's
   * @param resembles whether a region has the main person's colours
   * @returns the region that is the main person as a whole, where there is a choice; otherwise undefined: they are who
   *   they were
   */
  select(
    bodies: Regions,
    mains: Float64Array,
    named: PicturePoint | undefined,
    time: number,
    resembles: (region: number) => boolean,
  ): { readonly main: number | undefined } {
    if (named && named !== this.#named) {
      const x = Math.min(this.#width - 1, Math.floor(named.x * this.#width));
      const y = Math.min(this.#height - 1, Math.floor(named.y * this.#height));
      const main = bodies.labels[y * this.#width + x]!;
      if (main) {
        this.#named = named;
        return this.#take(main, time);
      }
    }
    const present = mains.some((pixels, region) => region > 0 && pixels >= MIN_PRESENT_PIXELS);
    const { count } = bodies;
    const claims = this.#claims(bodies);
    let best = 0;
    for (let region = 1; region <= count; region++) if (claims[region]! > claims[best]!) best = region;
    if (present) {
      this.#seen = time;
      let mine = 0;
      for (let region = 1; region <= count; region++) {
        if (mains[region]! >= MIN_PRESENT_PIXELS) mine = Math.max(mine, claims[region]!);
      }
      const overtaken = claims[best]! > MIN_OVERTAKING_FACTOR * mine && !this.#named;
      if (!overtaken) this.#overtaken = Number.POSITIVE_INFINITY;
      else if (this.#overtaken === Number.POSITIVE_INFINITY) this.#overtaken = time;
      return overtaken && time - this.#overtaken >= OVERTAKING_SECONDS ? this.#take(best, time) : { main: undefined };
    }
    const candidates = claims.map((_, region) => region).filter((region) => claims[region]! > 0);
    const again = candidates.find((region) => resembles(region));
    if (again !== undefined) return this.#take(again, time);
    const vacant = this.#seen === Number.NEGATIVE_INFINITY || time - this.#seen >= GONE_SECONDS;
    return vacant && best && !named ? this.#take(best, time) : { main: undefined };
  }

  #take(main: number, time: number): { readonly main: number } {
    this.#seen = time;
    this.#overtaken = Number.POSITIVE_INFINITY;
    return { main };
  }

  /** Area, less towards the sides; 0 for what is too small. */
  #claims(bodies: Regions): number[] {
    const sums = bodies.sum((i) => i % this.#width);
    return Array.from(bodies.areas, (area, region) => {
      if (region === 0 || area < MIN_REGION_SHARE * bodies.labels.length) return 0;
      const aside = Math.abs(sums[region]! / area / this.#width - 0.5) * 2;
      return area * (1 - 0.6 * aside);
    });
  }
}
