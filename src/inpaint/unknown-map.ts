import { clearGrid, type HoleGrid, type HoleMap, holeGrid } from './hole-map.ts';
import type { Plate, PlateGrid } from './plate.ts';

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
    this.pixels = mark(this.full, holes.full, plate.full);
    this.samples = this.pixels;
    if (this.half !== this.full && plate.half) this.samples += mark(this.half, holes.half, plate.half);
  }
}

/**
 * What of the unknown no layer covers: the fill is painted there alone. Starts as all that is unknown; whoever covers a
 * place takes it out. A place that is left out wrongly stays as the plate's painting left it, without any raw value.
 */
export class BareMap {
  readonly unknown: UnknownMap;
  readonly full: HoleGrid;
  readonly half: HoleGrid;
  /** Samples of any channel. */
  samples = 0;

  constructor(unknown: UnknownMap) {
    const { full, half } = unknown;
    this.unknown = unknown;
    this.full = holeGrid(full.width, full.height);
    this.half = half === full ? this.full : holeGrid(half.width, half.height);
  }

  load(): void {
    const { full, half, samples } = this.unknown;
    copyGrid(this.full, full);
    if (this.half !== this.full) copyGrid(this.half, half);
    this.samples = samples;
  }
}

function copyGrid(to: HoleGrid, from: HoleGrid): void {
  clearGrid(to);
  const { width, x0, x1, y0, y1 } = from;
  to.data.set(from.data.subarray(y0 * width, y1 * width), y0 * width);
  Object.assign(to, { x0, x1, y0, y1 });
}

function mark(to: HoleGrid, { width, data, x0, x1, y0, y1 }: HoleGrid, { count, complete }: PlateGrid): number {
  clearGrid(to);
  const unknown = to.data;
  let n = 0;
  let left = width;
  let right = 0;
  for (let y = y0; y < y1; y++) {
    if (complete[y] === 1) continue;
    const from = y * width + x0;
    const end = y * width + x1;
    let found = 0;
    for (let i = from; i < end; i++) {
      const bare = count[i] === 0 ? data[i]! : 0;
      unknown[i] = bare;
      found += bare;
    }
    if (found === 0) continue;
    if (n === 0) to.y0 = y;
    n += found;
    to.y1 = y + 1;
    let first = from;
    while (unknown[first] === 0) first++;
    let last = end - 1;
    while (unknown[last] === 0) last--;
    left = Math.min(left, first - y * width);
    right = Math.max(right, last + 1 - y * width);
  }
  if (n > 0) {
    to.x0 = left;
    to.x1 = right;
  }
  return n;
}
