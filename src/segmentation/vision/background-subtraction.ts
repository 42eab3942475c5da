import type { Homography } from '../../geometry.ts';
import { BackgroundModel } from './background-model.ts';
import { type Difference, DifferenceMeter } from './difference.ts';
import type { Outline } from './outline.ts';
import { fitPhotometry, IDENTITY_FIT, type PhotometricFit } from './photometric-fit.ts';
import type { Thumbnail } from './thumbnail.ts';

/**
 * Difference scores (1 = more than noise explains) from which a pixel joins a foreground, and stays if it was one
 * before.
 */
export const JOIN_SCORE = 1.8;
export const STAY_SCORE = 1;

/** Difference score that speaks for something being there, whatever else is known. */
export const STRONG_SCORE = 4;

/** Share of the visible, known background that changes at once: the light was switched, or the camera was moved. */
const LIGHTING_CHANGE_SHARE = 0.35;

/** Share of the frame in which the background must be visible and known for that to be asked. */
const MIN_VISIBLE_SHARE = 0.1;

/** Time between frames that counts as seen: for the first one, and at most; seconds. */
const FIRST_STEP_SECONDS = 1 / 30;
const MAX_STEP_SECONDS = 0.5;

/** The background without what is to be removed, how a frame differs from it, and what is learnt of it. */
export class BackgroundSubtraction {
  readonly background: BackgroundModel;
  /** Of the frame that was measured last, against the background. */
  fit: PhotometricFit = IDENTITY_FIT;
  /** Between the two frames that were measured last, seconds. */
  seconds = 0;
  readonly #difference: DifferenceMeter;
  readonly #width: number;
  readonly #height: number;
  #time = Number.NaN;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.background = new BackgroundModel(width * height);
    this.#difference = new DifferenceMeter(width, height);
  }

  /** Of the frame that was measured last. */
  get difference(): Difference {
    return this.#difference;
  }

  /** Difference per pixel; from 1 on noise does not explain it, 0 where the background is unknown. */
  get score(): Float32Array {
    return this.#difference.score;
  }

  /**
   * Measures a frame.
   *
   * @param covered 1 where the last frame was hole
   * @param time of the frame, seconds
   * @returns whether the light changed, or the camera: the background is then forgotten
   */
  measure(frame: Thumbnail, covered: Uint8Array, time: number): boolean {
    const first = Number.isNaN(this.#time);
    this.seconds = first ? FIRST_STEP_SECONDS : Math.min(MAX_STEP_SECONDS, Math.max(0, time - this.#time));
    this.#time = time;
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
    if (visible <= MIN_VISIBLE_SHARE * score.length || changed <= LIGHTING_CHANGE_SHARE * visible) return false;
    this.background.forget();
    this.fit = IDENTITY_FIT;
    score.fill(0);
    return true;
  }

  /** The camera moved: `map` says where the background has what is at (x, y) now. */
  follow(map: Homography): void {
    this.background.warp(map, this.#width, this.#height);
  }

  /** Learns the background from the frame that was measured last, where it is not covered. */
  learn(frame: Thumbnail, outline: Outline): void {
    this.background.learn(frame, outline.covered, this.fit, this.seconds, (i) => outline.isFar(i));
  }

  /** Whether pixel `i` is known to show the background. */
  isEmpty(i: number): boolean {
    return this.background.known[i] === 1 && this.score[i]! < STAY_SCORE;
  }

  /**
   * Whether pixel `i` may show something that is no part of the background: it is unknown there, or differs by `limit`
   * and more.
   */
  mayHide(i: number, limit: number): boolean {
    return !this.background.known[i] || this.score[i]! >= limit;
  }

  /** Luma of pixel `i` as it would be in the background's own light. */
  luma(frame: Thumbnail, i: number): number {
    return (frame.luma[i]! - this.fit.offset) / this.fit.gain;
  }
}
