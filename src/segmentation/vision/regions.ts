import type { Rect } from '../../geometry.ts';

/**
 * The connected regions of a small mask, numbered from 1, and what is known of each. Arrays have one entry for each
 * region's number; entry 0 stands for the pixels outside the mask and stays at its start value.
 */
export class Regions {
  /** Per pixel 0 outside the mask, else its region's number. */
  readonly labels: Int32Array;
  /** Number of regions. */
  readonly count: number;
  readonly #width: number;
  /** Start, end (excluded) and region of every run of a row, in the order of the mask. */
  readonly #runs: readonly number[];
  #areas: Float64Array | undefined;

  constructor(labels: Int32Array, count: number, width: number, runs: readonly number[] = runsOf(labels, width)) {
    this.labels = labels;
    this.count = count;
    this.#width = width;
    this.#runs = runs;
  }

  /** Pixels. */
  get areas(): Float64Array {
    if (!this.#areas) {
      this.#areas = new Float64Array(this.count + 1);
      const runs = this.#runs;
      for (let k = 0; k < runs.length; k += 3) this.#areas[runs[k + 2]!]! += runs[k + 1]! - runs[k]!;
    }
    return this.#areas;
  }

  /** Pixels for which `holds` does. */
  countWhere(holds: (i: number) => unknown): Float64Array {
    return this.reduce(0, (count, i) => (holds(i) ? count + 1 : count));
  }

  /** Sums over pixels. */
  sum(value: (i: number) => number): Float64Array {
    return this.reduce(0, (sum, i) => sum + value(i));
  }

  /** Folds `step` over the pixels of each region, in the order of the mask. */
  reduce(start: number, step: (value: number, i: number) => number): Float64Array {
    const out = new Float64Array(this.count + 1).fill(start);
    const runs = this.#runs;
    for (let k = 0; k < runs.length; k += 3) {
      const region = runs[k + 2]!;
      let value = out[region]!;
      for (let i = runs[k]!, end = runs[k + 1]!; i < end; i++) value = step(value, i);
      out[region] = value;
    }
    return out;
  }

  /** Clears the pixels of `mask` whose region is not one to keep. */
  keep(mask: Uint8Array, isKept: (region: number) => boolean): void {
    const kept = Array.from({ length: this.count + 1 }, (_, region) => region > 0 && isKept(region));
    for (let i = 0; i < mask.length; i++) if (!kept[this.labels[i]!]) mask[i] = 0;
  }

  /** The box of every region, in the order of their numbers: the first is region 1's. */
  boxes(): Rect[] {
    const { labels, count } = this;
    const width = this.#width;
    const runs = this.#runs;
    const left = new Int32Array(count + 1).fill(width);
    const right = new Int32Array(count + 1);
    const top = new Int32Array(count + 1).fill(labels.length);
    const bottom = new Int32Array(count + 1);
    for (let k = 0; k < runs.length; k += 3) {
      const region = runs[k + 2]!;
      const y = Math.floor(runs[k]! / width);
      left[region] = Math.min(left[region]!, runs[k]! - y * width);
      right[region] = Math.max(right[region]!, runs[k + 1]! - y * width);
      top[region] = Math.min(top[region]!, y);
      bottom[region] = y + 1;
    }
    return Array.from({ length: count }, (_, k) => ({
      x: left[k + 1]!,
      y: top[k + 1]!,
      width: right[k + 1]! - left[k + 1]!,
      height: bottom[k + 1]! - top[k + 1]!,
    }));
  }
}

/**
 * Finds the connected regions (8 neighbours) of `mask` (one byte a pixel, 0 or not), run by run of its rows, with
 * union-find (He, Chao and Suzuki, "A run-based two-scan labeling algorithm", 2008).
 *
 * @param labels scratch, as long as the mask; the result keeps it until the next call with the same one
 */
export function regions(mask: Uint8Array, width: number, height: number, labels: Int32Array): Regions {
  const parent: number[] = [0];
  const find = (a: number): number => {
    let root = a;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[a] !== root) [a, parent[a]] = [parent[a]!, root];
    return root;
  };
  /** Start, end (excluded) and label of every run. */
  const runs: number[] = [];
  /** Where the runs of the row above begin in `runs`. */
  let above = 0;
  for (let y = 0; y < height; y++) {
    const row = runs.length;
    const end = (y + 1) * width;
    let other = above;
    for (let i = y * width; i < end; ) {
      if (!mask[i]) {
        i++;
        continue;
      }
      const start = i;
      while (i < end && mask[i]) i++;
      // Runs of the row above that end before this one's corner touch none of those to come either.
      while (other < row && runs[other + 1]! < start - width) other += 3;
      let own = 0;
      for (let k = other; k < row && runs[k]! <= i - width; k += 3) {
        const label = runs[k + 2]!;
        if (own === 0) own = label;
        else {
          const [a, b] = [find(own), find(label)];
          if (a < b) parent[b] = a;
          else parent[a] = b;
        }
      }
      if (own === 0) {
        own = parent.length;
        parent.push(own);
      }
      runs.push(start, i, own);
    }
    above = row;
  }
  const number = new Int32Array(parent.length);
  let count = 0;
  for (let a = 1; a < parent.length; a++) number[a] = find(a) === a ? ++count : number[find(a)]!;
  labels.fill(0);
  for (let k = 0; k < runs.length; k += 3) {
    const label = number[runs[k + 2]!]!;
    runs[k + 2] = label;
    labels.fill(label, runs[k]!, runs[k + 1]!);
  }
  return new Regions(labels, count, width, runs);
}

/** The runs of labels that were made elsewhere, as {@link regions} lists them. */
function runsOf(labels: Int32Array, width: number): number[] {
  const runs: number[] = [];
  for (let i = 0; i < labels.length; ) {
    const start = i;
    const label = labels[i]!;
    const end = (Math.floor(i / width) + 1) * width;
    while (i < end && labels[i] === label) i++;
    if (label > 0) runs.push(start, i, label);
  }
  return runs;
}

/** The box of the set pixels (1) of a mask; empty where none is. */
export function boxOf(mask: Uint8Array, width: number): Rect {
  const first = mask.indexOf(1);
  if (first < 0) return { x: 0, y: 0, width: 0, height: 0 };
  const top = Math.floor(first / width);
  const bottom = Math.floor(mask.lastIndexOf(1) / width);
  let left = width;
  let right = 0;
  for (let y = top; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < left; x++) if (mask[row + x]) left = x;
    for (let x = width - 1; x > right; x--) if (mask[row + x]) right = x;
  }
  right = Math.max(left, right);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Number of set pixels (1) of a mask. */
export function areaOf(mask: Uint8Array): number {
  let area = 0;
  for (const value of mask) area += value;
  return area;
}
