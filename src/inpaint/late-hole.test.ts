import { describe, expect, it } from 'vitest';
import { box } from '../../test/inpaint-scene.ts';
import type { Mask } from '../mask.ts';
import { LateHole } from './late-hole.ts';

const [W, H] = [128, 96];
const at = (x0: number, y0: number, x1: number, y1: number) => box(W, H, x0, y0, x1, y1);
const BODY = at(50, 50, 90, 96);
const WHOLE = at(50, 20, 90, 96);

/** Thirty frames a second. */
const PERIOD_US = 1e6 / 30;
let now = 0;
const later = (us: number) => {
  now += us;
  return now;
};

/** Shows masks one after the other; gives what the last one makes forgotten. */
function show(late: LateHole, ...masks: Mask[]): Mask | undefined {
  let found: Mask | undefined;
  for (const mask of masks) found = late.find(mask, later(PERIOD_US));
  return found;
}

const times = (n: number, mask: Mask) => Array.from({ length: n }, () => mask);
const count = ({ data }: Mask) => data.reduce((sum, v) => sum + (v > 0 ? 1 : 0), 0);

describe('LateHole', () => {
  it.each([1, 15, 29])('finds a head that the mask missed for %d frames, down to the neck', (frames) => {
    const found = show(new LateHole(), ...times(frames, BODY), WHOLE)!;
    expect(count(found)).toBe(40 * 30);
    expect(found.data[49 * W + 70]).toBe(255);
    expect(found.data[50 * W + 70]).toBe(0);
  });

  it('finds somebody whom the mask lost for some frames', () => {
    const found = show(new LateHole(), ...times(9, WHOLE), ...times(5, at(0, 0, 0, 0)), WHOLE)!;
    expect(count(found)).toBe(40 * 76);
  });

  it('leaves alone what comes into the picture elsewhere', () => {
    const shadow = at(50, 50, 90, 96);
    for (let y = 0; y < 20; y++) shadow.data.fill(255, y * W, y * W + 20);
    expect(show(new LateHole(), ...times(9, BODY), shadow)).toBeUndefined();
  });

  it('leaves alone what the hole moves over', () => {
    const late = new LateHole();
    for (let x = 0; x < 80; x += 4) expect(show(late, at(x, 20, x + 40, 96))).toBeUndefined();
    for (let x = 80; x > 0; x -= 4) expect(show(late, at(x, 20, x + 40, 96))).toBeUndefined();
  });

  it('leaves alone what the hole moves over where frames are few: they have come further from one to the next', () => {
    const late = new LateHole();
    for (let x = 0; x < 80; x += 12) expect(late.find(at(x, 20, x + 40, 96), later(1e6 / 7))).toBeUndefined();
  });

  it('finds a late head where frames are few, and no more once a second has gone by', () => {
    const slowly = (frames: number) => {
      const late = new LateHole();
      for (let n = 0; n < frames; n++) late.find(BODY, later(1e6 / 7));
      return late.find(WHOLE, later(1e6 / 7));
    };
    expect(count(slowly(3)!)).toBe(40 * 30);
    expect(slowly(9)).toBeUndefined();
  });

  it('leaves alone a room that was seen for half a second before somebody ran in', () => {
    const late = new LateHole();
    show(late, ...times(20, at(0, 0, 0, 0)));
    for (let x = 10; x < 100; x += 15) expect(show(late, at(0, 20, x, 96)), `to ${x}`).toBeUndefined();
  });

  it('finds a late head while somebody else runs in', () => {
    const late = new LateHole();
    show(late, ...times(20, BODY));
    const both = (mask: Mask, x: number) => {
      const { data } = at(0, 60, x, 96);
      return { ...mask, data: mask.data.map((v, i) => v | data[i]!) };
    };
    expect(show(late, both(BODY, 8), both(BODY, 20))).toBeUndefined();
    expect(count(show(late, both(WHOLE, 32))!)).toBe(40 * 30);
  });

  it('leaves alone a room that was seen for long', () => {
    expect(show(new LateHole(), ...times(40, BODY), WHOLE)).toBeUndefined();
    expect(show(new LateHole(), ...times(40, at(0, 0, 0, 0)), WHOLE)).toBeUndefined();
  });
});
