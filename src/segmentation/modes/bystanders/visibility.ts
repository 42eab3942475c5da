/**
 * Share of others' area from which on all of them is seen, and below which some or most of it is hidden. Rough, since
 * shadows count.
 */
const WHOLE_SHARE = 0.8;
const PARTLY_HIDDEN_SHARE = 0.7;
const MOSTLY_HIDDEN_SHARE = 0.4;

/**
 * Share by which the area as a whole follows what is seen, in each frame in which they are apart from the main person.
 */
const UPDATE_RATE = 0.05;

/** Share of what is seen of them beside the main person that is surely theirs. */
const CERTAIN_SHARE = 0.9;

/** How much is seen of all others together: who is seen as a whole is not hidden, and comes out nowhere else. */
export class Visibility {
  /** What they cover as a whole, and in the last frame; pixels. */
  #whole = 0;
  #seen = 0;

  /** Whether nothing of them is hidden. */
  get complete(): boolean {
    return this.#whole > 0 && this.#seen >= WHOLE_SHARE * this.#whole;
  }

  /** Whether some of them is. */
  get partlyHidden(): boolean {
    return this.#seen < PARTLY_HIDDEN_SHARE * this.#whole;
  }

  /** Whether most of them is. */
  get hardlySeen(): boolean {
    return this.#seen < MOSTLY_HIDDEN_SHARE * this.#whole;
  }

  /**
   * @param area that is seen of them, pixels
   * @param apart whether nobody is with the main person; otherwise who is hidden is not forgotten
   */
  note(area: number, apart: boolean): void {
    this.#seen = area;
    if (!apart) this.#whole = Math.max(this.#whole, CERTAIN_SHARE * area);
    else this.#whole = Math.max(area, this.#whole + UPDATE_RATE * (area - this.#whole));
  }
}
