import type { Move } from './anchor.ts';
import type { Exposure } from './exposure.ts';
import { PushPull } from './push-pull.ts';
import type { SampleGrid } from './sample-grid.ts';
import { CELL } from './seam.ts';

/** Looks that the spread of a place is averaged over. */
const SPREAD_LOOKS = 24;
/**
 * Levels by which a look may differ from the plate and still agree with it. Noise, compression and a room's changing
 * light stay below.
 */
const SAME_LEVELS = 12;
/**
 * Looks, roughly, by which it is judged how many agree; and the share that has to disagree for a place to count as
 * unstable.
 */
const AGREEMENT_LOOKS = 64;
const MIN_DISAGREEING_SHARE = 0.19;
/** Fewer looks than these say less. */
const MIN_LOOKS = 24;
/**
 * Levels by which the fill is off, typically, where something moves: what the plate's own uncertainty is weighed
 * against.
 */
const FILL_ERROR_LEVELS = 40;
/** How much what is off beside the hole just now counts against what was off here before. */
const RIM_WEIGHT = 2;
/** Differences from the plate beyond so many levels count as so many. */
const MAX_DIFFERENCE_LEVELS = 64;
/** A smaller share of the fill is not worth taking. */
const MIN_FILL_SHARE = 0.08;
/** What moves does not end at a cell: the cells around an unstable one have at least so much of its share. */
const NEIGHBOUR_SHARE = 0.8;
/** How strongly what is off just now is held to 0 where nothing is seen. */
const FADE_WEIGHT = 0.03;
/**
 * The same where the camera moved since a place was hidden: what is off beside it is then what the move leaves
 * unexplained, things nearer or in motion. And the variance that every move adds, levels squared, up to so many moves.
 */
const RIM_WEIGHT_MOVED = 6;
const MOVE_VARIANCE = 10;
const MAX_MOVES = 40;

/**
 * Where the plate is no good memory, because what it saw there never holds still (hands, leaves, a screen) or because
 * the camera moved since: there it is mixed with the fill, which knows what surrounds the hole now. Two estimates that
 * err independently are mixed by their variances: the plate's is the spread of what was seen at the place, and more
 * where the plate is wrong right beside the hole; the fill's is a constant. Places that held still are left to the
 * plate alone, whatever moves beside them: it may be a part of somebody that the mask missed.
 */
export class TemporalInstability {
  readonly width: number;
  readonly height: number;
  /** Pixels to a cell's side. */
  readonly cell: number;
  /** Share of the fill, 0..1, height x width cells as in {@link Seam}. */
  readonly share: Float32Array;
  /** Something hidden is unstable: the fill is needed though the plate may know everything. */
  active = false;
  /** Shares before they are grown. */
  readonly #own: Float32Array;
  readonly #spread: Float32Array;
  readonly #disagree: Float32Array;
  readonly #looks: Uint8Array;
  /** Moves of the camera since a point was visible; and the most of them among the hidden points of a cell. */
  readonly #moves: Uint8Array;
  readonly #moved: Uint8Array;
  /** The moves when the plate was kept. */
  readonly #kept: Uint8Array;
  /** The plate's counts of the look before. */
  readonly #before: Uint8Array;
  readonly #off: PushPull;

  constructor(grid: SampleGrid) {
    this.width = Math.max(1, Math.ceil(grid.width / CELL));
    this.height = Math.max(1, Math.ceil(grid.height / CELL));
    this.cell = grid.pitch * CELL;
    this.share = new Float32Array(this.width * this.height);
    this.#own = new Float32Array(this.share.length);
    this.#spread = new Float32Array(grid.count.length);
    this.#disagree = new Float32Array(grid.count.length);
    this.#before = new Uint8Array(grid.count.length);
    this.#looks = new Uint8Array(grid.count.length);
    this.#moves = new Uint8Array(grid.count.length);
    this.#kept = new Uint8Array(grid.count.length);
    this.#moved = new Uint8Array(this.share.length);
    this.#off = new PushPull(this.width, this.height, 1, 0);
  }

  /** The picture is another one: nothing that was learnt holds. */
  reset(): void {
    this.#looks.fill(0);
    this.#disagree.fill(0);
    this.#moves.fill(0);
    this.share.fill(0);
    this.active = false;
  }

  /**
   * The camera moved, and the plate with it: what is known of a point is of another place, and what is hidden is less
   * sure. Where it came back to its anchor, nothing was lost on the way.
   */
  move({ keep, restore, map }: Move): void {
    const moves = this.#moves;
    this.#looks.fill(0);
    this.#disagree.fill(0);
    if (keep) this.#kept.set(moves);
    if (restore) moves.set(this.#kept);
    if (map) for (let i = 0; i < moves.length; i++) if (moves[i]! < MAX_MOVES) moves[i]!++;
  }

  update(grid: SampleGrid, exposure: readonly Exposure[]): void {
    this.#look(grid, exposure);
    this.#weigh();
    this.#grow();
    this.active = this.#isHidden(grid);
  }

  /**
   * Learns from the visible points; leaves the spread of unstable cells in `share`, and what is off in each cell just
   * now in `#off`.
   */
  #look(grid: SampleGrid, exposure: readonly Exposure[]): void {
    const { width, share } = this;
    const { value, weight } = this.#off;
    const spread = this.#spread;
    const looks = this.#looks;
    const disagree = this.#disagree;
    const before = this.#before;
    const moves = this.#moves;
    const moved = this.#moved.fill(0);
    const { gain, offset } = exposure[grid.detail]!;
    const frame = grid.frame[grid.detail]!;
    const plate = grid.plate[grid.detail]!;
    weight.fill(0);
    value.fill(0);
    share.fill(0);
    for (let j = 0, i = 0; j < grid.height; j++) {
      for (let k = 0; k < grid.width; k++, i++) {
        if (grid.count[i] === 0) {
          looks[i] = disagree[i] = 0;
          continue;
        }
        const cell = ((j / CELL) | 0) * width + ((k / CELL) | 0);
        if (grid.visible[i] === 0) {
          if (moves[i]! > moved[cell]!) moved[cell] = moves[i]!;
        } else {
          moves[i] = 0;
          const off = Math.min(MAX_DIFFERENCE_LEVELS, Math.abs(frame[i]! - gain * plate[i]! - offset));
          const n = looks[i]! < AGREEMENT_LOOKS ? looks[i]! + 1 : AGREEMENT_LOOKS;
          if (n === 1) spread[i] = 0;
          looks[i] = n;
          spread[i] = spread[i]! + (off * off - spread[i]!) / Math.min(SPREAD_LOOKS, n);
          // The plate has taken over something new: what differed from the old one speaks half as loud.
          if (grid.count[i]! < before[i]!) disagree[i] = disagree[i]! / 2;
          before[i] = grid.count[i]!;
          disagree[i] = disagree[i]! + ((off > SAME_LEVELS ? 1 : 0) - disagree[i]!) / Math.max(MIN_LOOKS, n);
          weight[cell]! += 1;
          value[cell]! += off;
        }
        if (disagree[i]! > MIN_DISAGREEING_SHARE) share[cell] = Math.max(share[cell]!, spread[i]!);
      }
    }
  }

  /** From spreads to shares. What is off just now is carried into the hole from its rim. */
  #weigh(): void {
    const { share } = this;
    const { value, weight } = this.#off;
    for (let i = 0; i < share.length; i++) {
      const w = weight[i]!;
      value[i] = w === 0 ? 0 : value[i]! / w;
      weight[i] = w === 0 ? FADE_WEIGHT : Math.min(1, w / (CELL * CELL));
    }
    this.#off.run();
    for (let i = 0; i < share.length; i++) {
      const moved = this.#moved[i]!;
      const variance =
        share[i]! + (moved ? RIM_WEIGHT_MOVED : RIM_WEIGHT) * value[i]! * value[i]! + MOVE_VARIANCE * moved;
      const part = share[i] === 0 && moved === 0 ? 0 : variance / (variance + FILL_ERROR_LEVELS * FILL_ERROR_LEVELS);
      share[i] = part < MIN_FILL_SHARE ? 0 : part;
    }
  }

  #isHidden({ width, height, visible }: SampleGrid): boolean {
    for (let j = 0, i = 0; j < height; j++) {
      const row = ((j / CELL) | 0) * this.width;
      for (let k = 0; k < width; k++, i++) if (visible[i] === 0 && this.share[row + ((k / CELL) | 0)]! > 0) return true;
    }
    return false;
  }

  #grow(): void {
    const { width, height, share } = this;
    const own = this.#own;
    own.set(share);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const part = NEIGHBOUR_SHARE * own[y * width + x]!;
        if (part === 0) continue;
        for (let v = Math.max(0, y - 1); v < Math.min(height, y + 2); v++) {
          for (let u = Math.max(0, x - 1); u < Math.min(width, x + 2); u++) {
            if (share[v * width + u]! < part) share[v * width + u] = part;
          }
        }
      }
    }
  }
}
