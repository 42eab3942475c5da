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
  #areas: Float64Array | undefined;

  constructor(labels: Int32Array, count: number, width: number) {
    this.labels = labels;
    this.count = count;
    this.#width = width;
  }

  /** Pixels. */
  get areas(): Float64Array {
    this.#areas ??= this.countWhere(() => true);
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
    const { labels } = this;
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      if (region > 0) out[region] = step(out[region]!, i);
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
    const left = new Int32Array(count + 1).fill(width);
    const right = new Int32Array(count + 1);
    const top = new Int32Array(count + 1).fill(labels.length);
    const bottom = new Int32Array(count + 1);
    for (let i = 0, x = 0, y = 0; i < labels.length; i++) {
      const region = labels[i]!;
      if (region > 0) {
        if (x < left[region]!) left[region] = x;
        if (x >= right[region]!) right[region] = x + 1;
        if (y < top[region]!) top[region] = y;
        bottom[region] = y + 1;
      }
      if (++x === width) {
        x = 0;
        y++;
      }
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
 * Finds the connected regions (8 neighbours) of `mask` (one byte a pixel, 0 or not). Two passes with union-find
 * (Rosenfeld and Pfaltz 1966).
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
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      labels[i] = 0;
      if (!mask[i]) continue;
      let own = x > 0 ? labels[i - 1]! : 0;
      if (y > 0) {
        for (let k = i - width - (x > 0 ? 1 : 0); k <= i - width + (x < width - 1 ? 1 : 0); k++) {
          const other = labels[k]!;
          if (other === 0 || other === own) continue;
          if (own === 0) own = other;
          else {
            const [a, b] = [find(own), find(other)];
            if (a < b) parent[b] = a;
            else parent[a] = b;
          }
        }
      }
      if (own === 0) {
        own = parent.length;
        parent.push(own);
      }
      labels[i] = own;
    }
  }
  const number = new Int32Array(parent.length);
  let count = 0;
  for (let a = 1; a < parent.length; a++) number[a] = find(a) === a ? ++count : number[find(a)]!;
  for (let i = 0; i < labels.length; i++) labels[i] = number[labels[i]!]!;
  return new Regions(labels, count, width);
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
