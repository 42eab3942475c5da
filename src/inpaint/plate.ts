import type { Channel, Picture, PictureFormat } from '../picture.ts';
import type { Exposure } from './exposure.ts';
import type { HoleGrid, HoleMap } from './hole-map.ts';
import { type Homography, halved, mapX, mapY } from './homography.ts';
import type { SampleGrid } from './sample-grid.ts';

/** A known pixel looks at every second frame only, even and odd rows in turn: half the work and nothing lost. */
export const TURNS = 2;
/** Looks averaged at most: noise falls with the root of it, and slow changes of light are followed this slowly. */
export const FRAMES = 32;
/**
 * Levels by which a frame may differ from the plate and still be the same thing. Not a whole number: two backends must
 * not differ over a tie.
 */
export const SAME = 12.3;
/** Levels by which a changed pixel may differ from the last look's and still count as the same new thing. */
export const STEADY = 10;
/**
 * Looks for which something new must stand still before the plate believes it: 1.5 s at 30 fps. Long enough for a hand
 * that the mask missed, short enough for a chair. What was itself seen only briefly is given up as soon as the new has
 * lasted as long.
 */
export const PATIENCE = 22;
/**
 * Fewer agreeing looks than this are no reason to turn down what differs: it is averaged in. Where nothing ever holds
 * still (hands, leaves, a screen) the plate is thus the mean of the last looks, which is nearer to what is hidden than
 * whatever came first; what does hold still is reached in a few looks from a wrong first one.
 */
export const YOUNG = 8;
/** Looks that a moved plate still counts as: resampling made it soft, and what comes is another view. */
export const SOFT = 1;

/** Four samples with {@link FRAMES} looks each, as a word of {@link PlateGrid.countWords}. */
const FOUR_SETTLED = FRAMES * 0x01010101;
const RATES = Float32Array.from({ length: FRAMES + 1 }, (_, n) => 1 / Math.max(1, n));

/** The plate at the resolution of one kind of channel. */
export interface PlateGrid {
  readonly width: number;
  readonly height: number;
  /** Which of the picture's channels live here, and their values, 0..255, in the plate's exposure. */
  readonly channels: readonly number[];
  readonly value: Float32Array[];
  /** Confidence: looks that the value was averaged from, up to {@link FRAMES}; 0 = never seen. */
  readonly count: Uint8Array;
  /** For how many looks something else, always the same ({@link rival}), has been seen here. */
  readonly doubt: Uint8Array;
  /** Counts and doubts, four samples a word. */
  readonly countWords: Uint32Array;
  readonly doubtWords: Uint32Array;
  readonly rival: readonly Uint8Array[];
  /** All that is unknown of row `y` lies in columns `open[2 * y]` to `open[2 * y + 1]` (excluded). */
  readonly open: Int32Array;
}

/**
 * The full-resolution memory of what was last seen at each pixel, in the picture's own channels. Values are kept in the
 * exposure of the first frame: learning undoes today's exposure, so that what is hidden and what is visible stay
 * comparable.
 */
export class Plate {
  readonly full: PlateGrid;
  /** 4:2:0 chroma; undefined for RGBA. */
  readonly half: PlateGrid | undefined;
  /** By channel and byte of today's frame, its level in the plate's exposure. */
  readonly #levels = [new Float64Array(256), new Float64Array(256), new Float64Array(256)];
  #spare: Float32Array | undefined;
  /** Values and counts as they were when they were kept, grid by grid. */
  #kept: { readonly value: readonly Float32Array[]; readonly count: Uint8Array }[] | undefined;

  constructor(format: PictureFormat, width: number, height: number) {
    this.full = plateGrid(width, height, format === 'RGBA' ? [0, 1, 2] : [0]);
    this.half = format === 'RGBA' ? undefined : plateGrid((width + 1) >> 1, (height + 1) >> 1, [1, 2]);
  }

  get grids(): readonly PlateGrid[] {
    return this.half ? [this.full, this.half] : [this.full];
  }

  forget(): void {
    for (const grid of this.grids) {
      grid.count.fill(0);
      grid.doubt.fill(0);
      openAll(grid);
    }
  }

  /** Forgets what lies in the hole. */
  forgetIn(holes: HoleMap): void {
    for (const grid of this.grids) {
      const { width, y0, y1, runs } = grid === this.half ? holes.half : holes.full;
      const { rows, columns } = runs;
      for (let y = y0; y < y1; y++) {
        for (let k = rows[y]!; k < rows[y + 1]!; k += 2) {
          const from = columns[k]!;
          const to = columns[k + 1]!;
          grid.count.fill(0, y * width + from, y * width + to);
          grid.doubt.fill(0, y * width + from, y * width + to);
          openRow(grid, y, from, to);
        }
      }
    }
  }

  /** Learns what is not hole: at once what is unknown, the rest row by row in turn (`time` counts frames). */
  learn(picture: Picture, holes: HoleMap, exposure: readonly Exposure[], time: number): void {
    for (const [c, levels] of this.#levels.entries()) {
      const scale = 1 / exposure[c]!.gain;
      const shift = -exposure[c]!.offset / exposure[c]!.gain;
      for (let byte = 0; byte < 256; byte++) levels[byte] = byte * scale + shift;
    }
    for (const grid of this.grids) {
      const hole = grid === this.half ? holes.half : holes.full;
      const views = grid.channels.map(
        (c, k): View => ({ ...picture.channels[c]!, levels: this.#levels[c]!, value: grid.value[k]! }),
      );
      for (let y = 0; y < grid.height; y++) {
        const turn = y % TURNS === time % TURNS;
        if (turn || isOpen(grid, y)) learnRow(picture, grid, hole, views, y, turn);
      }
    }
  }

  /** Copies the plate at the sample points. */
  sample(grid: SampleGrid): void {
    const { width, height, pitch } = grid;
    const first = pitch >> 1;
    for (const g of this.grids) {
      const shift = g === this.half ? 1 : 0;
      for (let j = 0, i = 0; j < height; j++) {
        const row = ((j * pitch + first) >> shift) * g.width;
        for (let k = 0; k < width; k++, i++) {
          const from = row + ((k * pitch + first) >> shift);
          const n = g.count[from]!;
          grid.count[i] = shift === 0 ? n : Math.min(n, grid.count[i]!);
          for (let c = 0; c < g.channels.length; c++) grid.plate[g.channels[c]!]![i] = g.value[c]![from]!;
        }
      }
    }
  }

  /** Remembers the plate as it is. */
  keep(): void {
    this.#kept ??= this.grids.map(({ value, count }) => ({
      value: value.map((plane) => new Float32Array(plane.length)),
      count: new Uint8Array(count.length),
    }));
    this.grids.forEach(({ value, count }, g) => {
      const kept = this.#kept![g]!;
      for (const [k, plane] of kept.value.entries()) plane.set(value[k]!);
      kept.count.set(count);
    });
  }

  /** Takes what was kept last. */
  restore(): void {
    this.grids.forEach((grid, g) => {
      const kept = this.#kept?.[g];
      if (!kept) return;
      const { value, count, doubt } = grid;
      for (const [k, plane] of value.entries()) plane.set(kept.value[k]!);
      count.set(kept.count);
      doubt.fill(0);
      openAll(grid);
    });
  }

  /**
   * Takes every pixel from where `map` says that the plate has it, bilinearly; what comes in from outside is unknown.
   */
  warp(map: Homography): void {
    this.#spare ??= new Float32Array(this.full.count.length);
    const spare = this.#spare;
    for (const grid of this.grids) {
      const m = grid === this.half ? halved(map) : map;
      for (const value of grid.value) warpValues(value, spare, grid, m);
      warpCounts(grid, spare, m);
    }
  }
}

function plateGrid(width: number, height: number, channels: number[]): PlateGrid {
  const n = width * height;
  const countWords = new Uint32Array((n + 3) >> 2);
  const doubtWords = new Uint32Array((n + 3) >> 2);
  const grid = {
    width,
    height,
    channels,
    value: channels.map(() => new Float32Array(n)),
    count: new Uint8Array(countWords.buffer, 0, n),
    doubt: new Uint8Array(doubtWords.buffer, 0, n),
    countWords,
    doubtWords,
    rival: channels.map(() => new Uint8Array(n)),
    open: new Int32Array(2 * height),
  };
  openAll(grid);
  return grid;
}

/** Anything may be unknown. */
function openAll({ open, width }: PlateGrid): void {
  for (let i = 0; i < open.length; i += 2) {
    open[i] = 0;
    open[i + 1] = width;
  }
}

/** Anything in these columns of the row as well. */
function openRow({ open }: PlateGrid, y: number, from: number, to: number): void {
  const empty = open[2 * y] === open[2 * y + 1];
  open[2 * y] = empty ? from : Math.min(open[2 * y]!, from);
  open[2 * y + 1] = empty ? to : Math.max(open[2 * y + 1]!, to);
}

function isOpen({ open }: PlateGrid, y: number): boolean {
  return open[2 * y]! < open[2 * y + 1]!;
}

/** All that was visible of a row has been learnt: what is unknown lies in the hole's runs `first` to `end`. */
function closeRow({ width, count, open }: PlateGrid, columns: Int32Array, first: number, end: number, y: number): void {
  const row = y * width;
  let low = open[2 * y]!;
  let high = open[2 * y + 1]!;
  let from = high;
  for (let k = first; k < end && from === high; k += 2) {
    const stop = Math.min(high, columns[k + 1]!);
    let x = Math.max(low, columns[k]!);
    while (x < stop && count[row + x] !== 0) x++;
    if (x < stop) from = x;
  }
  low = from;
  let to = low;
  for (let k = end - 2; k >= first && to === low; k -= 2) {
    const stop = Math.max(low, columns[k]!);
    let x = Math.min(high, columns[k + 1]!);
    while (x > stop && count[row + x - 1] !== 0) x--;
    if (x > stop) to = x;
  }
  high = to;
  open[2 * y] = low;
  open[2 * y + 1] = high;
}

/** A channel of today's frame, and what the plate has of it. */
interface View extends Pick<Channel, 'offset' | 'stride' | 'step'> {
  /** In the plate's exposure, by the frame's byte. */
  readonly levels: Float64Array;
  readonly value: Float32Array;
}

/** One pass over all channels. Rows of the turn learn everywhere, others only what is unknown. */
function learnRow(
  picture: Picture,
  grid: PlateGrid,
  { runs: { rows, columns } }: HoleGrid,
  views: readonly View[],
  y: number,
  turn: boolean,
): void {
  const learn = turn ? (views.length === 1 ? learnSpanOfOne : learnSpan) : learnUnknown;
  const end = rows[y + 1]!;
  let x = turn ? 0 : grid.open[2 * y]!;
  const last = turn ? grid.width : grid.open[2 * y + 1]!;
  for (let k = rows[y]!; k < end; k += 2) {
    learn(picture, grid, views, y, x, Math.min(last, columns[k]!));
    x = Math.max(x, columns[k + 1]!);
  }
  learn(picture, grid, views, y, x, last);
  if (isOpen(grid, y)) closeRow(grid, columns, rows[y]!, end, y);
}

/** Columns `from` to `to` of a row, written out for up to three channels. */
function learnSpan(
  picture: Picture,
  grid: PlateGrid,
  views: readonly View[],
  y: number,
  from: number,
  to: number,
): void {
  const { width, count, doubt } = grid;
  const { data } = picture;
  const channels = views.length;
  const a = views[0]!;
  const b = views[1] ?? a;
  const c = views[2] ?? b;
  const [va, vb, vc] = [a.value, b.value, c.value];
  const [la, lb, lc] = [a.levels, b.levels, c.levels];
  const step = a.step;
  const [pa, pb, pc] = [a.offset + y * a.stride, b.offset + y * b.stride, c.offset + y * c.stride];
  for (let x = from, i = y * width + from, p = from * step; x < to; x++, i++, p += step) {
    const n = count[i]!;
    const da = la[data[pa + p]!]! - va[i]!;
    const db = lb[data[pb + p]!]! - vb[i]!;
    const dc = channels > 2 ? lc[data[pc + p]!]! - vc[i]! : 0;
    let rate = 1;
    if (n !== 0 && Math.abs(da) <= SAME && Math.abs(db) <= SAME && Math.abs(dc) <= SAME) {
      const more = n < FRAMES ? n + 1 : n;
      count[i] = more;
      rate = RATES[more]!;
    } else if (n !== 0 && n < YOUNG) {
      rate = RATES[n + 1]!;
    } else if (n !== 0 && doubtful(picture, grid, x, y, i)) {
      continue;
    } else {
      count[i] = 1;
    }
    doubt[i] = 0;
    va[i] = va[i]! + rate * da;
    vb[i] = vb[i]! + rate * db;
    if (channels > 2) vc[i] = vc[i]! + rate * dc;
  }
}

/** The same for the one channel that has most of a picture's samples, luma. */
function learnSpanOfOne(
  picture: Picture,
  grid: PlateGrid,
  views: readonly View[],
  y: number,
  from: number,
  to: number,
): void {
  const { width, countWords, doubtWords } = grid;
  const { data } = picture;
  const { value, levels, step, offset, stride } = views[0]!;
  const row = y * width;
  const first = offset + y * stride;
  // Up to the first whole word.
  let x = Math.min(to, from + (-(row + from) & 3));
  learnOneByOne(picture, grid, views[0]!, y, from, x);
  for (let i = row + x, p = first + x * step; x + 4 <= to; x += 4, i += 4, p += 4 * step) {
    // Mostly four of them have long settled, and go on as they are.
    if (countWords[i >> 2] === FOUR_SETTLED && doubtWords[i >> 2] === 0) {
      const a = levels[data[p]!]! - value[i]!;
      const b = levels[data[p + step]!]! - value[i + 1]!;
      const c = levels[data[p + 2 * step]!]! - value[i + 2]!;
      const d = levels[data[p + 3 * step]!]! - value[i + 3]!;
      if (a <= SAME && a >= -SAME && b <= SAME && b >= -SAME && c <= SAME && c >= -SAME && d <= SAME && d >= -SAME) {
        value[i] = value[i]! + a / FRAMES;
        value[i + 1] = value[i + 1]! + b / FRAMES;
        value[i + 2] = value[i + 2]! + c / FRAMES;
        value[i + 3] = value[i + 3]! + d / FRAMES;
        continue;
      }
    }
    learnOneByOne(picture, grid, views[0]!, y, x, x + 4);
  }
  learnOneByOne(picture, grid, views[0]!, y, x, to);
}

function learnOneByOne(
  picture: Picture,
  grid: PlateGrid,
  { value, levels, step, offset, stride }: View,
  y: number,
  from: number,
  to: number,
): void {
  const { width, count, doubt } = grid;
  const { data } = picture;
  for (let x = from, i = y * width + from, p = offset + y * stride + from * step; x < to; x++, i++, p += step) {
    const n = count[i]!;
    const d = levels[data[p]!]! - value[i]!;
    let rate = 1;
    if (n !== 0 && Math.abs(d) <= SAME) {
      const more = n < FRAMES ? n + 1 : n;
      count[i] = more;
      rate = RATES[more]!;
    } else if (n !== 0 && n < YOUNG) {
      rate = RATES[n + 1]!;
    } else if (n !== 0 && doubtful(picture, grid, x, y, i)) {
      continue;
    } else {
      count[i] = 1;
    }
    doubt[i] = 0;
    value[i] = value[i]! + rate * d;
  }
}

/** What is unknown is learnt at once. */
function learnUnknown(
  picture: Picture,
  grid: PlateGrid,
  views: readonly View[],
  y: number,
  from: number,
  to: number,
): void {
  const { width, count, doubt } = grid;
  for (let x = from, i = y * width + from; x < to; x++, i++) {
    if (count[i] !== 0) continue;
    count[i] = 1;
    doubt[i] = 0;
    for (const { offset, stride, step, levels, value } of views) {
      const d = levels[picture.data[offset + y * stride + x * step]!]! - value[i]!;
      value[i] = value[i]! + d;
    }
  }
}

/** Counts how long the same new thing has been here; false once that is long enough to believe it. */
function doubtful(picture: Picture, grid: PlateGrid, x: number, y: number, i: number): boolean {
  let steady = grid.doubt[i]! > 0;
  for (let k = 0; k < grid.channels.length; k++) {
    const { offset, stride, step } = picture.channels[grid.channels[k]!]!;
    const now = picture.data[offset + y * stride + x * step]!;
    if (Math.abs(now - grid.rival[k]![i]!) > STEADY) steady = false;
    grid.rival[k]![i] = now;
  }
  const doubt = steady ? grid.doubt[i]! + 1 : 1;
  grid.doubt[i] = doubt;
  return doubt < Math.min(PATIENCE, grid.count[i]!);
}

function warpValues(
  value: Float32Array,
  spare: Float32Array,
  { width, height, count }: PlateGrid,
  [a, b, c, d, e, f, g, h]: Homography,
): void {
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const w = 1 / (g * x + h * y + 1);
      const px = (a * x + b * y + c) * w;
      const py = (d * x + e * y + f) * w;
      const left = Math.floor(px);
      const top = Math.floor(py);
      if (left < -1 || top < -1 || left >= width || top >= height) {
        spare[i] = 0;
        continue;
      }
      const u = px - left;
      const v = py - top;
      const k = top * width + left;
      let sum = 0;
      let weight = 0;
      if (top >= 0) {
        if (left >= 0 && count[k] !== 0) {
          weight = (1 - u) * (1 - v);
          sum = weight * value[k]!;
        }
        if (left + 1 < width && count[k + 1] !== 0) {
          weight += u * (1 - v);
          sum += u * (1 - v) * value[k + 1]!;
        }
      }
      if (top + 1 < height) {
        if (left >= 0 && count[k + width] !== 0) {
          weight += (1 - u) * v;
          sum += (1 - u) * v * value[k + width]!;
        }
        if (left + 1 < width && count[k + width + 1] !== 0) {
          weight += u * v;
          sum += u * v * value[k + width + 1]!;
        }
      }
      spare[i] = weight > 0 ? sum / weight : 0;
    }
  }
  value.set(spare.subarray(0, width * height));
}

/** The counts go with the nearest pixel. */
function warpCounts(grid: PlateGrid, spare: Float32Array, map: Homography): void {
  const { width, height, count, doubt } = grid;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const px = Math.floor(mapX(map, x, y) + 0.5);
      const py = Math.floor(mapY(map, x, y) + 0.5);
      const inside = px >= 0 && py >= 0 && px < width && py < height;
      spare[i] = inside ? Math.min(SOFT, count[py * width + px]!) : 0;
    }
  }
  for (let i = 0; i < count.length; i++) count[i] = spare[i]!;
  doubt.fill(0);
  openAll(grid);
}
