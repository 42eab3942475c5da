/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What of a pixel of the result lies over the same of the source: its centre, or its upper left corner. */
export type Anchor = 'centre' | 'corner';

/**
 * Bilinear resampling, with the edges repeated.
 *
 * @param source `step` values a pixel, row by row; the first `channels` of them are read
 * @param out `channels` values a pixel, each `gain` times the source's
 */
export function resize(
  source: ArrayLike<number>,
  { width, height }: Size,
  step: number,
  out: Float32Array,
  to: Size,
  { channels, anchor, gain = 1 }: { readonly channels: number; readonly anchor: Anchor; readonly gain?: number },
): void {
  const columns = taps(width, to.width, anchor);
  const rows = taps(height, to.height, anchor);
  /** One row of the source, at the height of one row of the result. */
  const row = new Float32Array(width * channels);
  for (let y = 0; y < to.height; y++) {
    const top = rows.first[y]! * width * step;
    const bottom = rows.second[y]! * width * step;
    const share = rows.share[y]!;
    for (let x = 0, at = 0; x < width; x++) {
      for (let c = 0; c < channels; c++, at++) {
        const above = source[top + x * step + c]!;
        row[at] = gain * (above + share * (source[bottom + x * step + c]! - above));
      }
    }
    const start = y * to.width * channels;
    if (to.width === width) out.set(row, start);
    else stretch(row, columns, out.subarray(start, start + to.width * channels), channels);
  }
}

function stretch(row: Float32Array, { first, second, share }: Taps, out: Float32Array, channels: number): void {
  for (let x = 0, at = 0; x < first.length; x++) {
    const left = first[x]! * channels;
    const right = second[x]! * channels;
    for (let c = 0; c < channels; c++, at++) {
      out[at] = row[left + c]! + share[x]! * (row[right + c]! - row[left + c]!);
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
