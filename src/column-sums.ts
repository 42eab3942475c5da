/** Rows whose sums surely fit into half a word: 257 x 255. */
const MAX_ROWS = 257;

/** The last data in words of four samples; asked for row by row, made once. */
let last: { readonly data: Uint8Array; readonly words: Uint32Array } | undefined;

function wordsOf(data: Uint8Array): Uint32Array {
  if (last?.data !== data) {
    last = { data, words: new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2) };
  }
  return last.words;
}

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
  if (step !== 1 || pitch % 4 !== 0 || data.byteOffset % 4 !== 0 || rows > MAX_ROWS) {
    sumOneByOne(data, first, step, pitch, rows, 0, width, out);
    return;
  }
  // Four samples at once, in two words of two sums each; little endian, as wherever there are browsers.
  const words = wordsOf(data);
  const start = Math.min(width, -first & 3);
  const end = start + ((width - start) & ~3);
  sumOneByOne(data, first, step, pitch, rows, 0, start, out);
  const down = pitch >> 2;
  for (let x = start, word = (first + start) >> 2; x < end; x += 4, word++) {
    let even = 0;
    let odd = 0;
    let at = word;
    let left = rows;
    for (; left >= 4; left -= 4, at += 4 * down) {
      const a = words[at]!;
      const b = words[at + down]!;
      const c = words[at + 2 * down]!;
      const d = words[at + 3 * down]!;
      even += (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff);
      odd += ((a >>> 8) & 0xff00ff) + ((b >>> 8) & 0xff00ff) + ((c >>> 8) & 0xff00ff) + ((d >>> 8) & 0xff00ff);
    }
    for (; left > 0; left--, at += down) {
      const four = words[at]!;
      even += four & 0xff00ff;
      odd += (four >>> 8) & 0xff00ff;
    }
    out[x] = even & 0xffff;
    out[x + 1] = odd & 0xffff;
    out[x + 2] = even >>> 16;
    out[x + 3] = odd >>> 16;
  }
  sumOneByOne(data, first, step, pitch, rows, end, width, out);
}

/** Columns `from` to `to`. */
function sumOneByOne(
  data: Uint8Array,
  first: number,
  step: number,
  pitch: number,
  rows: number,
  from: number,
  to: number,
  out: Int32Array,
): void {
  if (from >= to) return;
  out.fill(0, from, to);
  for (let y = 0; y < rows; y++) {
    for (let x = from, p = first + y * pitch + x * step; x < to; x++, p += step) out[x]! += data[p]!;
  }
}
