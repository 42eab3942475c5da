import type { Thumbnail } from '../../vision/thumbnail.ts';

/** Sum of the differences of luma and both colours between pixel `i` of one picture and `k` of another, levels. */
export function difference(a: Thumbnail, i: number, b: Thumbnail, k: number): number {
  return Math.abs(a.luma[i]! - b.luma[k]!) + Math.abs(a.cb[i]! - b.cb[k]!) + Math.abs(a.cr[i]! - b.cr[k]!);
}

/**
 * The least {@link patchDifference} of pixel `i` from those of `owner`'s pixels of `b` that lie within `reach` grid
 * pixels of it; Infinity where there is none.
 */
export function nearestPatch(
  a: Thumbnail,
  i: number,
  b: Thumbnail,
  { owners, owner, reach }: { readonly owners: Uint8Array; readonly owner: number; readonly reach: number },
): number {
  const { width, height } = b;
  const x = i % width;
  const y = (i - x) / width;
  let best = Number.POSITIVE_INFINITY;
  for (let v = Math.max(1, y - reach); v <= Math.min(height - 2, y + reach); v++) {
    for (let u = Math.max(1, x - reach); u <= Math.min(width - 2, x + reach); u++) {
      const k = v * width + u;
      if (owners[k] === owner) best = patchDifference(a, i, b, k, width, best);
    }
  }
  return best;
}

/**
 * Mean {@link difference} over the cross of five pixels round `i` and `k`, at the edges over the last ones; ends with
 * `best` as soon as it cannot be less.
 */
export function patchDifference(a: Thumbnail, i: number, b: Thumbnail, k: number, width: number, best: number): number {
  const limit = best * 5;
  let sum = difference(a, i, b, k);
  if (sum >= limit) return best;
  const last = a.luma.length - 1;
  const least = (n: number) => (n < 0 ? 0 : n);
  const most = (n: number) => (n > last ? last : n);
  sum += difference(a, least(i - 1), b, least(k - 1)) + difference(a, most(i + 1), b, most(k + 1));
  if (sum >= limit) return best;
  sum += difference(a, least(i - width), b, least(k - width)) + difference(a, most(i + width), b, most(k + width));
  return Math.min(best, sum / 5);
}
