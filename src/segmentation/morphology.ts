/** Set operations on small masks. A mask here is one byte a pixel, 0 or 1, row by row. */

const DIAGONAL = Math.SQRT2;

/** Further than any mask is wide; finite, so that sums stay comparable. */
export const FAR = 1e6;

/**
 * Distance of every pixel to the nearest set one, in pixels; 0 on the set, {@link FAR} where nothing is set.
 * Two passes of the chamfer transform (Borgefors 1986), at most 8 % off the Euclidean distance.
 */
export function distanceTo(mask: Uint8Array, width: number, height: number, out: Float32Array): void {
  if (!mask.includes(1)) {
    out.fill(FAR);
    return;
  }
  for (let i = 0; i < out.length; i++) out[i] = mask[i] ? 0 : FAR;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let d = out[i]!;
      if (d === 0) continue;
      if (x > 0) d = Math.min(d, out[i - 1]! + 1);
      if (y > 0) {
        d = Math.min(d, out[i - width]! + 1);
        if (x > 0) d = Math.min(d, out[i - width - 1]! + DIAGONAL);
        if (x < width - 1) d = Math.min(d, out[i - width + 1]! + DIAGONAL);
      }
      out[i] = d;
    }
  }
  for (let y = height - 1, i = out.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      let d = out[i]!;
      if (d === 0) continue;
      if (x < width - 1) d = Math.min(d, out[i + 1]! + 1);
      if (y < height - 1) {
        d = Math.min(d, out[i + width]! + 1);
        if (x < width - 1) d = Math.min(d, out[i + width + 1]! + DIAGONAL);
        if (x > 0) d = Math.min(d, out[i + width - 1]! + DIAGONAL);
      }
      out[i] = d;
    }
  }
}

/** Sets every pixel within `radius` pixels of a set one. `scratch` is overwritten. */
export function grow(mask: Uint8Array, width: number, height: number, radius: number, scratch: Float32Array): void {
  distanceTo(mask, width, height, scratch);
  for (let i = 0; i < mask.length; i++) mask[i] = scratch[i]! <= radius ? 1 : 0;
}

/** Fills gaps and notches narrower than twice `radius`: growth, then as much shrinking. The frame's edge does not shrink. */
export function close(mask: Uint8Array, width: number, height: number, radius: number, scratch: Float32Array): void {
  grow(mask, width, height, radius, scratch);
  for (let i = 0; i < mask.length; i++) mask[i] = 1 - mask[i]!;
  distanceTo(mask, width, height, scratch);
  for (let i = 0; i < mask.length; i++) mask[i] = scratch[i]! > radius ? 1 : 0;
}
