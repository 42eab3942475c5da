import { PushPull } from '../push-pull.ts';
import type { SampleGrid } from '../sample-grid.ts';
import { CELL } from '../seam.ts';
import type { Recollection } from './recall.ts';

/** Levels that a region is off up to which it is shown, and from which it is not. */
const GOOD = 8;
const BAD = 18;
/** Differences beyond so many levels count as so many. */
const MOST = 64;
/** Share of what is new that counts at each glance, so that nothing pops. */
const RATE = 0.3;

/**
 * How far a remembered room is to be trusted, cell by cell as in the seam: by how far what is freshly seen differs from
 * it, carried from where both are known to where only the room is.
 */
export class RoomTrust {
  /** Share of the room, 0..1, height x width cells. */
  readonly share: Float32Array;
  readonly #grid: SampleGrid;
  readonly #width: number;
  readonly #off: PushPull;
  #fresh = true;

  constructor(grid: SampleGrid, { width, height }: { readonly width: number; readonly height: number }) {
    this.#grid = grid;
    this.#width = width;
    this.share = new Float32Array(width * height);
    this.#off = new PushPull(width, height, 1, 0);
  }

  reset(): void {
    this.#fresh = true;
    this.share.fill(0);
  }

  /** Compares the plate with the room. */
  measure({ low, high }: Pick<Recollection, 'low' | 'high'>): void {
    const { width, height, plate, count } = this.#grid;
    const { value, weight } = this.#off;
    const n = width * height;
    value.fill(0);
    weight.fill(0);
    for (let j = 0, i = 0; j < height; j++) {
      for (let k = 0; k < width; k++, i++) {
        if (count[i] === 0 || low[i]! > high[i]!) continue;
        let off = 0;
        for (let c = 0, at = i; c < 3; c++, at += n) {
          const now = plate[c]![i]!;
          const each = now < low[at]! ? low[at]! - now : now > high[at]! ? now - high[at]! : 0;
          if (each > off) off = each;
        }
        if (off > MOST) off = MOST;
        const cell = ((j / CELL) | 0) * this.#width + ((k / CELL) | 0);
        // Squared: a part of the rim that is another says more than one that is not.
        value[cell]! += off * off;
        weight[cell]!++;
      }
    }
    for (let i = 0; i < value.length; i++) {
      if (weight[i] === 0) continue;
      value[i]! /= weight[i]!;
      weight[i] = 1;
    }
    this.#off.run();
    const rate = this.#fresh ? 1 : RATE;
    this.#fresh = false;
    for (let i = 0; i < value.length; i++) {
      const share = Math.min(1, Math.max(0, (BAD - Math.sqrt(value[i]!)) / (BAD - GOOD)));
      this.share[i]! += rate * (share - this.share[i]!);
      // A rest that nobody sees would keep what lies below it alive for ever.
      if (share === 1 && this.share[i]! > 0.98) this.share[i] = 1;
      if (share === 0 && this.share[i]! < 0.02) this.share[i] = 0;
    }
  }
}
