import type { Channel, Picture } from '../picture.ts';

/**
 * How the pixels of a frame have to be turned to be seen as they are meant: clockwise by `rotation` degrees, then
 * mirrored left to right if `flip` (WebCodecs, `VideoFrame`). Cameras of phones say so instead of turning them.
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
 * Turns a picture upright, sample by sample: nothing is computed, so nothing is lost. Where a side is odd, its last
 * chroma sample stands for one pixel instead of two; if that side begins with it, chroma lies half a sample off, which
 * no one sees.
 *
 * @param from tightly packed, as `copyTo` gave it
 * @param to of {@link uprightSize} and the same format
 */
export function turnUpright(from: Picture, to: Picture, orientation: Orientation): void {
  const source = samples(from);
  const target = samples(to);
  for (const [i, channel] of source.entries()) {
    turnChannel(from.data, pathOf(channel, orientation), to.data, target[i]!);
  }
}

/** RGBA has a fourth one. */
function samples({ format, channels }: Picture): readonly Channel[] {
  return format === 'RGBA' ? [...channels, { ...channels[0], offset: 3 }] : channels;
}

/** Where the first sample comes from, and how far it is from there to that of the next column and of the next row. */
interface Path {
  readonly at: number;
  readonly right: number;
  readonly down: number;
}

function pathOf({ offset, width, height, step, stride }: Channel, { rotation, flip }: Orientation): Path {
  const lastColumn = (width - 1) * step;
  const lastRow = (height - 1) * stride;
  const path = {
    0: { at: offset, right: step, down: stride },
    90: { at: offset + lastRow, right: -stride, down: step },
    180: { at: offset + lastRow + lastColumn, right: -step, down: -stride },
    270: { at: offset + lastColumn, right: stride, down: -step },
  }[rotation];
  if (!flip) return path;
  const columns = rotation % 180 === 0 ? width : height;
  return { ...path, at: path.at + path.right * (columns - 1), right: -path.right };
}

/**
 * In blocks: a turn by 90 degrees reads across the rows, each of which is another line of the processor's cache. `| 0`
 * says that these are integers, which makes the loop several times faster in V8.
 */
function turnChannel(from: Uint8Array, { at, right, down }: Path, to: Uint8Array, target: Channel): void {
  const { offset, step, stride, width, height } = target;
  for (let y0 = 0; y0 < height; y0 += BLOCK) {
    const y1 = Math.min(height, y0 + BLOCK);
    for (let x0 = 0; x0 < width; x0 += BLOCK) {
      const x1 = Math.min(width, x0 + BLOCK);
      for (let y = y0; y < y1; y++) {
        let read = (at + y * down + x0 * right) | 0;
        let write = (offset + y * stride + x0 * step) | 0;
        for (let x = x0; x < x1; x++) {
          to[write] = from[read]!;
          read = (read + right) | 0;
          write = (write + step) | 0;
        }
      }
    }
  }
}

const BLOCK = 32;
