import type { Thumbnail } from './thumbnail.ts';

/** frame = gain * background + offset for luma; colour differences shift by their own offsets. Levels. */
export interface PhotometricFit {
  readonly gain: number;
  readonly offset: number;
  readonly cb: number;
  readonly cr: number;
}

export const IDENTITY_FIT: PhotometricFit = { gain: 1, offset: 0, cb: 0, cr: 0 };

/** What a frame is fitted to, per pixel. */
export interface PhotometricReference {
  /** 1 where the rest holds. */
  readonly known: Uint8Array;
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
}

/** Pixels needed for a fit; with fewer the last one stays. */
const MIN_PIXELS = 200;

/**
 * Rounds of fitting; after each one what lies further off than this many levels is left out: it is not the exposure.
 */
const TRIM_LEVELS = [24, 10, 6];

/** From here on it is clipped, or averaged from what is. */
export const MAX_LEVEL = 250;

/** Red and blue of a pixel. BT.601. */
export const RED_OF_CR = 1.402;
export const BLUE_OF_CB = 1.772;

/** A camera's automatic exposure stays within this from one fit to the next scene change. */
const GAIN_RANGE = [0.6, 1.7] as const;

/**
 * Fits the frame's exposure to the background over the known pixels outside `hole`: least squares, trimmed.
 *
 * @param last the fit of the frame before, from which the first trim starts
 */
export function fitPhotometry(
  frame: Thumbnail,
  background: PhotometricReference,
  hole: Uint8Array,
  last: PhotometricFit,
): PhotometricFit {
  let fit = last;
  for (const trim of TRIM_LEVELS) {
    let n = 0;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let sxy = 0;
    let su = 0;
    let sv = 0;
    // Every third pixel: 10,000 points fit three numbers well enough.
    for (let i = 0; i < hole.length; i += 3) {
      if (hole[i] || !background.known[i]) continue;
      const x = background.luma[i]!;
      const y = frame.luma[i]!;
      // Clipped pixels do not follow the exposure, nor those of which one channel is.
      if (y > MAX_LEVEL || x > MAX_LEVEL || Math.abs(y - fit.gain * x - fit.offset) > trim) continue;
      if (isClipped(y, frame.cb[i]!, frame.cr[i]!) || isClipped(x, background.cb[i]!, background.cr[i]!)) continue;
      n++;
      sx += x;
      sy += y;
      sxx += x * x;
      sxy += x * y;
      su += frame.cb[i]! - background.cb[i]!;
      sv += frame.cr[i]! - background.cr[i]!;
    }
    if (n < MIN_PIXELS) return fit;
    const spread = sxx - (sx * sx) / n;
    const free = spread / n < 25 ? 1 : (sxy - (sx * sy) / n) / spread;
    const gain = Math.min(GAIN_RANGE[1], Math.max(GAIN_RANGE[0], free));
    fit = { gain, offset: (sy - gain * sx) / n, cb: su / n, cr: sv / n };
  }
  return fit;
}

/** Whether one channel of a pixel is clipped, so that its luma follows the exposure with less than all of itself. */
export function isClipped(luma: number, cb: number, cr: number): boolean {
  return luma + RED_OF_CR * (cr - 128) > MAX_LEVEL || luma + BLUE_OF_CB * (cb - 128) > MAX_LEVEL;
}
