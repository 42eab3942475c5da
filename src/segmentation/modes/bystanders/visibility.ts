/** Share of others' area from which on all of them is seen, and below which some or most of it is hidden. Rough, since shadows count. */
const WHOLE = 0.8;
const PARTLY = 0.7;
const HARDLY = 0.4;

/** Share by which the area as a whole follows what is seen, in each frame in which they are apart from the main person. */
const PACE = 0.05;

/** Share of what is seen of them beside the main person that is surely theirs. */
const SURELY = 0.9;

/** How much is seen of all others together: who is seen as a whole is not hidden, and comes out nowhere else. */
export class Sighting {
  /** What they cover as a whole, and in the last frame; pixels. */
  #whole = 0;
  #seen = 0;

  /** Whether nothing of them is hidden. */
  get complete(): boolean {
    return this.#whole > 0 && this.#seen >= WHOLE * this.#whole;
  }

  /** Whether some of them is. */
  get partlyHidden(): boolean {
    return this.#seen < PARTLY * this.#whole;
  }

  /** Whether most of them is. */
  get hardlySeen(): boolean {
    return this.#seen < HARDLY * this.#whole;
  }

  /**
   * @param area that is seen of them, pixels
   * @param apart whether nobody is with the main person; otherwise who is hidden is not forgotten
   */
  note(area: number, apart: boolean): void {
    this.#seen = area;
    if (!apart) this.#whole = Math.max(this.#whole, SURELY * area);
    else this.#whole = Math.max(area, this.#whole + PACE * (area - this.#whole));
  }
}
