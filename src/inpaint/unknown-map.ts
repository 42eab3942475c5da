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
  const { width, x0, x1, y0, y1, runs } = from;
  to.data.set(from.data.subarray(y0 * width, y1 * width), y0 * width);
  to.runs.set(runs);
  Object.assign(to, { x0, x1, y0, y1 });
}

/** Of the hole, what was never seen; gives how many samples that is. */
function mark(to: HoleGrid, { width, y0, y1, runs }: HoleGrid, { count, countWords, open }: PlateGrid): number {
  clearGrid(to);
  const { rows, columns } = runs;
  let n = 0;
  let left = width;
  let right = 0;
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    const low = open[2 * y]!;
    const high = open[2 * y + 1]!;
    let found = 0;
    for (let k = rows[y]!; k < rows[y + 1]!; k += 2) {
      const end = Math.min(high, columns[k + 1]!);
      for (let x = Math.max(low, columns[k]!); x < end; ) {
        while (x < end && count[row + x] !== 0) x++;
        const from = x;
        for (; x < end; x++) {
          // The inside of a person, four at once.
          while (((row + x) & 3) === 0 && x + 4 <= end && countWords[(row + x) >> 2] === 0) x += 4;
          if (x === end || count[row + x] !== 0) break;
        }
        if (from === x) break;
        if (found === 0) to.runs.start(y);
        to.runs.add(from, x);
        to.data.fill(1, row + from, row + x);
        found += x - from;
        left = Math.min(left, from);
        right = Math.max(right, x);
      }
    }
    if (found === 0) continue;
    if (n === 0) to.y0 = y;
    n += found;
    to.y1 = y + 1;
  }
  to.runs.end();
  if (n > 0) {
    to.x0 = left;
    to.x1 = right;
  }
  return n;
}
