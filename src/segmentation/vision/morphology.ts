import { boxOf } from './regions.ts';

/** Set operations on small masks. A mask here is one byte a pixel, 0 or 1, row by row. */

const DIAGONAL = Math.SQRT2;

/** Further than any mask is wide; finite, so that sums stay comparable. */
export const FAR_PX = 1e6;

/** Farther than anything: what lies outside of a box. */
const OUTSIDE = Number.POSITIVE_INFINITY;

/** Columns `left` to `right` and rows `top` to `bottom`, all included. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Distance of every pixel to the nearest set one, in pixels; 0 on the set, {@link FAR_PX} where nothing is set within
 * `reach`. Two passes of the chamfer transform (Borgefors 1986), at most 8 % off the Euclidean distance, over the box
 * in which distances up to `reach` can lie: people fill a part of the picture, and this runs several times a frame.
 */
export function distanceTo(
  mask: Uint8Array,
  width: number,
  height: number,
  out: Float32Array,
  reach = Number.POSITIVE_INFINITY,
): void {
  out.fill(FAR_PX);
  const box = boxWithin(mask, width, height, reach);
  if (box) spread(mask, width, box, out);
}

/** The set pixels' box, grown by `reach`; `undefined` where nothing is set. */
function boxWithin(mask: Uint8Array, width: number, height: number, reach: number): Box | undefined {
  const box = boxOf(mask, width);
  if (box.width === 0) return undefined;
  const by = Math.ceil(reach);
  return {
    left: Math.max(0, box.x - by),
    top: Math.max(0, box.y - by),
    right: Math.min(width - 1, box.x + box.width - 1 + by),
    bottom: Math.min(height - 1, box.y + box.height - 1 + by),
  };
}

/** Distances within `box` to the set pixels in it; `out` is {@link FAR_PX} there so far, and stays so outside. */
function spread(mask: Uint8Array, width: number, box: Box, out: Float32Array): void {
  const { left, top, right, bottom } = box;
  for (let y = top; y <= bottom; y++) {
    const from = y * width + left;
    const end = y * width + right;
    const up = y > top;
    // The distances of the pixel before, and of those above it, above and above the next. Never whole numbers among
    // constants: the compiler would keep each in an object of its own.
    let before = OUTSIDE;
    let a = OUTSIDE;
    let b = up ? out[from - width]! : OUTSIDE;
    for (let i = from; i <= end; i++) {
      const c = up && i < end ? out[i - width + 1]! : OUTSIDE;
      let d = out[i]!;
      if (mask[i]) {
        out[i] = 0;
        d = out[i]!;
      } else {
        if (before + 1 < d) d = before + 1;
        if (b + 1 < d) d = b + 1;
        if (a + DIAGONAL < d) d = a + DIAGONAL;
        if (c + DIAGONAL < d) d = c + DIAGONAL;
        d = Math.fround(d);
        out[i] = d;
      }
      before = d;
      a = b;
      b = c;
    }
  }
  spreadBack(width, box, out);
}

/** The second pass, from the last pixel to the first. */
function spreadBack(width: number, { left, top, right, bottom }: Box, out: Float32Array): void {
  for (let y = bottom; y >= top; y--) {
    const from = y * width + right;
    const end = y * width + left;
    const down = y < bottom;
    let before = OUTSIDE;
    let a = OUTSIDE;
    let b = down ? out[from + width]! : OUTSIDE;
    for (let i = from; i >= end; i--) {
      const c = down && i > end ? out[i + width - 1]! : OUTSIDE;
      let d = out[i]!;
      if (d !== 0) {
        if (before + 1 < d) d = before + 1;
        if (b + 1 < d) d = b + 1;
        if (a + DIAGONAL < d) d = a + DIAGONAL;
        if (c + DIAGONAL < d) d = c + DIAGONAL;
        d = Math.fround(d);
        out[i] = d;
      }
      before = d;
      a = b;
      b = c;
    }
  }
}

/** Sets every pixel within `radius` pixels of a set one. `scratch` is overwritten. */
export function grow(mask: Uint8Array, width: number, height: number, radius: number, scratch: Float32Array): void {
  distanceTo(mask, width, height, scratch, radius);
  for (let i = 0; i < mask.length; i++) mask[i] = scratch[i]! <= radius ? 1 : 0;
}

/**
 * Fills gaps and notches narrower than twice `radius`: growth, then as much shrinking. The frame's edge does not
 * shrink.
 */
export function close(mask: Uint8Array, width: number, height: number, radius: number, scratch: Float32Array): void {
  grow(mask, width, height, radius, scratch);
  // One more than the grown set, so that what is free around it is seen.
  const box = boxWithin(mask, width, height, 1);
  if (!box) return;
  for (let i = 0; i < mask.length; i++) mask[i] = 1 - mask[i]!;
  scratch.fill(FAR_PX);
  spread(mask, width, box, scratch);
  for (let i = 0; i < mask.length; i++) mask[i] = mask[i] === 0 && scratch[i]! > radius ? 1 : 0;
}
