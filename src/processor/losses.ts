/** Milliseconds until another worker is asked for, by how many were lost within {@link CALM_MS}; then no more. */
const PAUSES = [0, 1000, 5000];
const CALM_MS = 60_000;

/** Counts lost workers: a few are replaced, ever later. */
export class Losses {
  #at: number[] = [];

  /**
   * One more was lost.
   *
   * @param now milliseconds
   * @returns milliseconds until another one may start; undefined when it is no use any more
   */
  add(now: number): number | undefined {
    this.#at = [...this.#at.filter((at) => now - at < CALM_MS), now];
    return PAUSES[this.#at.length - 1];
  }

  /** How many there were of late, to be put behind what happened; nothing of the first. */
  get words(): string {
    return this.#at.length > 1 ? `, ${this.#at.length} times within a minute` : '';
  }
}
