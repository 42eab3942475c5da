import type { Thumbnail } from './thumbnail.ts';

/**
 * Luma that a twentieth of the picture must reach. In darker ones MediaPipe loses all of somebody from one frame to the
 * next, and what it misses differs from the room by less than noise and compression do.
 */
const MIN_LIGHT_LUMA = 80;

/**
 * From the darkest to the brightest twentieth, in standard deviations of the noise: with less, MediaPipe takes people
 * for noise.
 */
const MIN_CONTRAST_TO_NOISE = 4;

/**
 * So much better than a limit it must be to be trusted again, once it was not: no flicker between picture and cover.
 */
const REGAIN_MARGIN = 1.15;

/** Samples of the picture that a pixel of a thumbnail is averaged from, at most (thumbnail.ts). */
const MAX_SAMPLES_PER_CELL = 36;

export type Illegible = 'too dark' | 'too noisy';

/** Whether anything can be told from a picture at all. The noise is the picture's own, measured; not a constant. */
export class Legibility {
  #illegible: Illegible | undefined;
  readonly #bins = new Uint32Array(256);

  /**
   * @param noise standard deviation in the picture, levels (noise.ts)
   * @param pixels of the picture
   * @returns why nothing can be told; undefined where it can.
   */
  judge({ luma }: Thumbnail, noise: number, pixels: number): Illegible | undefined {
    const bins = this.#bins.fill(0);
    for (let i = 0; i < luma.length; i++) bins[Math.max(0, Math.min(255, luma[i]! | 0))]!++;
    const low = this.#quantile(luma.length / 20);
    const high = this.#quantile((luma.length * 19) / 20);
    // Noise alone widens the range that is found: by 1.64 deviations at either end.
    const rest = 1.64 * noise * Math.sqrt(Math.max(1 / MAX_SAMPLES_PER_CELL, Math.min(1, luma.length / pixels)));
    const contrast = Math.sqrt(Math.max(0, (high - low) ** 2 - (2 * rest) ** 2));
    const margin = this.#illegible ? REGAIN_MARGIN : 1;
    if (high - rest < margin * MIN_LIGHT_LUMA) this.#illegible = 'too dark';
    else if (contrast < margin * MIN_CONTRAST_TO_NOISE * noise) this.#illegible = 'too noisy';
    else this.#illegible = undefined;
    return this.#illegible;
  }

  /** The level below which so many pixels lie. */
  #quantile(rank: number): number {
    let below = 0;
    let bin = 0;
    while (bin < 255 && below + this.#bins[bin]! <= rank) below += this.#bins[bin++]!;
    return bin + Math.min(1, Math.max(0, (rank - below) / Math.max(1, this.#bins[bin]!)));
  }
}
