/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What of a pixel of the result lies over the same of the source: its centre, or its upper left corner. */
export type Anchor = 'centre' | 'corner';

/** Bilinear resampling between two sizes, with the edges repeated. */
export class Resampler {
  readonly #columns: Taps;
  readonly #rows: Taps;
  /** One row of the source, at the height of one row of the result. */
  readonly #row: Float32Array;
  readonly #width: number;

  constructor(from: Size, to: Size, anchor: Anchor) {
    this.#width = from.width;
    this.#columns = taps(from.width, to.width, anchor);
    this.#rows = taps(from.height, to.height, anchor);
    this.#row = new Float32Array(3 * from.width);
  }

  /** RGBA, row by row -> RGB, each value `gain` times the source's. */
  colours(source: Uint8ClampedArray, out: Float32Array, gain: number): void {
    const width = this.#width;
    const row = this.#row;
    const { first, second, share } = this.#columns;
    const rows = this.#rows;
    for (let y = 0, at = 0; y < rows.first.length; y++) {
      let a = rows.first[y]! * width * 4;
      let b = rows.second[y]! * width * 4;
      const part = rows.share[y]!;
      for (let i = 0; i < row.length; i += 3, a += 4, b += 4) {
        const [r, g, blue] = [source[a]!, source[a + 1]!, source[a + 2]!];
        row[i] = gain * (r + part * (source[b]! - r));
        row[i + 1] = gain * (g + part * (source[b + 1]! - g));
        row[i + 2] = gain * (blue + part * (source[b + 2]! - blue));
      }
      for (let x = 0; x < first.length; x++, at += 3) {
        const left = first[x]! * 3;
        const right = second[x]! * 3;
        const weight = share[x]!;
        out[at] = row[left]! + weight * (row[right]! - row[left]!);
        out[at + 1] = row[left + 1]! + weight * (row[right + 1]! - row[left + 1]!);
        out[at + 2] = row[left + 2]! + weight * (row[right + 2]! - row[left + 2]!);
      }
    }
  }

  /** One value a pixel, row by row. */
  map(source: Float32Array, out: Float32Array): void {
    const width = this.#width;
    const row = this.#row;
    const { first, second, share } = this.#columns;
    const rows = this.#rows;
    for (let y = 0, at = 0; y < rows.first.length; y++) {
      const top = rows.first[y]! * width;
      const bottom = rows.second[y]! * width;
      const part = rows.share[y]!;
      for (let x = 0; x < width; x++) {
        const above = source[top + x]!;
        row[x] = above + part * (source[bottom + x]! - above);
      }
      for (let x = 0; x < first.length; x++, at++) {
        const left = row[first[x]!]!;
        out[at] = left + share[x]! * (row[second[x]!]! - left);
      }
    }
  }
}

/** For each place of the result the two of the source between which it lies, and how far on the way to the second. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

function taps(from: number, to: number, anchor: Anchor): Taps {
  const inside = anchor === 'centre' ? 0.5 : 0;
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + inside) * from) / to - inside));
    first[i] = Math.floor(at);
    second[i] = Math.min(from - 1, first[i]! + 1);
    share[i] = at - first[i]!;
  }
  return { first, second, share };
}
