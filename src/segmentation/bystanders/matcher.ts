import { createThumbnail, type Thumbnail } from '../thumbnail.ts';

/** Grid pixels that a point may move from one frame to the next. */
const REACH = 6;

/** Differences up to this many levels are noise. */
const NOISE = 3;

/** Where the last frame's patches lie that look like a pixel's own: one for each of two owners. */
export interface Match {
  /** Mean difference of the best patch in levels; Infinity where the owner had nothing within reach. */
  main: number;
  other: number;
}

/**
 * Finds out whose pixel a pixel of this frame was in the last one: the nearest patch in the last frame for each owner, as in
 * label propagation for video (Voigtlaender et al. 2019, FEELVOS, there with learnt features).
 */
export class Matcher {
  readonly #width: number;
  readonly #height: number;
  readonly #last: Thumbnail;
  readonly #match: Match = { main: 0, other: 0 };

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#last = createThumbnail(width, height);
  }

  /** The frame that the next one is compared with. */
  remember({ luma, cb, cr }: Thumbnail): void {
    this.#last.luma.set(luma);
    this.#last.cb.set(cb);
    this.#last.cr.set(cr);
  }

  /** Whether pixel `i` shows what it showed in the last frame. */
  stands(frame: Thumbnail, i: number): boolean {
    return this.#pixel(frame, i, i) <= NOISE;
  }

  /**
   * @param owners of the last frame, per pixel; see {@link Owner}
   * @returns valid until the next call
   */
  match(frame: Thumbnail, i: number, owners: Uint8Array, main: number, other: number): Match {
    const width = this.#width;
    const x = i % width;
    const y = (i - x) / width;
    const found = this.#match;
    found.main = Number.POSITIVE_INFINITY;
    found.other = Number.POSITIVE_INFINITY;
    for (let v = Math.max(1, y - REACH); v <= Math.min(this.#height - 2, y + REACH); v++) {
      for (let u = Math.max(1, x - REACH); u <= Math.min(width - 2, x + REACH); u++) {
        const k = v * width + u;
        const owner = owners[k];
        if (owner !== main && owner !== other) continue;
        const best = owner === main ? found.main : found.other;
        const difference = this.#patch(frame, i, k, best);
        if (difference >= best) continue;
        if (owner === main) found.main = difference;
        else found.other = difference;
      }
    }
    return found;
  }

  /** Mean over a cross of five pixels, with an end as soon as it cannot be less than `best`. */
  #patch(frame: Thumbnail, i: number, k: number, best: number): number {
    const width = this.#width;
    const limit = best * 5;
    let sum = this.#pixel(frame, i, k);
    if (sum >= limit) return best;
    sum += this.#pixel(frame, i - 1, k - 1) + this.#pixel(frame, i + 1, k + 1);
    if (sum >= limit) return best;
    sum += this.#pixel(frame, i - width, k - width) + this.#pixel(frame, i + width, k + width);
    return sum / 5;
  }

  #pixel({ luma, cb, cr }: Thumbnail, i: number, k: number): number {
    const own = i < 0 ? 0 : i >= luma.length ? luma.length - 1 : i;
    return (
      Math.abs(luma[own]! - this.#last.luma[k]!) +
      Math.abs(cb[own]! - this.#last.cb[k]!) +
      Math.abs(cr[own]! - this.#last.cr[k]!)
    );
  }
}
