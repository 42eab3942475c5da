import { type CompletionInput, ROLE } from '../completion/completion.ts';
import type { SmallPicture } from './clues.ts';
import { COLUMNS, ROWS } from './guide-network.ts';

/**
 * The plate as the guide sees it, squashed to its size: means over the known part of each cell, which counts as known
 * where all of it is.
 */
export function smallPictureOf({
  width,
  height,
  rgb,
  role,
}: Pick<CompletionInput, 'width' | 'height' | 'rgb' | 'role'>): SmallPicture {
  const n = ROWS * COLUMNS;
  const out = { width: COLUMNS, height: ROWS, rgb: new Float32Array(3 * n), known: new Uint8Array(n) };
  for (let y = 0, i = 0; y < ROWS; y++) {
    const [top, bottom] = cell(y, ROWS, height);
    for (let x = 0; x < COLUMNS; x++, i++) {
      const [left, right] = cell(x, COLUMNS, width);
      const sum = [0, 0, 0];
      let count = 0;
      for (let v = top; v < bottom; v++) {
        for (let u = left; u < right; u++) {
          const j = v * width + u;
          if (role[j] === ROLE.unknown) continue;
          count++;
          for (let c = 0; c < 3; c++) sum[c]! += rgb[3 * j + c]!;
        }
      }
      if (count === (bottom - top) * (right - left)) out.known[i] = 1;
      for (let c = 0; c < 3; c++) out.rgb[c * n + i] = count ? sum[c]! / (255 * count) : 0;
    }
  }
  return out;
}

/** The pixels that the i-th of `n` cells over `size` pixels touches by more than half a pixel. */
function cell(i: number, n: number, size: number): [number, number] {
  const from = Math.min(size - 1, Math.round((i * size) / n));
  return [from, Math.max(from + 1, Math.round(((i + 1) * size) / n))];
}
