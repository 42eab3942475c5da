import { describe, expect, it } from 'vitest';
import { BackgroundModel } from './background-model.ts';
import { DifferenceMeter } from './difference.ts';
import { IDENTITY_FIT } from './photometric-fit.ts';
import { createThumbnail, type Thumbnail } from './thumbnail.ts';

const WIDTH = 9;
const HEIGHT = 7;

function flat(luma: number): Thumbnail {
  const frame = createThumbnail(WIDTH, HEIGHT);
  frame.luma.fill(luma);
  frame.cb.fill(128);
  frame.cr.fill(128);
  return frame;
}

/** A grey room, known where `isKnown` says so. */
function room(isKnown: (x: number, y: number) => boolean): BackgroundModel {
  const background = new BackgroundModel(WIDTH * HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    if (!isKnown(i % WIDTH, Math.floor(i / WIDTH))) continue;
    background.watch(i, flat(100), IDENTITY_FIT, 1);
    background.adopt(i);
  }
  return background;
}

const score = (isKnown: (x: number, y: number) => boolean, at: number, luma = 115) =>
  new DifferenceMeter(WIDTH, HEIGHT).measure(flat(luma), room(isKnown), IDENTITY_FIT).score[at]!;

const MIDDLE = 3 * WIDTH + 4;

describe('DifferenceMeter', () => {
  it('finds as much at the rim of the known room, and at one known pixel alone, as in its middle', () => {
    const inside = score(() => true, MIDDLE);
    expect(inside).toBeGreaterThan(2);
    expect(score((x) => x >= 4, MIDDLE)).toBeCloseTo(inside);
    expect(score((x, y) => x === 4 && y === 3, MIDDLE)).toBeCloseTo(inside);
    expect(score(() => true, 0)).toBeCloseTo(inside);
  });

  it('says nothing where the room is unknown', () => {
    expect(score((x) => x !== 4, MIDDLE)).toBe(0);
  });

  describe('before a window that is clipped', () => {
    const window = new BackgroundModel(WIDTH * HEIGHT);
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      window.watch(i, flat(255), IDENTITY_FIT, 1);
      window.adopt(i);
    }
    const scoreOf = (luma: number, gain: number, cr = 128) => {
      const frame = flat(luma);
      frame.cr.fill(cr);
      const fit = { gain, offset: 0, cb: 3, cr: -3 };
      return new DifferenceMeter(WIDTH, HEIGHT).measure(frame, window, fit).score[MIDDLE]!;
    };

    it.each([0.93, 1, 1.2])('finds no difference while it stays clipped, at a gain of %d', (gain) => {
      expect(scoreOf(255, gain)).toBeLessThan(1);
    });

    it('finds somebody, dark or light', () => {
      expect(scoreOf(60, 0.95)).toBeGreaterThan(4);
      expect(scoreOf(200, 1)).toBeGreaterThan(4);
      expect(scoreOf(220, 0.8, 150)).toBeGreaterThan(4);
    });
  });
});
