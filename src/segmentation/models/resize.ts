/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Bilinear resampling, with the centres of the pixels aligned and the edges repeated: how MediaPipe fits a picture to
 * its model and a mask to its picture.
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
  channels: number,
  gain = 1,
): void {
  const columns = taps(width, to.width);
  const rows = taps(height, to.height);
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

function taps(from: number, to: number): Taps {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(from - 1, first[i]! + 1);
    share[i] = at - first[i]!;
  }
  return { first, second, share };
}
