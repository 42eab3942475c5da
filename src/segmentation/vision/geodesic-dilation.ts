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
  if (reach <= 0) return;
  // The first step is seen from what is open, of which there is little: a person's inside has nowhere to spread.
  let end = 0;
  for (let i = 0; i < mask.length; i++) {
    if (open[i] !== 0 && mask[i] === 0 && touches(mask, width, height, i)) queue[end++] = i;
  }
  for (let n = 0; n < end; n++) mask[queue[n]!] = 1;
  let start = 0;
  for (let step = 1; step < reach && start < end; step++) {
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

/** Whether any of the 8 neighbours of pixel `i` is set. */
function touches(mask: Uint8Array, width: number, height: number, i: number): boolean {
  const x = i % width;
  const y = (i - x) / width;
  const left = x > 0 ? 1 : 0;
  const right = x < width - 1 ? 1 : 0;
  for (let b = Math.max(0, y - 1); b <= Math.min(height - 1, y + 1); b++) {
    const k = b * width + x;
    if (mask[k] || mask[k - left] || mask[k + right]) return true;
  }
  return false;
}
