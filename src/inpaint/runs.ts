/**
 * What is set of a grid, row by row, as runs of columns. A person is a few runs a row, so whoever walks over them has
 * nothing to ask of each pixel. Rows are written from the first to the last.
 */
export class Runs {
  /** The runs of row `y` lie in {@link columns} from `rows[y]` to `rows[y + 1]`. */
  readonly rows: Int32Array;
  /** Start and end (excluded) of every run; in a row in rising order, without touching. */
  columns = new Int32Array(256);
  #length = 0;
  /** The row that is written. */
  #row = 0;

  constructor(height: number) {
    this.rows = new Int32Array(height + 1);
  }

  /** Empty, and at row 0. */
  clear(): void {
    this.rows.fill(0);
    this.#length = 0;
    this.#row = 0;
  }

  /** Goes on to a row further down; those between are empty. */
  start(row: number): void {
    this.rows.fill(this.#length, this.#row + 1, row + 1);
    this.#row = row;
  }

  /** Adds columns `from` to `to` (excluded) to the row; none begins before the one that was added last. */
  add(from: number, to: number): void {
    if (from >= to) return;
    const n = this.#length;
    if (n > this.rows[this.#row]! && from <= this.columns[n - 1]!) {
      if (to > this.columns[n - 1]!) this.columns[n - 1] = to;
      return;
    }
    if (n === this.columns.length) {
      const longer = new Int32Array(2 * n);
      longer.set(this.columns);
      this.columns = longer;
    }
    this.columns[n] = from;
    this.columns[n + 1] = to;
    this.#length = n + 2;
  }

  /** The rest is empty. */
  end(): void {
    this.rows.fill(this.#length, this.#row + 1);
  }

  set({ rows, columns }: Runs): void {
    this.rows.set(rows);
    this.#row = rows.length - 1;
    this.#length = rows[rows.length - 1]!;
    if (this.columns.length < this.#length) this.columns = new Int32Array(columns.length);
    this.columns.set(columns.subarray(0, this.#length));
  }
}
