import { type Homography, mapX, mapY } from '../homography.ts';
import { apply, ROOM_COLOUR, type Room } from './room.ts';

/** Cells along the longer side, and samples to a cell's side. */
const CELLS = 48;
const TO_A_CELL = 6;
/** Share of a cell's samples that both must know. */
const MIN_SHARE = 0.4;

/** A room and a view of it, averaged over cells of the view where both are known: RGB, 0..255. */
export interface RoomSamples {
  readonly width: number;
  readonly height: number;
  /** Samples that a cell was averaged from; 0 = too few to tell. */
  readonly count: Uint16Array;
  readonly room: readonly Float32Array[];
  readonly view: readonly Float32Array[];
}

/** @param map from pixels of the view to pixels of the room */
export function sampleBoth(room: Room, view: Room, map: Homography): RoomSamples {
  const cell = Math.max(view.width, view.height) / CELLS;
  const width = Math.max(1, Math.round(view.width / cell));
  const height = Math.max(1, Math.round(view.height / cell));
  const n = width * height;
  const means = () => [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
  const out = { width, height, count: new Uint16Array(n), room: means(), view: means() };
  const [stepX, stepY] = [view.width / width / TO_A_CELL, view.height / height / TO_A_CELL];
  const [a, b] = [new Float32Array(3), new Float32Array(3)];
  for (let j = 0; j < height * TO_A_CELL; j++) {
    const y = Math.min(view.height - 1, Math.floor((j + 0.5) * stepY));
    for (let k = 0; k < width * TO_A_CELL; k++) {
      const x = Math.min(view.width - 1, Math.floor((k + 0.5) * stepX));
      if (!rgbAt(view, x, y, a)) continue;
      if (!rgbAt(room, Math.round(mapX(map, x, y)), Math.round(mapY(map, x, y)), b)) continue;
      const i = Math.floor(j / TO_A_CELL) * width + Math.floor(k / TO_A_CELL);
      out.count[i]!++;
      for (let c = 0; c < 3; c++) {
        out.view[c]![i]! += a[c]!;
        out.room[c]![i]! += b[c]!;
      }
    }
  }
  for (let i = 0; i < n; i++) {
    const samples = out.count[i]!;
    if (samples < MIN_SHARE * TO_A_CELL * TO_A_CELL) out.count[i] = 0;
    for (let c = 0; c < 3 && samples > 0; c++) {
      out.view[c]![i]! /= samples;
      out.room[c]![i]! /= samples;
    }
  }
  return out;
}

function rgbAt(room: Room, x: number, y: number, to: Float32Array): boolean {
  if (x < 0 || y < 0 || x >= room.width || y >= room.height) return false;
  const block = (y >> 1) * ((room.width + 1) >> 1) + (x >> 1);
  if (room.confidence[block] === 0) return false;
  const luma = room.y[y * room.width + x]!;
  for (let c = 0; c < 3; c++) {
    const v = 255 * apply(ROOM_COLOUR.toRgb, c, luma, room.cb[block]!, room.cr[block]!);
    to[c] = v < 0 ? 0 : v > 255 ? 255 : v;
  }
  return true;
}
