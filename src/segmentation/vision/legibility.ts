import type { Thumbnail } from './thumbnail.ts';

/** Luma to which the brightest twentieth of a dim picture is brought: what models and thresholds were made for. */
const LIGHT_LUMA = 120;

/** Seconds over which the gain follows the light: slowly, so that the background's own fit can follow the gain. */
const GAIN_SECONDS = 1;

/** Luma that the same twentieth must not reach through the gain: then a light was switched on. */
const CLIPPED_LUMA = 230;

/**
 * Noise of a pixel of the brightened thumbnail, levels, with which people are no longer told from it: up to 3.5 nobody
 * is missed who comes in, at 5 rims begin to go, at 17 whole people.
 */
const MAX_NOISE_LEVELS = 4;

/**
 * Standard deviation of what rounding does to luma, levels: that of one step, of 219. In the dark, where a wall has one
 * value all over, averaging does not help against it.
 */
const ROUNDING_LEVELS = 0.34;

/**
 * So much better than a limit it must be to be trusted again, once it was not: no flicker between picture and cover.
 */
const REGAIN_MARGIN = 1.15;

/** Samples of the picture that a pixel of a thumbnail is averaged from, at most (thumbnail.ts). */
const MAX_SAMPLES_PER_CELL = 36;

export type Illegible = 'too dark' | 'too noisy';

/** How a picture is to be looked at. */
export interface Sight {
  /** Why people cannot be told from the room in it; undefined where they can. */
  readonly illegible: Illegible | undefined;
  /** By which it is to be brightened first, 1 and more. */
  readonly gain: number;
  /** Standard deviation of the noise in a pixel of the thumbnail's luma, once brightened, levels. */
  readonly noise: number;
}

/**
 * Whether people can be told from the room in a picture: by its noise, measured in the picture itself, against its
 * light. Darkness alone hides nobody, since a dim picture is brightened before it is looked at.
 */
export class Legibility {
  #illegible = false;
  #gain = 0;
  readonly #bins = new Uint32Array(256);

  /**
   * @param noise standard deviation in the picture, levels (noise.ts)
   * @param pixels of the picture
   * @param seconds since the picture before
   */
  judge({ luma }: Thumbnail, noise: number, pixels: number, seconds: number): Sight {
    const samples = Math.min(MAX_SAMPLES_PER_CELL, Math.max(1, pixels / luma.length));
    const averaged = noise / Math.sqrt(samples);
    // Noise alone makes the brightest twentieth brighter by 1.64 deviations.
    const light = Math.max(1, this.#brightestTwentieth(luma) - 1.64 * averaged);
    const gain = this.#follow(light, seconds);
    const now = gain * Math.hypot(averaged, ROUNDING_LEVELS);
    this.#illegible = now * (this.#illegible ? REGAIN_MARGIN : 1) > MAX_NOISE_LEVELS;
    const why = light < LIGHT_LUMA / 2 ? 'too dark' : 'too noisy';
    return { illegible: this.#illegible ? why : undefined, gain, noise: now };
  }

  #follow(light: number, seconds: number): number {
    const wanted = Math.max(1, LIGHT_LUMA / light);
    if (this.#gain === 0 || this.#gain * light > CLIPPED_LUMA) this.#gain = wanted;
    else this.#gain += Math.min(1, seconds / GAIN_SECONDS) * (wanted - this.#gain);
    return this.#gain;
  }

  /** The level below which nineteen twentieths lie. */
  #brightestTwentieth(luma: Float32Array): number {
    const bins = this.#bins.fill(0);
    for (let i = 0; i < luma.length; i++) bins[Math.max(0, Math.min(255, luma[i]! | 0))]!++;
    const rank = (luma.length * 19) / 20;
    let below = 0;
    let bin = 0;
    while (bin < 255 && below + bins[bin]! <= rank) below += bins[bin++]!;
    return bin + Math.min(1, Math.max(0, (rank - below) / Math.max(1, bins[bin]!)));
  }
}
