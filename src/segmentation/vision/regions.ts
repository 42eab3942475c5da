import type { Rect } from '../../geometry.ts';

/** Connected regions (8 neighbours) of a small mask. */
export interface Components {
  /** Per pixel 0 outside the mask, else the region's number from 1. */
  readonly labels: Int32Array;
  /** Number of regions. */
  readonly count: number;
}

/**
 * Labels the regions of `mask` (one byte a pixel, 0 or not) into `labels`.
 * Two passes with union-find (Rosenfeld and Pfaltz 1966).
 */
export function label(mask: Uint8Array, width: number, height: number, labels: Int32Array): Components {
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
  return { labels, count };
}

/** The box of every region, in the order of their numbers. */
export function boxes(labels: Int32Array, count: number, width: number): Rect[] {
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
