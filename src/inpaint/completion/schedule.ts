import type { Motion } from '../motion.ts';
import type { SampleGrid } from '../sample-grid.ts';

/** Milliseconds for which the camera must have been still, and that lie between two runs at least. */
const STILL_MS = 1000;
const BETWEEN_MS = 1000;
/** Milliseconds for which a run is put off at most while frames are late: the first, and one that makes it better. */
const PATIENCE_MS = { first: 1000, later: 5000 };
/**
 * Share of the picture that must be newly unknown, and of what was unknown that must have become known, for another run
 * to pay.
 */
const NEW = 0.002;
const SHRUNK = 0.1;

/**
 * When a completion is worth making: when there is more to fill than the last one did, or more to go by. At rest,
 * never.
 */
export class CompletionSchedule {
  readonly #grid: SampleGrid;
  /** 1 = was unknown when the last run was begun. */
  readonly #asked: Uint8Array;
  #wanted = false;
  /** Since when a run has been due. */
  #due: number | undefined;
  #still: number | undefined;
  #last = Number.NEGATIVE_INFINITY;
  /** A run was begun whose completion still holds. */
  #begun = false;

  constructor(grid: SampleGrid) {
    this.#grid = grid;
    this.#asked = new Uint8Array(grid.count.length);
  }

  /** Once a frame, after the grid's look at it. @param now milliseconds */
  look(camera: Motion['camera'], now: number): void {
    if (camera !== 'still') this.#still = undefined;
    else this.#still ??= now;
    const { count, visible } = this.#grid;
    const asked = this.#asked;
    let before = 0;
    let rest = 0;
    let fresh = 0;
    for (let i = 0; i < count.length; i++) {
      const unknown = count[i] === 0 && visible[i] === 0;
      before += asked[i]!;
      if (!unknown) continue;
      if (asked[i]) rest++;
      else fresh++;
    }
    this.#wanted = fresh > NEW * count.length || (rest > 0 && before - rest >= SHRUNK * before);
  }

  /** Whether there is a reason for another run. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Whether one is to be expected soon. */
  isNear(now: number): boolean {
    return this.#wanted && this.#still !== undefined && now - this.#still >= STILL_MS / 2;
  }

  /** @param late frames are late: there is nothing to spare just now. */
  due(now: number, late = false): boolean {
    const ready = this.#still !== undefined && now - this.#still >= STILL_MS && now - this.#last >= BETWEEN_MS;
    if (!this.#wanted || !ready) {
      this.#due = undefined;
      return false;
    }
    this.#due ??= now;
    return !late || now - this.#due >= PATIENCE_MS[this.#begun ? 'later' : 'first'];
  }

  /** A run is begun with the plate as it is. */
  begin(now: number): void {
    this.#last = now;
    this.#begun = true;
    this.#wanted = false;
    const { count, visible } = this.#grid;
    for (let i = 0; i < count.length; i++) this.#asked[i] = count[i] === 0 && visible[i] === 0 ? 1 : 0;
  }

  /** What was completed does not hold any more. */
  forget(): void {
    this.#asked.fill(0);
    this.#begun = false;
  }
}
