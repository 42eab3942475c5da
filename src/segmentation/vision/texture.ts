/** Half the side of the window that is compared, pixels. */
const WINDOW_RADIUS_PX = 3;

/** Standard deviation, levels, below which a window has no texture that could be recognised. */
const MIN_CONTRAST_LEVELS = 3;

/** Correlation from which on two windows show the same object in different light. */
const MIN_CORRELATION = 0.85;

/**
 * Whether two planes show the same texture around (x, y), whatever the light: normalised cross-correlation of a 7x7
 * window. Light falls on a wall and leaves its pattern; an object in front of the wall hides it. False where there is
 * no pattern.
 */
export function sameTexture(
  a: Float32Array,
  b: Float32Array,
  x: number,
  y: number,
  width: number,
  height: number,
): boolean {
  return correlation(a, b, x, y, width, height) >= MIN_CORRELATION;
}

/** Whether `frame` does not show the texture that `background` has around (x, y); false where that has none. */
export function hidesTexture(
  frame: Float32Array,
  background: Float32Array,
  x: number,
  y: number,
  width: number,
  height: number,
): boolean {
  const known = correlation(background, background, x, y, width, height) > 0;
  return known && !sameTexture(frame, background, x, y, width, height);
}

/** -1..1; 0 where one of them has no pattern. */
function correlation(a: Float32Array, b: Float32Array, x: number, y: number, width: number, height: number): number {
  let n = 0;
  let sa = 0;
  let sb = 0;
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let v = Math.max(0, y - WINDOW_RADIUS_PX); v <= Math.min(height - 1, y + WINDOW_RADIUS_PX); v++) {
    for (let u = Math.max(0, x - WINDOW_RADIUS_PX); u <= Math.min(width - 1, x + WINDOW_RADIUS_PX); u++) {
      const p = a[v * width + u]!;
      const q = b[v * width + u]!;
      n++;
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
    }
  }
  const va = saa / n - (sa / n) ** 2;
  const vb = sbb / n - (sb / n) ** 2;
  if (Math.min(va, vb) < MIN_CONTRAST_LEVELS ** 2) return 0;
  return (sab / n - (sa / n) * (sb / n)) / Math.sqrt(va * vb);
}
