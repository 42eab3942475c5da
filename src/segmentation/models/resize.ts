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
  /** Rows are as long as they were: then they need no scaling of their own. */
  readonly #keepsWidth: boolean;

  constructor(from: Size, to: Size, anchor: Anchor) {
    this.#width = from.width;
    this.#keepsWidth = from.width === to.width;
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
      const to = this.#keepsWidth ? out : row;
      const start = this.#keepsWidth ? at : 0;
      for (let i = start, end = start + 3 * width; i < end; i += 3, a += 4, b += 4) {
        const [r, g, blue] = [source[a]!, source[a + 1]!, source[a + 2]!];
        to[i] = gain * (r + part * (source[b]! - r));
        to[i + 1] = gain * (g + part * (source[b + 1]! - g));
        to[i + 2] = gain * (blue + part * (source[b + 2]! - blue));
      }
      if (this.#keepsWidth) {
        at += 3 * width;
        continue;
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
      const to = this.#keepsWidth ? out : row;
      const start = this.#keepsWidth ? at : 0;
      for (let x = 0; x < width; x++) {
        const above = source[top + x]!;
        to[start + x] = above + part * (source[bottom + x]! - above);
      }
      if (this.#keepsWidth) {
        at += width;
        continue;
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
