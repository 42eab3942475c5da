import type { BackgroundModel } from './background-model.ts';
import { BLUE_OF_CB, type PhotometricFit, RED_OF_CR } from './photometric-fit.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Levels of luma that noise alone may reach after averaging; on top comes what the pixel's own variance says. */
const LUMA_NOISE_LEVELS = 2.5;
const LUMA_SIGMAS = 1.5;

/** Levels that the sum of both colour differences may reach. Colour is coarser in video, so its floor is higher. */
const CHROMA_NOISE_LEVELS = 4;

/** Luma from which on a pixel is clipped, or averaged from some that are: it stays behind what the exposure does. */
const CLIPPED_LUMA = 235;

/**
 * Levels by which a clipped background may be brighter than the fit says: nobody knows how bright it is. Not more, or
 * light skin before a window would be no difference once the exposure falls.
 */
const MAX_CLIPPED_EXCESS = 24;

/** From here on a channel is clipped, though luma is not: wood in the sun has no more red to give. BT.601. */
const CLIPPED_CHANNEL = 245;
const RED_SHARE = 0.299;

/** How a frame differs from the background that it should show. */
export interface Difference {
  /**
   * 0 = same; from 1 on noise no longer explains it; in units of that limit. 0 where the background is unknown.
   */
  readonly score: Float32Array;
  /** 1 where the pixel is darker by up to a factor but has kept its colour: a shadow, or something dark. */
  readonly shade: Uint8Array;
  /** 1 where the pixel is brighter and has kept its colour: light, or something bright. */
  readonly lit: Uint8Array;
}

/** Shadows leave at least this share of the light; what is darker is an object. */
const MIN_SHADOW_GAIN = 0.4;

/** Chroma score below which light, more of it or less, explains a difference. */
const SAME_CHROMA_SCORE = 2;

/** Measures differences over 3x3 neighbourhoods. */
export class DifferenceMeter implements Difference {
  readonly score: Float32Array;
  readonly shade: Uint8Array;
  readonly lit: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #raw: readonly [Float32Array, Float32Array, Float32Array];
  /**
   * Sums of three pixels above each other, with one column more at either end; the last one counts the known among
   * them.
   */
  readonly #columns: readonly [Float32Array, Float32Array, Float32Array, Float32Array];

  constructor(width: number, height: number) {
    const plane = () => new Float32Array(width * height);
    this.#width = width;
    this.#height = height;
    this.score = plane();
    this.shade = new Uint8Array(width * height);
    this.lit = new Uint8Array(width * height);
    this.#raw = [plane(), plane(), plane()];
    const row = () => new Float32Array(width + 2);
    this.#columns = [row(), row(), row(), row()];
  }

  measure(frame: Thumbnail, background: BackgroundModel, fit: PhotometricFit): this {
    this.#subtract(frame, background, fit);
    const { known, luma, variance } = background;
    const { gain, offset } = fit;
    const [sumY, sumU, sumV, counts] = this.#columns;
    const width = this.#width;
    this.score.fill(0);
    this.shade.fill(0);
    this.lit.fill(0);
    for (let y = 0, i = 0; y < this.#height; y++) {
      this.#addRows(y, known);
      for (let x = 0; x < width; x++, i++) {
        if (!known[i]) continue;
        // Unknown neighbours say nothing: at the rim of the known room the mean is over what is known.
        const n = counts[x]! + counts[x + 1]! + counts[x + 2]!;
        const dy = (sumY[x]! + sumY[x + 1]! + sumY[x + 2]!) / n;
        const du = (sumU[x]! + sumU[x + 1]! + sumU[x + 2]!) / n;
        const dv = (sumV[x]! + sumV[x + 1]! + sumV[x + 2]!) / n;
        const chroma = (Math.abs(du) + Math.abs(dv)) / CHROMA_NOISE_LEVELS;
        const light = Math.abs(dy) / (LUMA_NOISE_LEVELS + LUMA_SIGMAS * Math.sqrt(variance[i]!));
        this.score[i] = Math.max(light, chroma);
        if (chroma >= SAME_CHROMA_SCORE) continue;
        if (dy > 0) this.lit[i] = 1;
        else if (frame.luma[i]! > MIN_SHADOW_GAIN * (gain * luma[i]! + offset)) this.shade[i] = 1;
      }
    }
    return this;
  }

  #subtract(frame: Thumbnail, background: BackgroundModel, { gain, offset, cb, cr }: PhotometricFit): void {
    const { known, luma, cb: backgroundCb, cr: backgroundCr } = background;
    const [y, u, v] = this.#raw;
    for (let i = 0; i < known.length; i++) {
      if (known[i]) {
        const expected = Math.min(255, gain * luma[i]! + offset);
        y[i] = frame.luma[i]! - expected;
        u[i] = frame.cb[i]! - backgroundCb[i]! - cb;
        v[i] = frame.cr[i]! - backgroundCr[i]! - cr;
        const red = luma[i]! < CLIPPED_LUMA && luma[i]! + RED_OF_CR * (backgroundCr[i]! - 128) >= CLIPPED_CHANNEL;
        const blue = luma[i]! < CLIPPED_LUMA && luma[i]! + BLUE_OF_CB * (backgroundCb[i]! - 128) >= CLIPPED_CHANNEL;
        if (red) {
          // What is clipped stays at 255, whatever the others do: luma then follows with less, and gives the colour.
          const stays = RED_SHARE * 255;
          y[i] = outside(frame.luma[i]!, expected, stays + gain * (luma[i]! - stays) + (1 - RED_SHARE) * offset);
          v[i] = smaller(v[i]!, frame.cr[i]! - 128 - (255 - frame.luma[i]!) / RED_OF_CR);
        }
        if (blue) u[i] = smaller(u[i]!, frame.cb[i]! - 128 - (255 - frame.luma[i]!) / BLUE_OF_CB);
        if (luma[i]! < CLIPPED_LUMA && expected < CLIPPED_LUMA) continue;
        if (luma[i]! >= CLIPPED_LUMA) y[i] = beyond(y[i]!, MAX_CLIPPED_EXCESS);
        // What should be clipped, and nearly is.
        if (expected >= CLIPPED_LUMA && frame.luma[i]! >= CLIPPED_LUMA) y[i] = 0;
        // White has no colour that a shift of the white balance could change.
        u[i] = smaller(u[i]!, u[i]! + cb);
        v[i] = smaller(v[i]!, v[i]! + cr);
      } else {
        y[i] = 0;
        u[i] = 0;
        v[i] = 0;
      }
    }
  }

  /** Adds row `y` and its neighbours; at the picture's edges the last row and column count twice. */
  #addRows(y: number, known: Uint8Array): void {
    const width = this.#width;
    const own = y * width;
    const above = y > 0 ? own - width : own;
    const below = y < this.#height - 1 ? own + width : own;
    const [rawY, rawU, rawV] = this.#raw;
    const [sumY, sumU, sumV, counts] = this.#columns;
    for (let x = 0, a = above, i = own, b = below; x < width; x++, a++, i++, b++) {
      sumY[x + 1] = rawY[a]! + rawY[i]! + rawY[b]!;
      sumU[x + 1] = rawU[a]! + rawU[i]! + rawU[b]!;
      sumV[x + 1] = rawV[a]! + rawV[i]! + rawV[b]!;
      counts[x + 1] = known[a]! + known[i]! + known[b]!;
    }
    for (const sums of this.#columns) {
      sums[0] = sums[1]!;
      sums[width + 1] = sums[width]!;
    }
  }
}

/** What of a difference lies outside of 0..excess. */
function beyond(difference: number, excess: number): number {
  return difference <= 0 ? difference : Math.max(0, difference - excess);
}

/** How far a value lies outside of two, given in any order. */
function outside(value: number, a: number, b: number): number {
  return value > Math.max(a, b) ? value - Math.max(a, b) : Math.min(0, value - Math.min(a, b));
}

function smaller(a: number, b: number): number {
  return Math.abs(a) < Math.abs(b) ? a : b;
}
