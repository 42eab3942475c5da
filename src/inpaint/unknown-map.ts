import { clearGrid, type HoleGrid, type HoleMap, holeGrid } from './hole-map.ts';
import type { Plate } from './plate.ts';

/** Where the hole's background was never seen: 1 = hole and no plate. */
export class UnknownMap {
  readonly full: HoleGrid;
  /** For 4:2:0 chroma; the same as {@link full} where the picture has none. */
  readonly half: HoleGrid;
  /** Pixels that are unknown, and samples of any channel. */
  pixels = 0;
  samples = 0;

  constructor({ full, half }: HoleMap) {
    this.full = holeGrid(full.width, full.height);
    this.half = half === full ? this.full : holeGrid(half.width, half.height);
  }

  load(holes: HoleMap, plate: Plate): void {
    this.pixels = mark(this.full, holes.full, plate.full.count);
    this.samples = this.pixels;
    if (this.half !== this.full && plate.half) this.samples += mark(this.half, holes.half, plate.half.count);
  }
}

function mark(to: HoleGrid, { width, data, x0, x1, y0, y1 }: HoleGrid, count: Uint8Array): number {
  clearGrid(to);
  const unknown = to.data;
  let n = 0;
  let left = width;
  let right = 0;
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    const before = n;
    let first = x1;
    let last = x0;
    for (let x = x0, i = row + x0; x < x1; x++, i++) {
      if (data[i] === 0 || count[i] !== 0) continue;
      unknown[i] = 1;
      if (n++ === before) first = x;
      last = x;
    }
    if (n === before) continue;
    if (before === 0) to.y0 = y;
    to.y1 = y + 1;
    left = Math.min(left, first);
    right = Math.max(right, last + 1);
  }
  if (n > 0) {
    to.x0 = left;
    to.x1 = right;
  }
  return n;
}
