import { HOLE, type Mask } from '../mask.ts';
import type { PictureFormat } from '../picture.ts';
import { Ramp } from './ramp.ts';

/** The hole at the resolution of one kind of channel. */
export interface HoleGrid {
  readonly width: number;
  readonly height: number;
  /**
   * 1 = hole, row by row. Its buffer is a whole number of 32-bit words, so that it can be written to a GPU as it is.
   */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Everything that is hole lies within these rows and columns (ends excluded); empty when x0 = x1. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export function holeGrid(width: number, height: number): HoleGrid {
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
  #scale: MaskScale | undefined;

  constructor(format: PictureFormat, width: number, height: number) {
    this.full = holeGrid(width, height);
    this.half = format === 'RGBA' ? this.full : holeGrid((width + 1) >> 1, (height + 1) >> 1);
  }

  get share(): number {
    return this.count / this.full.data.length;
  }

  load(mask: Mask): void {
    if (mask.width < 1 || mask.height < 1 || mask.data.length < mask.width * mask.height) {
      throw new RangeError(`A ${mask.width}x${mask.height} mask cannot have ${mask.data.length} values.`);
    }
    const { full, half } = this;
    clearGrid(full);
    if (half !== full) clearGrid(half);
    if (!this.#scale?.fits(mask)) this.#scale = new MaskScale(full, mask);
    this.count = this.#scale.draw(mask, full);
    if (half !== full) shrink(full, half);
  }
}

export function clearGrid(grid: HoleGrid): void {
  grid.data.fill(0, grid.y0 * grid.width, grid.y1 * grid.width);
  grid.x0 = grid.x1 = grid.y0 = grid.y1 = 0;
}

/** Lays masks of one size over a grid, bilinearly. */
class MaskScale {
  readonly #ramp: Ramp;
  /** The first sample of the grid that reads column `i` of the mask, and the one after it, is `#start[i]`. */
  readonly #start: Int32Array;
  readonly #row: Float32Array;
  /** The columns of each row of the mask that are hole, ends excluded. */
  readonly #first: Int32Array;
  readonly #end: Int32Array;

  constructor(grid: HoleGrid, { width, height }: Mask) {
    this.#ramp = new Ramp(grid, 0, { width, height }, grid.width / width, grid.height / height);
    this.#row = new Float32Array(width);
    this.#first = new Int32Array(height);
    this.#end = new Int32Array(height);
    this.#start = new Int32Array(width + 1);
    const { left } = this.#ramp.x;
    for (let i = 0, x = 0; i <= width; i++) {
      while (x < grid.width && left[x]! < i) x++;
      this.#start[i] = x;
    }
  }

  fits({ width, height }: Mask): boolean {
    return this.#ramp.width === width && this.#ramp.height === height;
  }

  /**
   * @param grid empty
   * @returns the count of hole pixels.
   */
  draw(mask: Mask, grid: HoleGrid): number {
    this.#findEnds(mask);
    const { left, right, weight } = this.#ramp.y;
    let count = 0;
    grid.x0 = grid.width;
    for (let y = 0; y < grid.height; y++) {
      const top = left[y]!;
      const bottom = right[y]!;
      const first = Math.min(this.#first[top]!, this.#first[bottom]!);
      const end = Math.max(this.#end[top]!, this.#end[bottom]!);
      // Between values that are not hole no value is.
      if (first < end) count += this.#drawRow(mask, grid, y, top, bottom, weight[y]!, first, end);
    }
    if (count === 0) grid.x0 = 0;
    return count;
  }

  #findEnds({ width, height, data }: Mask): void {
    for (let y = 0, from = 0; y < height; y++, from += width) {
      let first = 0;
      let end = width;
      while (first < width && data[from + first]! < HOLE) first++;
      while (end > first && data[from + end - 1]! < HOLE) end--;
      // Of a row without any the first lies behind all others.
      this.#first[y] = first < end ? first : width;
      this.#end[y] = first < end ? end : 0;
    }
  }

  /** Row `y`, from rows `top` and `bottom` of the mask, which hold hole in columns `first` to `end` alone. */
  #drawRow(
    { width, data: mask }: Mask,
    grid: HoleGrid,
    y: number,
    top: number,
    bottom: number,
    v: number,
    first: number,
    end: number,
  ): number {
    const row = this.#row;
    const start = this.#start;
    const { left, right, weight } = this.#ramp.x;
    const { data } = grid;
    const low = Math.max(0, first - 1);
    const high = Math.min(width - 1, end);
    for (let i = low, a = top * width + low, b = bottom * width + low; i <= high; i++, a++, b++) {
      row[i] = mask[a]! + (mask[b]! - mask[a]!) * v;
    }
    const from = y * grid.width;
    let count = 0;
    let x0 = grid.width;
    let x1 = 0;
    for (let i = low; i <= high; i++) {
      if (row[i]! >= HOLE) {
        // What lies between two values that are hole is hole.
        const begin = start[i]!;
        while (i < high && row[i + 1]! >= HOLE) i++;
        const stop = start[i === width - 1 ? width : i]!;
        if (begin < stop) {
          data.fill(1, from + begin, from + stop);
          count += stop - begin;
          x0 = Math.min(x0, begin);
          x1 = stop;
        }
        if (i === width - 1) break;
      } else if (i === high || row[i + 1]! < HOLE) continue;
      for (let x = start[i]!; x < start[i + 1]!; x++) {
        const a = row[left[x]!]!;
        if (a + (row[right[x]!]! - a) * weight[x]! < HOLE) continue;
        data[from + x] = 1;
        count++;
        x0 = Math.min(x0, x);
        x1 = x + 1;
      }
    }
    if (count === 0) return 0;
    if (grid.y1 === 0) grid.y0 = y;
    grid.y1 = y + 1;
    grid.x0 = Math.min(grid.x0, x0);
    grid.x1 = Math.max(grid.x1, x1);
    return count;
  }
}

function shrink(full: HoleGrid, half: HoleGrid): void {
  half.x0 = full.x0 >> 1;
  half.y0 = full.y0 >> 1;
  half.x1 = (full.x1 + 1) >> 1;
  half.y1 = (full.y1 + 1) >> 1;
  for (let y = half.y0; y < half.y1; y++) {
    const top = 2 * y * full.width;
    const bottom = 2 * y + 1 < full.height ? top + full.width : top;
    for (let x = half.x0; x < half.x1; x++) {
      const l = 2 * x;
      const r = l + 1 < full.width ? l + 1 : l;
      half.data[y * half.width + x] =
        full.data[top + l]! | full.data[top + r]! | full.data[bottom + l]! | full.data[bottom + r]!;
    }
  }
}
