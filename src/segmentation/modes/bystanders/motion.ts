import type { Thumbnail } from '../../vision/thumbnail.ts';

/** Levels from which on a difference is another object, not motion. */
const MAX_DIFFERENCE_LEVELS = 30;

/** A row of pixels counts this much for no motion at all: a plain jumper says little. */
const STIFFNESS = 0.2;

/** Fewer pixels say nothing. */
const MIN_PIXELS = 50;

/** Grid pixels that are believed beyond what was found otherwise. */
const MAX_MOTION_PX = 1;

/**
 * By how much somebody moved, grid pixels: all of them, and per row below `middle` on top, since heads and feet sway
 * against each other.
 */
export interface SubPixelMotion {
  readonly across: number;
  readonly down: number;
  readonly lean: number;
  readonly middle: number;
}

const NO_MOTION: SubPixelMotion = { across: 0, down: 0, lean: 0, middle: 0 };

/**
 * The part of a motion that is less than a pixel: least squares over the gradients of luma (Lucas and Kanade 1981) for
 * a shift and a lean.
 *
 * @param before luma that was at `sample`'s pixels, and is now `by` pixels further on, about
 */
export function subPixelMotion(
  { luma, width }: Thumbnail,
  before: Float32Array,
  sample: readonly number[],
  by: number,
): SubPixelMotion {
  if (sample.length < MIN_PIXELS) return NO_MOTION;
  const first = Math.floor(sample[0]! / width);
  const last = Math.floor(sample[sample.length - 1]! / width);
  const middle = (first + last) / 2;
  const half = Math.max(1, (last - first) / 2);
  const stiffness = STIFFNESS * sample.length;
  let [xx, xl, xy, x0] = [stiffness, 0, 0, 0];
  let [ll, ly, l0] = [stiffness, 0, 0];
  let [yy, y0] = [stiffness, 0];
  for (const i of sample) {
    const k = i + by;
    if (k < width || k >= luma.length - width) continue;
    const change = before[i]! - luma[k]!;
    if (Math.abs(change) > MAX_DIFFERENCE_LEVELS) continue;
    const x = (luma[k + 1]! - luma[k - 1]!) / 2;
    const y = (luma[k + width]! - luma[k - width]!) / 2;
    const l = (x * (Math.floor(i / width) - middle)) / half;
    xx += x * x;
    xl += x * l;
    xy += x * y;
    x0 += x * change;
    ll += l * l;
    ly += l * y;
    l0 += l * change;
    yy += y * y;
    y0 += y * change;
  }
  // Cramer's rule.
  const det = xx * (ll * yy - ly * ly) - xl * (xl * yy - ly * xy) + xy * (xl * ly - ll * xy);
  if (!(det > 0)) return NO_MOTION;
  const across = (x0 * (ll * yy - ly * ly) - xl * (l0 * yy - ly * y0) + xy * (l0 * ly - ll * y0)) / det;
  const lean = (xx * (l0 * yy - ly * y0) - x0 * (xl * yy - ly * xy) + xy * (xl * y0 - l0 * xy)) / det;
  const down = (xx * (ll * y0 - ly * l0) - xl * (xl * y0 - l0 * xy) + x0 * (xl * ly - ll * xy)) / det;
  return { across: bound(across), down: bound(down), lean: bound(lean) / half, middle };
}

const bound = (value: number) => Math.max(-MAX_MOTION_PX, Math.min(MAX_MOTION_PX, value));
