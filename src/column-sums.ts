/**
 * Adds rows of samples up column by column: the first half of averaging over boxes. Sample `x` of row `y` lies at
 * `data[first + y * pitch + x * step]`.
 *
 * @param out receives the sums of `width` columns
 */
export function sumColumns(
  data: Uint8Array,
  first: number,
  step: number,
  pitch: number,
  rows: number,
  width: number,
  out: Int32Array,
): void {
  out.fill(0, 0, width);
  let y = 0;
  // Several rows at once: a sum is then read and written that much less often.
  for (; y + 3 <= rows; y += 3) {
    let p = first + y * pitch;
    let q = p + pitch;
    let r = q + pitch;
    for (let x = 0; x < width; x++, p += step, q += step, r += step) out[x]! += data[p]! + data[q]! + data[r]!;
  }
  for (; y < rows; y++) {
    let p = first + y * pitch;
    for (let x = 0; x < width; x++, p += step) out[x]! += data[p]!;
  }
}
