import { describe, expect, it } from 'vitest';
import { geodesicDilate } from './geodesic-dilation.ts';

let state = 3;
/** The same numbers every time, 0..1. */
function random(): number {
  state = (state * 16807) % 2147483647;
  return state / 2147483647;
}

/** A step at a time, over all pixels. */
function expected(mask: Uint8Array, open: Uint8Array, width: number, height: number, reach: number): number[] {
  let now = [...mask];
  for (let step = 0; step < reach; step++) {
    now = now.map((set, i) => {
      if (set || !open[i]) return set;
      const [x, y] = [i % width, Math.floor(i / width)];
      const near = (u: number, v: number) =>
        u >= 0 && v >= 0 && u < width && v < height && now[v * width + u] === 1 ? 1 : 0;
      let any = 0;
      for (const v of [y - 1, y, y + 1]) for (const u of [x - 1, x, x + 1]) any |= near(u, v);
      return any;
    });
  }
  return now;
}

describe('geodesicDilate', () => {
  it.each([
    [0.02, 0.5],
    [0.3, 0.1],
    [0.3, 0.9],
    [0, 1],
    [1, 1],
  ])('spreads from a share of %f over a share of %f as step by step over all pixels', (set, free) => {
    for (const [width, height] of [
      [17, 11],
      [1, 9],
      [9, 1],
    ] as const) {
      for (const reach of [0, 1, 2.5, 40]) {
        const mask = Uint8Array.from({ length: width * height }, () => (random() < set ? 1 : 0));
        const open = Uint8Array.from(mask, () => (random() < free ? 1 : 0));
        const wanted = expected(mask, open, width, height, reach);
        geodesicDilate(mask, open, width, height, reach, new Int32Array(mask.length));
        expect([...mask]).toEqual(wanted);
      }
    }
  });
});
