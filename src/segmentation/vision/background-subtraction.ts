import { BackgroundModel } from './background-model.ts';
import { DifferenceMeter } from './difference.ts';
import { fitPhotometry, IDENTITY_FIT, type PhotometricFit } from './photometric-fit.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Difference score that speaks for something being there, whatever else is known. */
export const STRONG_SCORE = 4;

/** Share of the visible, known background that changes at once: the light was switched, or the camera was moved. */
const LIGHTING_CHANGE_SHARE = 0.35;

/** The background without the objects to remove, and how a frame differs from it. */
export class BackgroundSubtraction {
  readonly background: BackgroundModel;
  fit: PhotometricFit = IDENTITY_FIT;
  readonly #difference: DifferenceMeter;

  constructor(width: number, height: number) {
    this.background = new BackgroundModel(width * height);
    this.#difference = new DifferenceMeter(width, height);
  }

  /** Difference per pixel; from 1 on noise does not explain it, 0 where the background is unknown. */
  get score(): Float32Array {
    return this.#difference.score;
  }

  /** 1 where a shadow explains the difference. */
  get shade(): Uint8Array {
    return this.#difference.shade;
  }

  /**
   * Measures a frame.
   *
   * @param covered 1 where the last frame was hole
   * @returns whether the light changed, or the camera: the background is then forgotten
   */
  measure(frame: Thumbnail, covered: Uint8Array): boolean {
    this.fit = fitPhotometry(frame, this.background, covered, this.fit);
    const { score } = this.#difference.measure(frame, this.background, this.fit);
    const { known } = this.background;
    let visible = 0;
    let changed = 0;
    for (let i = 0; i < score.length; i++) {
      if (covered[i] || !known[i]) continue;
      visible++;
      if (score[i]! >= STRONG_SCORE) changed++;
    }
    if (visible <= 0.1 * score.length || changed <= LIGHTING_CHANGE_SHARE * visible) return false;
    this.background.forget();
    this.fit = IDENTITY_FIT;
    score.fill(0);
    return true;
  }

  /** Whether pixel `i` may show something that is no part of the background: it is unknown there, or differs by `limit` and more. */
  mayHide(i: number, limit: number): boolean {
    return !this.background.known[i] || this.score[i]! >= limit;
  }

  /** Luma of pixel `i` as it would be in the background's own light. */
  luma(frame: Thumbnail, i: number): number {
    return (frame.luma[i]! - this.fit.offset) / this.fit.gain;
  }
}
