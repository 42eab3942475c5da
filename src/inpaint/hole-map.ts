import { HOLE, type Mask } from '../mask.ts';
import type { PictureFormat } from '../picture.ts';
import { Ramp } from './ramp.ts';
import { Runs } from './runs.ts';

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
  /** The same as `data`. */
  runs: Runs;
}

export function holeGrid(width: number, height: number): HoleGrid {
  const n = width * height;
  const data = new Uint8Array(new ArrayBuffer((n + 3) & ~3), 0, n);
  return { width, height, data, x0: 0, y0: 0, x1: 0, y1: 0, runs: new Runs(height) };
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
  grid.runs.clear();
}

/** Lays masks of one size over a grid, bilinearly. */
class MaskScale {
  readonly #ramp: Ramp;
  readonly #row: Float32Array;
  /** The columns of each row of the mask that are hole, ends excluded. */
  readonly #first: Int32Array;
  readonly #end: Int32Array;

  constructor(grid: HoleGrid, { width, height }: Mask) {
    this.#ramp = new Ramp(grid, 0, { width, height }, grid.width / width, grid.height / height);
    this.#row = new Float32Array(width);
    this.#first = new Int32Array(height);
    this.#end = new Int32Array(height);
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
    grid.runs.end();
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
    const { left, right, weight, start } = this.#ramp.x;
    const { data, runs } = grid;
    runs.start(y);
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
          runs.add(begin, stop);
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
        runs.add(x, x + 1);
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
  const { rows, columns } = full.runs;
  const { runs } = half;
  for (let y = half.y0; y < half.y1; y++) {
    runs.start(y);
    // The runs of both rows, whichever begins first.
    let a = rows[2 * y]!;
    const middle = rows[2 * y + 1]!;
    let b = middle;
    const end = rows[Math.min(full.height, 2 * y + 2)]!;
    while (a < middle || b < end) {
      const k = b === end || (a < middle && columns[a]! < columns[b]!) ? a : b;
      if (k === a) a += 2;
      else b += 2;
      const from = columns[k]! >> 1;
      const to = (columns[k + 1]! + 1) >> 1;
      runs.add(from, to);
      half.data.fill(1, y * half.width + from, y * half.width + to);
    }
  }
  runs.end();
}
