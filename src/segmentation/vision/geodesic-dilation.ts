/**
 * Spreads from the set pixels of `mask` over pixels that `open` allows, at most `reach` steps of one pixel (8
 * neighbours) along the way, and adds what it reaches to `mask`.
 *
 * @param queue scratch, as long as the mask
 */
export function geodesicDilate(
  mask: Uint8Array,
  open: Uint8Array,
  width: number,
  height: number,
  reach: number,
  queue: Int32Array,
): void {
  let end = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) queue[end++] = i;
  let start = 0;
  for (let step = 0; step < reach && start < end; step++) {
    for (const last = end; start < last; start++) {
      const i = queue[start]!;
      const x = i % width;
      const y = (i - x) / width;
      for (let b = Math.max(0, y - 1); b <= Math.min(height - 1, y + 1); b++) {
        for (let a = Math.max(0, x - 1); a <= Math.min(width - 1, x + 1); a++) {
          const k = b * width + a;
          if (mask[k] || !open[k]) continue;
          mask[k] = 1;
          queue[end++] = k;
        }
      }
    }
  }
}
