import type { HoleGrid, HoleMap } from './hole-map.ts';
import type { Plate } from './plate.ts';

/** Where the hole's background was never seen: 1 = hole and no plate. */
export class UnknownMap {
  readonly full: Uint8Array;
  readonly half: Uint8Array;
  /** Pixels that are unknown, and samples of any channel. */
  pixels = 0;
  samples = 0;

  constructor(holes: HoleMap) {
    this.full = new Uint8Array(holes.full.data.length);
    this.half = holes.half === holes.full ? this.full : new Uint8Array(holes.half.data.length);
  }

  load(holes: HoleMap, plate: Plate): void {
    if (this.samples > 0) {
      this.full.fill(0);
      this.half.fill(0);
    }
    this.pixels = mark(this.full, holes.full, plate.full.count);
    this.samples = this.pixels;
    if (this.half !== this.full && plate.half) this.samples += mark(this.half, holes.half, plate.half.count);
  }
}

function mark(to: Uint8Array, { width, data, x0, x1, y0, y1 }: HoleGrid, count: Uint8Array): number {
  let n = 0;
  for (let y = y0; y < y1; y++) {
    for (let i = y * width + x0, end = y * width + x1; i < end; i++) {
      const unknown = data[i]! & (count[i] === 0 ? 1 : 0);
      to[i] = unknown;
      n += unknown;
    }
  }
  return n;
}
