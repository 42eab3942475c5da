import { HOLE, type Mask } from '../mask.ts';
import type { PictureFormat } from '../picture.ts';

/** The hole at the resolution of one kind of channel. */
export interface HoleGrid {
  readonly width: number;
  readonly height: number;
  /** 1 = hole, row by row. Its buffer is a whole number of 32-bit words, so that it can be written to a GPU as it is. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Everything that is hole lies within these rows and columns (ends excluded); empty when x0 = x1. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

function holeGrid(width: number, height: number): HoleGrid {
  const n = width * height;
  return { width, height, data: new Uint8Array(new ArrayBuffer((n + 3) & ~3), 0, n), x0: 0, y0: 0, x1: 0, y1: 0 };
}

/**
 * A mask laid over a picture. A chroma sample is hole as soon as one of the pixels that share it is, so that nothing of
 * what must not be shown is left in the colour.
 */
export class HoleMap {
  readonly full: HoleGrid;
  /** For 4:2:0 chroma; the same as {@link full} where the picture has none. */
  readonly half: HoleGrid;
  /** Hole pixels. */
  count = 0;
  readonly #row: Float32Array;

  constructor(format: PictureFormat, width: number, height: number) {
    this.full = holeGrid(width, height);
    this.half = format === 'RGBA' ? this.full : holeGrid((width + 1) >> 1, (height + 1) >> 1);
    this.#row = new Float32Array(width);
  }

  get share(): number {
    return this.count / this.full.data.length;
  }

  load(mask: Mask): void {
    if (mask.width < 1 || mask.height < 1 || mask.data.length < mask.width * mask.height) {
      throw new RangeError(`A ${mask.width}x${mask.height} mask cannot have ${mask.data.length} values.`);
    }
    const { full, half } = this;
    clear(full);
    if (half !== full) clear(half);
    this.count =
      mask.width === full.width && mask.height === full.height ? copy(mask, full) : scale(mask, full, this.#row);
    if (half !== full) shrink(full, half);
  }
}

function clear(grid: HoleGrid): void {
  grid.data.fill(0, grid.y0 * grid.width, grid.y1 * grid.width);
  grid.x0 = grid.x1 = grid.y0 = grid.y1 = 0;
}

function copy(mask: Mask, grid: HoleGrid): number {
  const { width, height, data } = grid;
  let count = 0;
  grid.x0 = width;
  for (let y = 0, i = 0; y < height; y++) {
    let first = -1;
    let last = 0;
    for (let x = 0; x < width; x++, i++) {
      if (mask.data[i]! < HOLE) continue;
      data[i] = 1;
      count++;
      if (first < 0) first = x;
      last = x;
    }
    if (first >= 0) extend(grid, y, first, last);
  }
  if (count === 0) grid.x0 = 0;
  return count;
}

/** Bilinear, half-pixel centres, clamped at the edges. */
function scale(mask: Mask, grid: HoleGrid, row: Float32Array): number {
  const { width, height, data } = grid;
  let count = 0;
  grid.x0 = width;
  for (let y = 0; y < height; y++) {
    const fy = Math.min(Math.max(((y + 0.5) * mask.height) / height - 0.5, 0), mask.height - 1);
    const top = Math.floor(fy) * mask.width;
    const bottom = Math.min(Math.floor(fy) + 1, mask.height - 1) * mask.width;
    let any = 0;
    for (let x = 0; x < mask.width; x++) any |= mask.data[top + x]! | mask.data[bottom + x]!;
    if (any < HOLE) continue;
    const v = fy - Math.floor(fy);
    const step = mask.width / width;
    let first = -1;
    let last = 0;
    for (let x = 0; x < width; x++) {
      const fx = Math.min(Math.max((x + 0.5) * step - 0.5, 0), mask.width - 1);
      const l = Math.floor(fx);
      const r = Math.min(l + 1, mask.width - 1);
      const u = fx - l;
      const a = mask.data[top + l]! * (1 - u) + mask.data[top + r]! * u;
      const b = mask.data[bottom + l]! * (1 - u) + mask.data[bottom + r]! * u;
      row[x] = a * (1 - v) + b * v;
    }
    for (let x = 0; x < width; x++) {
      if (row[x]! < HOLE) continue;
      data[y * width + x] = 1;
      count++;
      if (first < 0) first = x;
      last = x;
    }
    if (first >= 0) extend(grid, y, first, last);
  }
  if (count === 0) grid.x0 = 0;
  return count;
}

function extend(grid: HoleGrid, y: number, first: number, last: number): void {
  if (grid.y1 === 0) grid.y0 = y;
  grid.y1 = y + 1;
  if (first < grid.x0) grid.x0 = first;
  if (last + 1 > grid.x1) grid.x1 = last + 1;
}

function shrink(full: HoleGrid, half: HoleGrid): void {
  half.x0 = full.x0 >> 1;
  half.y0 = full.y0 >> 1;
  half.x1 = (full.x1 + 1) >> 1;
  half.y1 = (full.y1 + 1) >> 1;
  for (let y = full.y0; y < full.y1; y++) {
    const to = (y >> 1) * half.width;
    const from = y * full.width;
    for (let x = full.x0; x < full.x1; x++) if (full.data[from + x]) half.data[to + (x >> 1)] = 1;
  }
}
