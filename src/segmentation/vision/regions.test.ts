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
});
