import { createThumbnail, type Thumbnail } from '../../vision/thumbnail.ts';
import { nearestPatch, patchDifference } from './patches.ts';

/** Grid pixels that a point may move from one frame to the next. */
export const SEARCH_RADIUS_PX = 6;

/**
 * Finds out whether a pixel of this frame was somebody's in the last one: by the most similar patch of theirs in the
 * last frame, as in label propagation for video (Voigtlaender et al. 2019, FEELVOS, there with learnt features).
 */
export class PatchMatcher {
  readonly #width: number;
  readonly #last: Thumbnail;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#last = createThumbnail(width, height);
  }

  /** The frame that the next one is compared with. */
  remember({ luma, cb, cr }: Thumbnail): void {
    this.#last.luma.set(luma);
    this.#last.cb.set(cb);
    this.#last.cr.set(cr);
  }

  /** Mean difference of the patch round pixel `i` from what was there in the last frame, levels. */
  still(frame: Thumbnail, i: number): number {
    return patchDifference(frame, i, this.#last, i, this.#width, Number.POSITIVE_INFINITY);
  }

  /**
   * Mean difference of the patch round pixel `i` from the most similar one of `owner`'s within reach, levels; else
   * Infinity.
   */
  match(frame: Thumbnail, i: number, owners: Uint8Array, owner: number): number {
    return nearestPatch(frame, i, this.#last, { owners, owner, reach: SEARCH_RADIUS_PX });
  }
}
