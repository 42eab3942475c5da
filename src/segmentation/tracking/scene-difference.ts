import { Background } from '../vision/background-model.ts';
import { DifferenceMeter } from '../vision/difference.ts';
import { type Exposure, fitExposure, SAME_EXPOSURE } from '../vision/photometric-fit.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';

/** Difference score that speaks for something being there, whatever else is known. */
export const STRONG = 4;

/** Share of the visible, known room that changes at once: the light was switched, or the camera was moved. */
const NEW_LIGHT = 0.35;

/** The room without the things to remove, and how a frame differs from it. */
export class Room {
  readonly background: Background;
  exposure: Exposure = SAME_EXPOSURE;
  readonly #difference: DifferenceMeter;

  constructor(width: number, height: number) {
    this.background = new Background(width * height);
    this.#difference = new DifferenceMeter(width, height);
  }

  /** Difference per pixel; from 1 on noise does not explain it, 0 where the room is unknown. */
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
   * @returns whether the light changed, or the camera: the room is then forgotten
   */
  measure(frame: Thumbnail, covered: Uint8Array): boolean {
    this.exposure = fitExposure(frame, this.background, covered, this.exposure);
    const { score } = this.#difference.measure(frame, this.background, this.exposure);
    const { known } = this.background;
    let visible = 0;
    let changed = 0;
    for (let i = 0; i < score.length; i++) {
      if (covered[i] || !known[i]) continue;
      visible++;
      if (score[i]! >= STRONG) changed++;
    }
    if (visible <= 0.1 * score.length || changed <= NEW_LIGHT * visible) return false;
    this.background.forget();
    this.exposure = SAME_EXPOSURE;
    score.fill(0);
    return true;
  }

  /** Whether pixel `i` may show something that is no part of the room: it is unknown there, or differs by `limit` and more. */
  mayHide(i: number, limit: number): boolean {
    return !this.background.known[i] || this.score[i]! >= limit;
  }

  /** Luma of pixel `i` as it would be in the room's own light. */
  luma(frame: Thumbnail, i: number): number {
    return (frame.luma[i]! - this.exposure.offset) / this.exposure.gain;
  }
}
