import type { PictureFormat, YuvSpace } from '../../picture.ts';
import { byte } from '../byte.ts';
import { type ColourMap, colourMap } from '../colour.ts';
import type { Layer, LayerGrid } from '../completion/layer.ts';
import { type Homography, mapX, mapY } from '../homography.ts';
import { Ramp } from '../ramp.ts';
import { findRoom } from './find-room.ts';
import { apply, ROOM_COLOUR, type Room } from './room.ts';
import { RoomLight } from './room-light.ts';
import { type RoomSamples, sampleBoth } from './room-samples.ts';

/** Levels by which a cell's mean may be off and still show the same thing. */
const SAME_LEVELS = 14;
/** Share of what can be compared that must be the same, and the share of the picture that must be there to compare. */
const MIN_SAME = 0.75;
const MIN_COMPARED = 0.1;
/** Pixels around a point within which the room's values count as the point's: edges never lie alike to the pixel. */
const AROUND = 2;

/** What is looked for, and in what. */
export interface RecallInput {
  /** The first is asked first; the one that fits best is taken. */
  readonly rooms: readonly Room[];
  /** The plate as far as it is known now, in its own exposure. */
  readonly view: Room;
  /** What pictures are made of. */
  readonly format: PictureFormat;
  readonly yuv: YuvSpace;
  /** The sample points of the view: see {@link SampleGrid}. */
  readonly points: { readonly width: number; readonly height: number; readonly pitch: number };
}

/** A room that was found again, brought into the picture as it is now. */
export interface Recollection {
  /** Which of the rooms. */
  readonly index: number;
  /** From pixels of the picture to pixels of the room. */
  readonly map: Homography;
  /** Share of the comparable picture that is the same, 0..1. */
  readonly share: number;
  /** In the plate's own exposure. */
  readonly layer: Layer;
  /** Confidence by block of 2x2 pixels, as in {@link Room}; 0 where the layer has nothing. */
  readonly confidence: Uint8Array<ArrayBuffer>;
  /** What a channel of the plate may be at each sample point if it shows the same: three planes; `low` above `high`
   * where the room is not known. */
  readonly low: Uint8Array<ArrayBuffer>;
  readonly high: Uint8Array<ArrayBuffer>;
}

/** Finds the room that is seen now and brings it into the picture; undefined where it is none of them. */
export function recall(input: RecallInput): Recollection | undefined {
  let best: { index: number; map: Homography; share: number; light: RoomLight; samples: RoomSamples } | undefined;
  for (const [index, room] of input.rooms.entries()) {
    const place = findRoom(room, input.view);
    if (!place) continue;
    const samples = sampleBoth(room, input.view, place.map);
    const light = RoomLight.fit(samples);
    const share = light && sameShare(samples, light);
    if (!light || share === undefined || share < MIN_SAME || share <= (best?.share ?? 0)) continue;
    best = { index, map: place.map, share, light, samples };
  }
  if (!best) return undefined;
  const { index, map, share, light, samples } = best;
  const shown = bring(input.rooms[index]!, input, map, light, samples);
  return { index, map, share, ...shown, ...rangesOf(shown.layer, input) };
}

/** Share of the cells that show the same once light is accounted for; undefined where too few can be compared. */
function sameShare({ width, height, count, room, view }: RoomSamples, light: RoomLight): number | undefined {
  let [compared, same] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (count[i] === 0) continue;
      compared++;
      let off = 0;
      for (let c = 0; c < 3; c++) {
        const expected = light.curve[c]![Math.round(room[c]![i]!)]! + light.fieldAt(c, x, y);
        off = Math.max(off, Math.abs(view[c]![i]! - expected));
      }
      if (off <= SAME_LEVELS) same++;
    }
  }
  return compared < MIN_COMPARED * count.length ? undefined : same / compared;
}

/** The room through the map and in today's light, in the picture's own channels. */
function bring(room: Room, { view, format, yuv }: RecallInput, map: Homography, light: RoomLight, cells: RoomSamples) {
  const { width, height } = view;
  const colour = colourMap(format, yuv);
  const [columns, rows] = [(width + 1) >> 1, (height + 1) >> 1];
  const full = gridOf(width * height, format === 'RGBA' ? 3 : 1);
  const half = format === 'RGBA' ? undefined : gridOf(columns * rows, 2);
  const confidence = new Uint8Array(columns * rows);
  const field = new FieldRow(light, cells, width, height);
  const taps = new Taps(room);
  for (let y = 0, i = 0; y < height; y++) {
    field.load(y);
    for (let x = 0; x < width; x++, i++) {
      const found = taps.read(mapX(map, x, y), mapY(map, x, y));
      if (found === 0) continue;
      show(taps, light, field, x, colour, full, i, format === 'RGBA' ? [0, 1, 2] : [0]);
    }
    if (y & 1) continue;
    // A chroma sample lies between the pixels that share it.
    for (let column = 0, k = (y >> 1) * columns; column < columns; column++, k++) {
      const px = Math.min(width - 1, 2 * column + 0.5);
      const py = Math.min(height - 1, y + 0.5);
      const found = taps.read(mapX(map, px, py), mapY(map, px, py));
      confidence[k] = found;
      if (half && found > 0) show(taps, light, field, 2 * column, colour, half, k, [1, 2]);
    }
  }
  return { layer: half ? [full, half] : [full], confidence };
}

function gridOf(n: number, channels: number): LayerGrid {
  return { value: Array.from({ length: channels }, () => new Uint8Array(n)), has: new Uint8Array(n) };
}

function show(
  { rgb }: Taps,
  { curve }: RoomLight,
  field: FieldRow,
  x: number,
  colour: ColourMap,
  to: LayerGrid,
  i: number,
  channels: readonly number[],
): void {
  to.has[i] = 1;
  const seen = (c: number) => (curve[c]![rgb[c]!]! + field.at(c, x)) / 255;
  const r = seen(0);
  const g = seen(1);
  const b = seen(2);
  for (let k = 0; k < channels.length; k++) to.value[k]![i] = byte(apply(colour.fromRgb, channels[k]!, r, g, b));
}

/** Reads a room between its pixels. */
class Taps {
  /** What was read, 0..255. */
  readonly rgb = new Uint8ClampedArray(3);
  readonly #room: Room;
  readonly #columns: number;

  constructor(room: Room) {
    this.#room = room;
    this.#columns = (room.width + 1) >> 1;
  }

  /** @returns the confidence of what was read; 0 where any of it is unknown or outside. */
  read(px: number, py: number): number {
    const { width, height, y, cb, cr, confidence } = this.#room;
    const columns = this.#columns;
    const u = Math.floor(px);
    const v = Math.floor(py);
    if (u < 0 || v < 0 || u >= width || v >= height) return 0;
    const right = u + 1 < width ? 1 : 0;
    const down = v + 1 < height ? 1 : 0;
    const block = (v >> 1) * columns + (u >> 1);
    const beside = ((u + right) >> 1) - (u >> 1);
    const below = (((v + down) >> 1) - (v >> 1)) * columns;
    const least = Math.min(
      confidence[block]!,
      confidence[block + beside]!,
      confidence[block + below]!,
      confidence[block + below + beside]!,
    );
    if (least === 0) return 0;
    const fx = px - u;
    const fy = py - v;
    const i = v * width + u;
    const mix = (a: number, b: number, share: number) => a + (b - a) * share;
    const luma = mix(mix(y[i]!, y[i + right]!, fx), mix(y[i + down * width]!, y[i + down * width + right]!, fx), fy);
    // Chroma between the middles of blocks, as far as those are known.
    const bx = px / 2 - 0.25;
    const by = py / 2 - 0.25;
    const c0 = Math.max(0, Math.floor(bx));
    const r0 = Math.max(0, Math.floor(by));
    let sumB = 0;
    let sumR = 0;
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const c = c0 + (k & 1);
      const r = r0 + (k >> 1);
      if (c >= columns || 2 * r >= height) continue;
      const at = r * columns + c;
      const w = Math.max(0, 1 - Math.abs(bx - c)) * Math.max(0, 1 - Math.abs(by - r));
      if (w === 0 || confidence[at] === 0) continue;
      sumB += w * cb[at]!;
      sumR += w * cr[at]!;
      sum += w;
    }
    const b = sum > 0 ? sumB / sum : cb[block]!;
    const r = sum > 0 ? sumR / sum : cr[block]!;
    for (let c = 0; c < 3; c++) this.rgb[c] = 255 * apply(ROOM_COLOUR.toRgb, c, luma, b, r);
    return least;
  }
}

/** One row of the light's field, pixel by pixel. */
class FieldRow {
  readonly #light: RoomLight;
  readonly #ramp: Ramp;
  readonly #rows: Float32Array[];

  constructor(light: RoomLight, cells: RoomSamples, width: number, height: number) {
    this.#light = light;
    this.#ramp = new Ramp({ width, height }, 0, cells, width / cells.width, height / cells.height);
    this.#rows = [0, 1, 2].map(() => new Float32Array(cells.width));
  }

  load(y: number): void {
    const { left, right, weight } = this.#ramp.y;
    this.#rows.forEach((row, c) => {
      for (let x = 0; x < row.length; x++) {
        const top = this.#light.fieldAt(c, x, left[y]!);
        row[x] = top + (this.#light.fieldAt(c, x, right[y]!) - top) * weight[y]!;
      }
    });
  }

  at(c: number, x: number): number {
    const { left, right, weight } = this.#ramp.x;
    const row = this.#rows[c]!;
    const l = row[left[x]!]!;
    return l + (row[right[x]!]! - l) * weight[x]!;
  }
}

/** The least and the greatest of each channel around every sample point. */
function rangesOf(layer: Layer, { view, points }: RecallInput) {
  const n = points.width * points.height;
  const low = new Uint8Array(3 * n).fill(255);
  const high = new Uint8Array(3 * n);
  const { width, height } = view;
  let channel = 0;
  layer.forEach(({ value, has }, g) => {
    const [w, h] = g === 0 ? [width, height] : [(width + 1) >> 1, (height + 1) >> 1];
    const reach = g === 0 ? AROUND : AROUND >> 1;
    for (const plane of value) {
      for (let j = 0, i = channel * n; j < points.height; j++) {
        const y = (j * points.pitch + (points.pitch >> 1)) >> g;
        for (let k = 0; k < points.width; k++, i++) {
          const x = (k * points.pitch + (points.pitch >> 1)) >> g;
          if (!has[y * w + x]) continue;
          for (let v = Math.max(0, y - reach); v <= Math.min(h - 1, y + reach); v++) {
            for (let u = Math.max(0, x - reach); u <= Math.min(w - 1, x + reach); u++) {
              const at = v * w + u;
              if (!has[at]) continue;
              if (plane[at]! < low[i]!) low[i] = plane[at]!;
              if (plane[at]! > high[i]!) high[i] = plane[at]!;
            }
          }
        }
      }
      channel++;
    }
  });
  return { low, high };
}
