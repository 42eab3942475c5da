import type { Regions } from '../../vision/regions.ts';
import { MAIN } from './owners.ts';

/** Share of the frame from which on somebody counts as seen, in pixels of at least this probability. */
const MIN_OTHERS_SHARE = 0.004;
const MIN_BODY_PROBABILITY = 0.6;

/** Grid pixels from which on somebody is with the main person. */
const NEAR_PX = 12;

/** Seconds for which somebody who went behind the main person and was not seen to leave may still be there. */
const HIDDEN_SECONDS = 30;

/** Seconds after somebody was seen to leave the main person in which they count as still together. */
const LEAVING_SECONDS = 0.3;

/** Share of a region that was somebody with the main person in the last frame, from which on it is they who leave. */
const MIN_COMMON_SHARE = 0.3;

/** Seconds for which somebody who is with the main person, or leaves them, may not be seen at all. */
const LOST_SECONDS = 0.5;

/** What a frame shows, by region of bodies. */
export interface BodyRegions {
  readonly bodies: Regions;
  /** Whether the main person is in a region. */
  isMain(region: number): boolean;
  /** Whose a pixel is by its region alone. */
  readonly owners: Uint8Array;
  readonly probability: Float32Array;
  /** Distance of each pixel from the main person's bodies, grid pixels. */
  readonly toMain: Float32Array;
}

/** Whether anybody is with the main person: beside, before or behind them. */
export class OcclusionState {
  /** Whether somebody touches the main person or is hidden behind them, and so may come out anywhere. */
  touching = false;
  /** 1 where those were who are with the main person, or have just left them. */
  readonly #with: Uint8Array;
  /** When somebody was last with the main person, and since when they are seen apart; seconds. */
  #together = Number.NEGATIVE_INFINITY;
  #left = Number.POSITIVE_INFINITY;

  /** When one of them was last seen, seconds, and whether they are not seen just now. */
  #seen = Number.NEGATIVE_INFINITY;
  #lost = false;

  constructor(size: number) {
    this.#with = new Uint8Array(size);
  }

  /** Somebody came out from behind the main person who had not been expected. */
  noteReappearance(time: number): void {
    this.#together = time;
  }

  /**
   * @param others 1 where others' bodies were in the last frame
   * @param time seconds
   * @returns whether the main person's pixels are to be told from somebody else's
   */
  update({ bodies, isMain, owners, probability, toMain }: BodyRegions, others: Uint8Array, time: number): boolean {
    const least = MIN_OTHERS_SHARE * owners.length;
    const { labels, count } = bodies;
    const sizes = bodies.areas;
    const areas = bodies.countWhere((i) => probability[i]! >= MIN_BODY_PROBABILITY);
    const followed = bodies.sum((i) => (owners[i] !== MAIN && !isMain(labels[i]!) ? this.#with[i]! : 0));
    const near = new Uint8Array(count + 1);
    let touching = 0;
    for (let i = 0; i < owners.length; i++) {
      const region = labels[i]!;
      if (!region || areas[region]! < least) continue;
      if (owners[i] === MAIN) touching += others[i]!;
      else if (!isMain(region) && toMain[i]! <= NEAR_PX) near[region] = 1;
    }
    this.touching = touching >= least / 4;
    const here = this.touching || near.includes(1);
    // Whoever was with the main person is seen apart from them by now: nobody is behind.
    const apart = followed.map((pixels, region) =>
      pixels >= least && pixels > MIN_COMMON_SHARE * sizes[region]! ? 1 : 0,
    );
    const seen = here || apart.includes(1);
    if (seen) this.#seen = time;
    // MediaPipe loses people for a moment.
    this.#lost = !seen && time - this.#seen <= LOST_SECONDS;
    for (let i = 0; !this.#lost && i < owners.length; i++) {
      const region = labels[i]!;
      this.#with[i] = region && (owners[i] === MAIN || near[region] || (!here && apart[region])) ? 1 : 0;
    }
    if (apart.includes(1) && !here) this.#left = Math.min(this.#left, time);
    else if (!this.#lost) this.#left = Number.POSITIVE_INFINITY;
    if (here) this.#together = time;
    else if (time - this.#left > LEAVING_SECONDS) this.#together = Number.NEGATIVE_INFINITY;
    if (here) return true;
    this.touching = time - this.#together < HIDDEN_SECONDS;
    return this.touching;
  }

  /** `others`: where others' bodies turned out to be in this frame. */
  note(others: Uint8Array): void {
    if (this.#lost) return;
    for (let i = 0; i < others.length; i++) this.#with[i] = this.#with[i]! & others[i]!;
  }
}
