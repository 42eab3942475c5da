import { byte } from '../src/inpaint/byte.ts';
import { apply, emptyRoom, ROOM_COLOUR, type Room } from '../src/inpaint/room/room.ts';
import { type Picture, pictureBytes, wrapPicture } from '../src/picture.ts';

/** What a camera that looks at a wall with things on it sees at (x, y): levels of R, G and B. */
export type Wall = (x: number, y: number) => readonly [number, number, number];

/** A wall with frames, shelves and a pattern that is nowhere the same; the same for the same seed. */
export function wallOf(seed: number): Wall {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const things = Array.from({ length: 120 }, () => ({
    x: 620 * next() - 150,
    y: 480 * next() - 150,
    w: 10 + 60 * next(),
    h: 8 + 50 * next(),
    colour: [40 + 180 * next(), 40 + 180 * next(), 40 + 180 * next()] as const,
  }));
  return (x, y) => {
    let colour: readonly [number, number, number] = [150 + 0.05 * x, 145 + 0.04 * y, 140];
    for (const thing of things) {
      if (x < thing.x || y < thing.y || x >= thing.x + thing.w || y >= thing.y + thing.h) continue;
      colour = thing.colour;
    }
    const grain = 6 * Math.sin(x * 0.31 + 2 * Math.sin(y * 0.23));
    return [colour[0] + grain, colour[1] + grain, colour[2] + grain];
  };
}

/** How a camera stands: where in the wall it sees the pixel (x, y), and what its light makes of a level. */
export interface Stand {
  readonly width: number;
  readonly height: number;
  readonly at?: (x: number, y: number) => readonly [number, number];
  readonly light?: (level: number, channel: number, x: number, y: number) => number;
  /** Pixels that are not seen. */
  readonly hidden?: (x: number, y: number) => boolean;
}

/** A room as such a camera would have it: the mean of four places in each pixel. */
export function roomOf(wall: Wall, { width, height, at, light, hidden }: Stand): Room {
  const room = emptyRoom(width, height);
  const columns = (width + 1) >> 1;
  const rgb = [0, 0, 0];
  const sums = new Float32Array(3 * room.cb.length);
  const counts = new Uint8Array(room.cb.length);
  const out = new Uint8Array(room.cb.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      rgb.fill(0);
      for (const [u, v] of [
        [-0.25, -0.25],
        [0.25, -0.25],
        [-0.25, 0.25],
        [0.25, 0.25],
      ] as const) {
        const [wx, wy] = at?.(x + u, y + v) ?? [x + u, y + v];
        wall(wx, wy).forEach((level, c) => {
          rgb[c]! += (light?.(level, c, x, y) ?? level) / 4;
        });
      }
      const block = (y >> 1) * columns + (x >> 1);
      const [r, g, b] = rgb.map((level) => Math.min(255, Math.max(0, level)) / 255) as [number, number, number];
      room.y[i] = byte(apply(ROOM_COLOUR.fromRgb, 0, r, g, b));
      [r, g, b].forEach((each, c) => {
        sums[3 * block + c]! += each;
      });
      counts[block]!++;
      if (hidden?.(x, y)) out[block] = 1;
    }
  }
  for (let block = 0; block < counts.length; block++) {
    const [x, y] = [2 * (block % columns), 2 * Math.floor(block / columns)];
    if (out[block]) {
      for (let v = y; v < Math.min(height, y + 2); v++)
        room.y.fill(0, v * width + x, v * width + Math.min(width, x + 2));
      continue;
    }
    const n = counts[block]!;
    const [r, g, b] = [0, 1, 2].map((c) => sums[3 * block + c]! / n) as [number, number, number];
    room.cb[block] = byte(apply(ROOM_COLOUR.fromRgb, 1, r, g, b));
    room.cr[block] = byte(apply(ROOM_COLOUR.fromRgb, 2, r, g, b));
    room.confidence[block] = 16;
  }
  return room;
}

/** A frame of such a camera, full range; `paint` stands before it: a luma, or undefined where the wall is seen. */
export function frameOf(room: Room, paint?: (x: number, y: number) => number | undefined): Picture {
  const { width, height, y, cb, cr } = room;
  const data = new Uint8Array(pictureBytes('I420', width, height));
  data.set(y);
  data.set(cb, y.length);
  data.set(cr, y.length + cb.length);
  const columns = (width + 1) >> 1;
  for (let v = 0; paint && v < height; v++) {
    for (let u = 0; u < width; u++) {
      const luma = paint(u, v);
      if (luma === undefined) continue;
      data[v * width + u] = luma;
      const block = (v >> 1) * columns + (u >> 1);
      data[y.length + block] = data[y.length + cb.length + block] = 255 - luma;
    }
  }
  return wrapPicture('I420', width, height, data, { matrix: 'bt601', fullRange: true });
}
