import type { Channel, Picture } from '../picture.ts';

/**
 * How the pixels of a frame have to be turned to be seen as they are meant: clockwise by `rotation` degrees, then mirrored
 * left to right if `flip` (WebCodecs, `VideoFrame`). Cameras of phones say so instead of turning them.
 */
export interface Orientation {
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: boolean;
}

const UPRIGHT: Orientation = { rotation: 0, flip: false };

/** Upright where the browser knows of no orientation; then it has turned the pixels itself. */
export function orientationOf(frame: VideoFrame): Orientation {
  const { rotation, flip } = frame as VideoFrame & { rotation?: Orientation['rotation']; flip?: boolean };
  return rotation || flip ? { rotation: rotation ?? 0, flip: flip ?? false } : UPRIGHT;
}

export function isUpright({ rotation, flip }: Orientation): boolean {
  return rotation === 0 && !flip;
}

/** The size once it is upright. */
export function uprightSize({ width, height }: Size, { rotation }: Orientation): Size {
  return rotation === 90 || rotation === 270 ? { width: height, height: width } : { width, height };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Turns a picture upright, sample by sample: nothing is computed, so nothing is lost. Where a side is odd, its last chroma
 * sample stands for one pixel instead of two; if that side begins with it, chroma lies half a sample off, which no one sees.
 *
 * @param from tightly packed, as `copyTo` gave it
 * @param to of {@link uprightSize} and the same format
 */
export function turnUpright(from: Picture, to: Picture, orientation: Orientation): void {
  const source = samples(from);
  const target = samples(to);
  for (const [i, channel] of source.entries()) turnChannel(from.data, channel, to.data, target[i]!, orientation);
}

/** RGBA has a fourth one. */
function samples({ format, channels }: Picture): readonly Channel[] {
  return format === 'RGBA' ? [...channels, { ...channels[0], offset: 3 }] : channels;
}

function turnChannel(
  from: Uint8Array,
  source: Channel,
  to: Uint8Array,
  target: Channel,
  { rotation, flip }: Orientation,
): void {
  const { width, height, step, stride } = source;
  const lastColumn = (width - 1) * step;
  const lastRow = (height - 1) * stride;
  /** Where the first sample comes from, and how far it is from there to that of the next column and of the next row. */
  let [at, right, down] = {
    0: [0, step, stride],
    90: [lastRow, -stride, step],
    180: [lastRow + lastColumn, -step, -stride],
    270: [lastColumn, stride, -step],
  }[rotation] as [number, number, number];
  if (flip) {
    at += right * (target.width - 1);
    right = -right;
  }
  // In blocks: a turn by 90 degrees reads across the rows, each of which is another line of the processor's cache.
  for (let y0 = 0; y0 < target.height; y0 += BLOCK) {
    const y1 = Math.min(target.height, y0 + BLOCK);
    for (let x0 = 0; x0 < target.width; x0 += BLOCK) {
      const x1 = Math.min(target.width, x0 + BLOCK);
      for (let y = y0; y < y1; y++) {
        let read = source.offset + at + y * down + x0 * right;
        let write = target.offset + y * target.stride + x0 * target.step;
        for (let x = x0; x < x1; x++, read += right, write += target.step) to[write] = from[read]!;
      }
    }
  }
}

const BLOCK = 32;
