import { describe, expect, it } from 'vitest';
import { areaOf, boxOf, regions } from './regions.ts';

const WIDTH = 8;
const PICTURE = [
  '##......', //
  '.#...##.',
  '......#.',
  '#.......',
  '#......#',
];
const MASK = Uint8Array.from(PICTURE.join(''), (c) => (c === '#' ? 1 : 0));
const found = () => regions(MASK, WIDTH, PICTURE.length, new Int32Array(MASK.length));

describe('regions', () => {
  it('joins what touches, corners too, in the order of its first pixels', () => {
    const { labels, count, areas } = found();
    expect(count).toBe(4);
    expect([...areas]).toEqual([0, 3, 3, 2, 1]);
    expect(labels[1 + WIDTH]).toBe(labels[0]);
    expect(labels[2]).toBe(0);
  });

  it('gives the box of each', () => {
    expect(found().boxes()).toEqual([
      { x: 0, y: 0, width: 2, height: 2 },
      { x: 5, y: 1, width: 2, height: 2 },
      { x: 0, y: 3, width: 1, height: 2 },
      { x: 7, y: 4, width: 1, height: 1 },
    ]);
  });

  it('sums, counts and folds over the pixels of each, and over no other', () => {
    const each = found();
    const x = (i: number) => i % WIDTH;
    expect([...each.sum(x)]).toEqual([0, 2, 17, 0, 7]);
    expect([...each.countWhere((i) => x(i) === 0)]).toEqual([0, 1, 0, 2, 0]);
    expect([...each.reduce(-1, (most, i) => Math.max(most, x(i)))]).toEqual([-1, 1, 6, 0, 7]);
  });

  it('clears the regions that are not kept', () => {
    const each = found();
    const mask = MASK.slice();
    each.keep(mask, (region) => each.areas[region]! >= 3);
    expect(areaOf(mask)).toBe(6);
    expect(boxOf(mask, WIDTH)).toEqual({ x: 0, y: 0, width: 7, height: 3 });
  });

  it('has neither regions nor a box where nothing is set', () => {
    const none = new Uint8Array(MASK.length);
    expect(regions(none, WIDTH, PICTURE.length, new Int32Array(none.length)).boxes()).toEqual([]);
    expect(boxOf(none, WIDTH)).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });

  it('finds what a flood fill finds, in the order of first pixels, whatever the mask', () => {
    const random = randomNumbers();
    for (const density of [0.2, 0.45, 0.6, 0.9]) {
      const [width, height] = [23, 17];
      const mask = Uint8Array.from({ length: width * height }, () => (random() < density ? 1 : 0));
      const expected = floodFill(mask, width, height);
      const found = regions(mask, width, height, new Int32Array(mask.length));
      expect([...found.labels]).toEqual(expected);
      expect(found.count).toBe(Math.max(...expected));
      const of = (region: number) => expected.flatMap((label, at) => (label === region ? [at] : []));
      for (let region = 1; region <= found.count; region++) {
        const pixels = of(region);
        const [columns, rows] = [pixels.map((at) => at % width), pixels.map((at) => Math.floor(at / width))];
        const [x, y] = [Math.min(...columns), Math.min(...rows)];
        expect(found.areas[region]).toBe(pixels.length);
        expect(found.sum((at) => at)[region]).toBe(pixels.reduce((sum, at) => sum + at, 0));
        expect(found.boxes()[region - 1]).toEqual({
          x,
          y,
          width: Math.max(...columns) + 1 - x,
          height: Math.max(...rows) + 1 - y,
        });
      }
    }
  });
});

/** The same numbers every time, 0..1. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function floodFill(mask: Uint8Array, width: number, height: number): number[] {
  const labels = new Array<number>(mask.length).fill(0);
  let count = 0;
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || labels[start]) continue;
    count++;
    for (const queue = [start]; queue.length; ) {
      const at = queue.pop()!;
      if (labels[at]) continue;
      labels[at] = count;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          if (mask[v * width + u]) queue.push(v * width + u);
        }
      }
    }
  }
  return labels;
}
