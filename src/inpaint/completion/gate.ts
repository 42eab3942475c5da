import type { Exposure } from '../exposure.ts';
import { PushPull } from '../push-pull.ts';
import type { SampleGrid } from '../sample-grid.ts';
import { CELL } from '../seam.ts';
import type { Completion } from './completion.ts';

/** Levels by which what is known seems to change though nothing does: the camera's noise. */
const CALM = 1;
/**
 * What a level of change beside the hole weighs against one of misfit: what moved there moved in the hole by far more.
 */
const CHANGE = 12;
/**
 * A change counts as its average over time, of which each frame is so much, since a few points of a noisy picture
 * differ by several levels in every frame; what exceeds so many levels counts at once.
 */
const STEADY = 0.15;
const NOISE = 6;
/**
 * Levels that the copies are off beside the hole up to which they are shown alone, and from which the fill is. A copy
 * is sharp, and where it is wrong it costs twice what the smooth fill does.
 */
const GOOD = 20;
const BAD = 30;
/** Changes beyond so many levels count as so many: what has calmed down is trusted again after some three seconds. */
const MOST = 32;
/**
 * Share of what is new that counts in each frame, as a change grows and as it fades; and for the share that is shown,
 * so that nothing pops.
 */
const RISE = 0.4;
const FALL = 0.03;
const RATE = 0.15;

/**
 * How far a completion is to be trusted, cell by cell as in the seam, from what can be checked of it, which is its rim.
 * How badly the copies fit there is carried into the hole: where they don't explain what is beside the hole, they won't
 * explain what is in it. And it was made for a still room: what is known is compared with what it was when the
 * completion was begun and with the plate, and what changed is carried into the hole too, from its rim, and from where
 * each part of it was copied.
 */
export class StillnessGate {
  readonly width: number;
  readonly height: number;
  /** Share of the completion, 0..1, height x width cells. */
  readonly share: Float32Array;
  readonly #grid: SampleGrid;
  /** The plate's channels at the points when the completion was begun, and which of them were known. */
  readonly #then: readonly [Float32Array, Float32Array, Float32Array];
  readonly #known: Uint8Array;
  /** Change of each cell, levels; and the cell that each cell's middle is copied from, itself where it is not. */
  readonly #change: Float32Array;
  /** Change of each cell's channels against the plate, levels with their sign, averaged over time. */
  readonly #drift: Float32Array;
  readonly #source: Int32Array;
  /** Mean misfit, levels. */
  readonly #misfit: Float32Array;
  /** What is on show: nothing, the first completion that no frame has shown yet, or one that frames have shown. */
  #shows: 'nothing' | 'first' | 'known' = 'nothing';
  readonly #spread: PushPull;
  readonly #sums: Float32Array;

  constructor(grid: SampleGrid, cells: { readonly width: number; readonly height: number }) {
    const n = cells.width * cells.height;
    this.#grid = grid;
    this.width = cells.width;
    this.height = cells.height;
    this.share = new Float32Array(n);
    const points = grid.count.length;
    this.#then = [new Float32Array(points), new Float32Array(points), new Float32Array(points)];
    this.#known = new Uint8Array(points);
    this.#change = new Float32Array(n);
    this.#drift = new Float32Array(3 * n);
    this.#source = Int32Array.from({ length: n }, (_, i) => i);
    this.#misfit = new Float32Array(n);
    this.#spread = new PushPull(cells.width, cells.height, 1, 0);
    this.#sums = new Float32Array(7 * n);
  }

  /** A completion of the plate as it was at `begun` comes on show. */
  start(begun: Moment, completion: Completion): void {
    const { width, height, offsets } = completion;
    if (this.#shows === 'nothing') this.#shows = 'first';
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
    this.#fit(completion);
  }

  /** Nothing is on show any more. */
  forget(): void {
    this.share.fill(0);
    this.#misfit.fill(0);
    this.#shows = 'nothing';
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
    // The first one fades in as it is: it has nothing to live up to.
    const rate = this.#shows === 'known' ? RATE : 1;
    if (this.#shows === 'first') this.#shows = 'known';
    for (let i = 0; i < this.share.length; i++) {
      const change = CHANGE * Math.max(0, Math.sqrt(Math.max(spread[i]!, spread[this.#source[i]!]!)) - CALM);
      // Mostly nothing changes, and the root is dear.
      const off = change === 0 ? this.#misfit[i]! : Math.hypot(this.#misfit[i]!, change);
      const share = Math.min(1, Math.max(0, (BAD - off) / (BAD - GOOD)));
      this.share[i]! += rate * (share - this.share[i]!);
      // A rest that nobody sees would keep the fill below it alive for ever.
      if (share === 1 && this.share[i]! > 0.98) this.share[i] = 1;
    }
  }

  /** The mean misfit of each cell at the rim, and from there into the hole. */
  #fit({ width, height, misfit }: Completion): void {
    const { value, weight } = this.#spread;
    value.fill(0);
    weight.fill(0);
    const cell = this.#grid.pitch * CELL;
    for (let y = 0, i = 0; y < height; y++) {
      const row = Math.min(this.height - 1, (y / cell) | 0) * this.width;
      for (let x = 0; x < width; x++, i++) {
        if (misfit[i] === 0) continue;
        const to = row + Math.min(this.width - 1, (x / cell) | 0);
        value[to]! += misfit[i]!;
        weight[to]!++;
      }
    }
    for (let i = 0; i < value.length; i++) {
      if (weight[i] === 0) continue;
      value[i]! /= weight[i]!;
      weight[i] = 1;
    }
    this.#spread.run();
    this.#misfit.set(value);
  }

  /** The mean change of each cell's visible points, squared; cells without any take it from their neighbours. */
  #measure(exposure: readonly Exposure[]): void {
    const { width, height, visible, count, plate, frame } = this.#grid;
    const sums = this.#sums.fill(0);
    const known = this.#known;
    // Written out for three channels, as in the seam.
    const [e0, e1, e2] = exposure as readonly [Exposure, Exposure, Exposure];
    const [f0, f1, f2] = frame;
    const [p0, p1, p2] = plate;
    const [t0, t1, t2] = this.#then;
    for (let j = 0, i = 0; j < height; j++) {
      const row = ((j / CELL) | 0) * this.width;
      for (let k = 0; k < width; k++, i++) {
        if (visible[i] === 0 || count[i] === 0) continue;
        const to = 7 * (row + ((k / CELL) | 0));
        const a = f0[i]! - e0.offset;
        const b = f1[i]! - e1.offset;
        const c = f2[i]! - e2.offset;
        sums[to]! += a - e0.gain * p0[i]!;
        sums[to + 1]! += b - e1.gain * p1[i]!;
        sums[to + 2]! += c - e2.gain * p2[i]!;
        if (known[i] === 1) {
          sums[to + 3]! += a - e0.gain * t0[i]!;
          sums[to + 4]! += b - e1.gain * t1[i]!;
          sums[to + 5]! += c - e2.gain * t2[i]!;
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
        for (let c = 0; c < 3; c++) {
          const now = sums[7 * i + c]! / n;
          const since = sums[7 * i + 3 + c]! / n;
          this.#drift[3 * i + c]! += STEADY * (now - this.#drift[3 * i + c]!);
          const jump = Math.max(Math.abs(now), Math.abs(since)) - NOISE;
          change = Math.max(change, Math.abs(this.#drift[3 * i + c]!), jump);
        }
        const more = Math.min(MOST, change) - this.#change[i]!;
        this.#change[i]! += (more > 0 ? RISE : FALL) * more;
      }
      // Squared: a part of the rim that moves says more than one that doesn't.
      value[i] = this.#change[i]! ** 2;
    }
  }
}

/** The plate at the sample points, at one moment. */
export interface Moment {
  readonly plate: readonly [Float32Array, Float32Array, Float32Array];
  /** 1 = known. */
  readonly known: Uint8Array;
}

export function momentOf({ plate, count }: SampleGrid): Moment {
  const [a, b, c] = plate;
  return { plate: [a.slice(), b.slice(), c.slice()], known: count.map((each) => (each === 0 ? 0 : 1)) };
}
