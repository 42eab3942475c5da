import type { SampleGrid } from './sample-grid.ts';

/** The noise is known at levels so far apart, from the middle of the first such step on; between them it is a line. */
export const GRAIN_STEP_LEVELS = 32;
export const GRAIN_STEPS = 8;

/** Changes are counted in whole levels up to this, which noise does not reach. */
const MOST_LEVELS = 32;

/** Points of a step that fix its deviation to a tenth. */
const ENOUGH = 100;

/** Frames over which it is averaged. */
const MEMORY_FRAMES = 16;

/** Quarters of a normal distribution lie so many deviations apart. */
const QUARTERS = 1.349;

/** Variance that rounding adds to a value, levels squared. */
const ROUNDING = 1 / 12;

/** Deviation at most, levels: more is something that moves. */
const MAX_DEVIATION = 8;

/**
 * How much the camera's picture changes from one frame to the next where nothing does: its noise, by brightness, since
 * light makes noise of its own (shot noise) and cameras smooth and clip by level. What is put into the hole gets as
 * much, or a silhouette that is too calm walks through a picture that is alive. From the quarters of the change at the
 * visible points, which neither people nor the exposure move.
 */
export class GrainMeter {
  /** Standard deviation at levels 16, 48, … 240; what rounding adds is not in it. */
  readonly deviation = new Float32Array(GRAIN_STEPS);
  readonly #grid: SampleGrid;
  readonly #last: Float32Array;
  /** 1 where {@link #last} holds. */
  readonly #seen: Uint8Array;
  readonly #bins = Array.from({ length: GRAIN_STEPS }, () => new Uint32Array(2 * MOST_LEVELS + 1));
  readonly #on: boolean;
  #frames = 0;

  /** @param on false: the deviation stays 0 */
  constructor(grid: SampleGrid, on: boolean) {
    this.#on = on;
    this.#grid = grid;
    this.#last = new Float32Array(grid.count.length);
    this.#seen = new Uint8Array(grid.count.length);
  }

  /** What was seen lies elsewhere now: the camera moved. */
  move(): void {
    this.#seen.fill(0);
  }

  /** Compares the grid's frame with the one before. */
  measure(): void {
    if (!this.#on) return;
    const { visible, frame, detail } = this.#grid;
    const now = frame[detail];
    for (const bins of this.#bins) bins.fill(0);
    let any = 0;
    for (let i = 0; i < now.length; i++) {
      if (!visible[i]) {
        this.#seen[i] = 0;
        continue;
      }
      if (this.#seen[i]) {
        const change = Math.max(-MOST_LEVELS, Math.min(MOST_LEVELS, now[i]! - this.#last[i]!));
        this.#bins[(now[i]! / GRAIN_STEP_LEVELS) | 0]![change + MOST_LEVELS]!++;
        any++;
      }
      this.#last[i] = now[i]!;
      this.#seen[i] = 1;
    }
    if (any < ENOUGH) return;
    const found = this.#bins.map(deviationOf);
    const rate = 1 / Math.min(MEMORY_FRAMES, ++this.#frames);
    for (let k = 0; k < GRAIN_STEPS; k++) {
      const value = found[k] ?? nearest(found, k);
      if (value !== undefined) this.deviation[k] = this.deviation[k]! + rate * (value - this.deviation[k]!);
    }
  }

  /** The deviation at each level, 0..255, into `out`. */
  table(out: Float32Array): Float32Array {
    for (let level = 0; level < out.length; level++) {
      const at = Math.min(GRAIN_STEPS - 1, Math.max(0, level / GRAIN_STEP_LEVELS - 0.5));
      const k = Math.floor(at);
      const next = Math.min(GRAIN_STEPS - 1, k + 1);
      out[level] = this.deviation[k]! + (at - k) * (this.deviation[next]! - this.deviation[k]!);
    }
    return out;
  }
}

/** Of one frame's values, from their changes; undefined where there are too few. */
function deviationOf(bins: Uint32Array): number | undefined {
  const n = bins.reduce((sum, count) => sum + count, 0);
  if (n < ENOUGH) return undefined;
  const spread = (quantile(bins, 0.75 * n) - quantile(bins, 0.25 * n)) / QUARTERS;
  // A change has the noise and the rounding of two frames.
  return Math.min(MAX_DEVIATION, Math.sqrt(Math.max(0, spread ** 2 / 2 - ROUNDING)));
}

/** The value below which `rank` of them lie, each spread over its whole level. */
function quantile(bins: Uint32Array, rank: number): number {
  let below = 0;
  let bin = 0;
  while (bin < bins.length - 1 && below + bins[bin]! < rank) below += bins[bin++]!;
  return bin + (rank - below) / Math.max(1, bins[bin]!);
}

function nearest(found: readonly (number | undefined)[], k: number): number | undefined {
  for (let d = 1; d < found.length; d++) {
    const value = found[k - d] ?? found[k + d];
    if (value !== undefined) return value;
  }
  return undefined;
}
