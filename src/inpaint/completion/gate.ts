import type { Exposure } from '../exposure.ts';
import { PushPull } from '../push-pull.ts';
import { CELL } from '../seam.ts';
import type { SparseGrid } from '../sparse.ts';
import type { Completion } from './completion.ts';

/**
 * Levels by which the room may have changed since; and beyond them as many in which a completion loses all trust.
 * Somebody who sways shades the wall beside them by four or five: that alone must not keep the fill alive below the
 * completion.
 */
const CALM = 6;
const RANGE = 6;
/** Changes beyond so many levels count as so many: what has calmed down is trusted again after a second or two. */
const MOST = 20;
/**
 * Share of what is new that counts in each frame, as a change grows and as it fades; and for the share that is shown,
 * so that nothing pops.
 */
const RISE = 0.4;
const FALL = 0.03;
const RATE = 0.15;

/**
 * How far a completion is still to be trusted, cell by cell as in the seam: it was made for a still room. What is known
 * is compared with what it was when the completion was begun and with the plate, and what changed is carried into the
 * hole from its rim, and from where each part of it was copied.
 */
export class StillnessGate {
  readonly width: number;
  readonly height: number;
  /** Share of the completion, 0..1, height x width cells. */
  readonly share: Float32Array;
  readonly #grid: SparseGrid;
  /** The plate's channels at the points when the completion was begun, and which of them were known. */
  readonly #then: readonly [Float32Array, Float32Array, Float32Array];
  readonly #known: Uint8Array;
  /** Change of each cell, levels; and the cell that each cell's middle is copied from, itself where it is not. */
  readonly #change: Float32Array;
  readonly #source: Int32Array;
  readonly #spread: PushPull;
  readonly #sums: Float32Array;

  constructor(grid: SparseGrid, cells: { readonly width: number; readonly height: number }) {
    const n = cells.width * cells.height;
    this.#grid = grid;
    this.width = cells.width;
    this.height = cells.height;
    this.share = new Float32Array(n);
    const points = grid.count.length;
    this.#then = [new Float32Array(points), new Float32Array(points), new Float32Array(points)];
    this.#known = new Uint8Array(points);
    this.#change = new Float32Array(n);
    this.#source = Int32Array.from({ length: n }, (_, i) => i);
    this.#spread = new PushPull(cells.width, cells.height, 1, 0);
    this.#sums = new Float32Array(7 * n);
  }

  /** A completion of the plate as it was at `begun` comes on show. */
  start(begun: Moment, { width, height, offsets }: Completion): void {
    for (let c = 0; c < 3; c++) this.#then[c]!.set(begun.plate[c]!);
    this.#known.set(begun.known);
    const cell = this.#grid.pitch * CELL;
    for (let y = 0, i = 0; y < this.height; y++) {
      const v = Math.min(height - 1, y * cell + (cell >> 1));
      for (let x = 0; x < this.width; x++, i++) {
        const u = Math.min(width - 1, x * cell + (cell >> 1));
        const at = 2 * (v * width + u);
        const column = Math.floor((u + offsets[at]!) / cell);
        const row = Math.floor((v + offsets[at + 1]!) / cell);
        this.#source[i] = Math.min(this.height - 1, row) * this.width + Math.min(this.width - 1, column);
      }
    }
  }

  /** Nothing is on show any more. */
  forget(): void {
    this.share.fill(0);
    this.#known.fill(0);
    this.#source.forEach((_, i) => {
      this.#source[i] = i;
    });
  }

  /**
   * Once a frame, after the light was measured; also before there is a completion, so that what never holds still is
   * known by then.
   */
  look(exposure: readonly Exposure[]): void {
    this.#measure(exposure);
    this.#spread.run();
    const spread = this.#spread.value;
    for (let i = 0; i < this.share.length; i++) {
      const change = Math.max(spread[i]!, spread[this.#source[i]!]!);
      const share = Math.min(1, Math.max(0, 1 - (change - CALM) / RANGE));
      this.share[i]! += RATE * (share - this.share[i]!);
      // A rest that nobody sees would keep the fill below it alive for ever.
      if (share === 1 && this.share[i]! > 0.98) this.share[i] = 1;
    }
  }

  /** The mean change of each cell's visible points; cells without any take it from their neighbours. */
  #measure(exposure: readonly Exposure[]): void {
    const { width, height, visible, count, plate, frame } = this.#grid;
    const sums = this.#sums.fill(0);
    for (let j = 0, i = 0; j < height; j++) {
      for (let k = 0; k < width; k++, i++) {
        if (visible[i] === 0 || count[i] === 0) continue;
        const to = 7 * (((j / CELL) | 0) * this.width + ((k / CELL) | 0));
        for (let c = 0; c < 3; c++) {
          const { gain, offset } = exposure[c]!;
          const now = frame[c]![i]! - offset;
          sums[to + c]! += now - gain * plate[c]![i]!;
          if (this.#known[i]) sums[to + 3 + c]! += now - gain * this.#then[c]![i]!;
        }
        sums[to + 6]!++;
      }
    }
    const { value, weight } = this.#spread;
    for (let i = 0; i < this.#change.length; i++) {
      const n = sums[7 * i + 6]!;
      weight[i] = n > 0 ? 1 : 0;
      if (n > 0) {
        let change = 0;
        for (let c = 0; c < 6; c++) change = Math.max(change, Math.abs(sums[7 * i + c]!) / n);
        const more = Math.min(MOST, change) - this.#change[i]!;
        this.#change[i]! += (more > 0 ? RISE : FALL) * more;
      }
      value[i] = this.#change[i]!;
    }
  }
}

/** The plate at the sparse points, at one moment. */
export interface Moment {
  readonly plate: readonly [Float32Array, Float32Array, Float32Array];
  /** 1 = known. */
  readonly known: Uint8Array;
}

export function momentOf({ plate, count }: SparseGrid): Moment {
  const [a, b, c] = plate;
  return { plate: [a.slice(), b.slice(), c.slice()], known: count.map((each) => (each === 0 ? 0 : 1)) };
}
