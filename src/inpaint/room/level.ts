import type { Room } from './room.ts';

/** A room made small, for looking: luma, and where enough of it is known. */
export interface Level {
  readonly width: number;
  readonly height: number;
  /** Pixels of the room to one of these, each way. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** 0..255; 0 where not known. */
  readonly value: Float32Array;
  readonly known: Uint8Array;
}

/** Share of a pixel's box that must be known. */
const ENOUGH = 0.5;

/** Averages boxes of a room's luma down to `longest` pixels along its longer side; never larger than it is. */
export function levelOf(room: Room, longest: number): Level {
  const shrink = Math.max(1, Math.max(room.width, room.height) / longest);
  const width = Math.max(1, Math.round(room.width / shrink));
  const height = Math.max(1, Math.round(room.height / shrink));
  const [scaleX, scaleY] = [room.width / width, room.height / height];
  const value = new Float32Array(width * height);
  const known = new Uint8Array(width * height);
  const sums = new Float64Array(width);
  const counts = new Int32Array(width);
  const area = new Int32Array(width);
  const column = Int32Array.from({ length: room.width }, (_, x) => Math.min(width - 1, Math.floor(x / scaleX)));
  const columns = (room.width + 1) >> 1;
  for (let j = 0, y = 0; j < height; j++) {
    sums.fill(0);
    counts.fill(0);
    area.fill(0);
    const end = j === height - 1 ? room.height : Math.round((j + 1) * scaleY);
    for (; y < end; y++) {
      const blocks = (y >> 1) * columns;
      for (let x = 0, i = y * room.width; x < room.width; x++, i++) {
        const k = column[x]!;
        area[k]!++;
        if (room.confidence[blocks + (x >> 1)] === 0) continue;
        sums[k]! += room.y[i]!;
        counts[k]!++;
      }
    }
    for (let k = 0, i = j * width; k < width; k++, i++) {
      if (counts[k]! === 0 || counts[k]! < ENOUGH * area[k]!) continue;
      known[i] = 1;
      value[i] = sums[k]! / counts[k]!;
    }
  }
  return { width, height, scaleX, scaleY, value, known };
}

/**
 * The level as it is seen through a map, on another grid; bilinear, unknown where any of the four pixels is.
 *
 * @param place gives for a place of the new grid the one in `from`, both in their own pixels, through `at`
 */
export function seenThrough(
  from: Level,
  width: number,
  height: number,
  place: (x: number, y: number, at: Float64Array) => void,
): { readonly value: Float32Array; readonly known: Uint8Array } {
  const value = new Float32Array(width * height);
  const known = new Uint8Array(width * height);
  const at = new Float64Array(2);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      place(x, y, at);
      const u = Math.floor(at[0]!);
      const v = Math.floor(at[1]!);
      if (u < 0 || v < 0 || u + 1 >= from.width || v + 1 >= from.height) continue;
      const k = v * from.width + u;
      if (!(from.known[k]! & from.known[k + 1]! & from.known[k + from.width]! & from.known[k + from.width + 1]!)) {
        continue;
      }
      const [fx, fy] = [at[0]! - u, at[1]! - v];
      const top = from.value[k]! + (from.value[k + 1]! - from.value[k]!) * fx;
      const w = k + from.width;
      const bottom = from.value[w]! + (from.value[w + 1]! - from.value[w]!) * fx;
      value[i] = top + (bottom - top) * fy;
      known[i] = 1;
    }
  }
  return { value, known };
}
