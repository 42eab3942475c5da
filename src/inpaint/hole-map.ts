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
  /** How masks of the last one's size lie over the picture, and a row of such a mask. */
  #ramp: Ramp | undefined;
  #row = new Float32Array(0);

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
    clear(full);
    if (half !== full) clear(half);
    if (this.#ramp?.width !== mask.width || this.#ramp.height !== mask.height) {
      this.#ramp = new Ramp(full, 0, mask, full.width / mask.width, full.height / mask.height);
      this.#row = new Float32Array(mask.width);
    }
    this.count = scale(mask, full, this.#ramp, this.#row);
    if (half !== full) shrink(full, half);
  }
}

function clear(grid: HoleGrid): void {
  grid.data.fill(0, grid.y0 * grid.width, grid.y1 * grid.width);
  grid.x0 = grid.x1 = grid.y0 = grid.y1 = 0;
}

/** Bilinear. @returns the count of hole pixels. */
function scale(mask: Mask, grid: HoleGrid, ramp: Ramp, row: Float32Array): number {
  const { width, height, data } = grid;
  const { left, right, weight } = ramp.x;
  const cell = width / mask.width;
  let count = 0;
  grid.x0 = width;
  for (let y = 0; y < height; y++) {
    const top = ramp.y.left[y]! * mask.width;
    const bottom = ramp.y.right[y]! * mask.width;
    const v = ramp.y.weight[y]!;
    // Columns of the mask that can make a pixel hole, and the pixels beside them.
    let first = mask.width;
    let last = -1;
    for (let i = 0; i < mask.width; i++) {
      const a = mask.data[top + i]!;
      row[i] = a + (mask.data[bottom + i]! - a) * v;
      if (row[i]! < HOLE) continue;
      if (last < 0) first = i;
      last = i;
    }
    let x0 = Math.max(0, Math.floor((first - 0.5) * cell) - 1);
    let x1 = Math.min(width, Math.ceil((last + 1.5) * cell) + 1);
    const from = y * width;
    for (let x = x0; x < x1; x++) {
      const a = row[left[x]!]!;
      const hole = a + (row[right[x]!]! - a) * weight[x]! >= HOLE ? 1 : 0;
      data[from + x] = hole;
      count += hole;
    }
    while (x0 < x1 && data[from + x0] === 0) x0++;
    while (x0 < x1 && data[from + x1 - 1] === 0) x1--;
    if (x0 >= x1) continue;
    if (grid.y1 === 0) grid.y0 = y;
    grid.y1 = y + 1;
    grid.x0 = Math.min(grid.x0, x0);
    grid.x1 = Math.max(grid.x1, x1);
  }
  if (count === 0) grid.x0 = 0;
  return count;
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
