import { describe, expect, it } from 'vitest';
import { Anchor } from './anchor.ts';
import { type Homography, mapX, through } from './homography.ts';

const by = (dx: number): Homography => [1, 0, dx, 0, 1, 0, 0, 0];
const SECOND = 1e6;

describe('through', () => {
  it('goes one way, then the other', () => {
    const turn: Homography = [0.99, -0.1, 3, 0.1, 0.99, -2, 1e-4, -2e-4];
    const both = through(by(5), turn);
    expect(mapX(both, 40, 30)).toBeCloseTo(mapX(turn, 40, 30) + 5);
  });
});

describe('Anchor', () => {
  it('keeps the plate before the first step, and moves that by all steps together', () => {
    const anchor = new Anchor(320, 240);
    expect(anchor.move(by(1), 0, 1)).toEqual({ keep: true, restore: false, map: by(1) });
    expect(anchor.move(by(2), 0.1 * SECOND, 1)).toEqual({ keep: false, restore: true, map: by(3) });
    expect(anchor.move(by(-1), 0.2 * SECOND, 1)).toEqual({ keep: false, restore: true, map: by(2) });
  });

  it('gives the plate itself back to a camera that came back, and keeps it anew', () => {
    const anchor = new Anchor(320, 240);
    anchor.move(by(1), 0, 1);
    expect(anchor.move(by(-0.9), 0.1 * SECOND, 1)).toEqual({ keep: false, restore: true, map: undefined });
    expect(anchor.move(by(1), 0.2 * SECOND, 1).keep).toBe(true);
  });

  it.each([
    ['the camera rested elsewhere', 1.2 * SECOND, 1, () => {}],
    ['more of the room was seen since', 0.1 * SECOND, 1.01, () => {}],
    ['what it has is to be forgotten', 0.1 * SECOND, 1, (anchor: Anchor) => anchor.drop()],
    ['time stepped back', -1, 1, () => {}],
    ['it goes farther than a desk shakes', 0.1 * SECOND, 1, (anchor: Anchor) => anchor.move(by(0.9), 0.05 * SECOND, 1)],
  ])('takes another anchor where %s', (_, time, coverage, change) => {
    const anchor = new Anchor(320, 240);
    anchor.move(by(3), 0, 1);
    change(anchor);
    expect(anchor.move(by(1), time, coverage)).toEqual({ keep: true, restore: false, map: by(1) });
  });

  it('takes another one after ten seconds of shaking, since what was seen since is not in it', () => {
    const anchor = new Anchor(320, 240);
    const kept = Array.from({ length: 103 }, (_, n) => {
      const step = n === 0 ? 2 : n % 2 ? -1 : 1;
      return anchor.move(by(step), n * 0.1 * SECOND, 1).keep;
    });
    expect(kept.flatMap((each, n) => (each ? [n] : []))).toEqual([0, 101]);
  });
});
