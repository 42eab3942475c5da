import { type Homography, onGrid } from '../geometry.ts';

export type { Homography };

export function mapX([a, b, c, , , , g, h]: Homography, x: number, y: number): number {
  return (a * x + b * y + c) / (g * x + h * y + 1);
}

export function mapY([, , , d, e, f, g, h]: Homography, x: number, y: number): number {
  return (d * x + e * y + f) / (g * x + h * y + 1);
}

/** Pixels under which a movement is left alone: resampling would cost more than it mends. */
export const SMALL_PX = 0.35;

/** `second` after `first`: what is at (x, y) goes by `first`, and from there by `second`. */
export function through(second: Homography, first: Homography): Homography {
  const at = (m: Homography, row: number, column: number) => m[3 * row + column] ?? 1;
  const entry = (row: number, column: number) =>
    [0, 1, 2].reduce((sum, k) => sum + at(second, row, k) * at(first, k, column), 0);
  const last = entry(2, 2);
  const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, i) => entry(Math.floor(i / 3), i % 3) / last);
  return [a!, b!, c!, d!, e!, f!, g!, h!];
}

/** The map as seen by a grid of 4:2:0 chroma, whose sample (x, y) lies between the pixels 2x and 2x + 1. */
export function halved(map: Homography): Homography {
  return onGrid(map, 2, 2);
}

/** A place and where it went, pixels, and how much that is to be trusted, > 0. */
export interface Match {
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
  readonly weight: number;
}

/**
 * Least squares over the matches: all eight entries, or with `affine` the first six. In coordinates of the order of 1,
 * with a slight pull towards a translation, so that few matches on a line still give something sane.
 *
 * @param size what coordinates are divided by: the picture's width.
 */
export function fitHomography(matches: readonly Match[], size: number, affine: boolean): Homography {
  const n = affine ? 6 : 8;
  const normal = new Float64Array(n * (n + 1));
  const row = new Float64Array(n + 1);
  let sum = 0;
  for (const { x, y, toX, toY, weight } of matches) {
    sum += weight;
    const [u, v] = [x / size, y / size];
    // Entries are those of H - 1: a still camera is all zeros.
    for (const [first, here, there] of [
      [0, u, toX / size],
      [3, v, toY / size],
    ] as const) {
      row.fill(0);
      row[first] = u;
      row[first + 1] = v;
      row[first + 2] = 1;
      if (!affine) {
        row[6] = -u * there;
        row[7] = -v * there;
      }
      row[n] = there - here;
      for (let i = 0; i < n; i++) for (let j = 0; j <= n; j++) normal[i * (n + 1) + j]! += weight * row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    const pull = i === 2 || i === 5 ? 1e-9 : i >= 6 ? 1e-4 : 1e-6;
    normal[i * (n + 1) + i]! += pull * (sum + 1e-9);
  }
  const [a, b, c, d, e, f, g = 0, h = 0] = solve(normal, n);
  return [1 + a!, b!, c! * size, d!, 1 + e!, f! * size, g / size, h / size];
}

/** Gaussian elimination with pivots of n rows of n + 1. */
export function solve(m: Float64Array, n: number): number[] {
  const width = n + 1;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let k = i + 1; k < n; k++) {
      if (Math.abs(m[k * width + i]!) > Math.abs(m[pivot * width + i]!)) pivot = k;
    }
    for (let j = 0; j <= n; j++) {
      const swap = m[i * width + j]!;
      m[i * width + j] = m[pivot * width + j]!;
      m[pivot * width + j] = swap;
    }
    for (let k = i + 1; k < n; k++) {
      const factor = m[k * width + i]! / m[i * width + i]!;
      for (let j = i; j <= n; j++) m[k * width + j]! -= factor * m[i * width + j]!;
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = m[i * width + n]!;
    for (let j = i + 1; j < n; j++) rest -= m[i * width + j]! * out[j]!;
    out[i] = rest / m[i * width + i]!;
  }
  return out;
}
