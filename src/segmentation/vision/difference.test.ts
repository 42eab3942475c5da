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

  describe('before wood in the sun, of which red alone is clipped', () => {
    const lit = (red: number, green: number, blue: number, gain = 1) => {
      const frame = flat(0);
      const [r, g, b] = [red, green, blue].map((level) => Math.min(255, gain * level)) as [number, number, number];
      const luma = 0.299 * r + 0.587 * g + 0.114 * b;
      frame.luma.fill(luma);
      frame.cb.fill(128 + (b - luma) / 1.772);
      frame.cr.fill(128 + (r - luma) / 1.402);
      return frame;
    };
    const wood = new BackgroundModel(WIDTH * HEIGHT);
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      wood.watch(i, lit(290, 170, 90), IDENTITY_FIT, 1);
      wood.adopt(i);
    }
    const scoreOf = (frame: Thumbnail, gain: number) =>
      new DifferenceMeter(WIDTH, HEIGHT).measure(frame, wood, { gain, offset: 0, cb: 0, cr: 0 }).score[MIDDLE]!;

    it.each([0.95, 1, 1.1, 1.25])('finds no difference in its light, whatever the exposure: %d', (gain) => {
      expect(scoreOf(lit(290, 170, 90, gain), gain)).toBeLessThan(1.8);
    });

    it('finds a shadow, a hand and a sleeve', () => {
      for (const gain of [1, 1.1]) {
        expect(scoreOf(lit(290, 170, 90, 0.7), gain)).toBeGreaterThan(4);
        expect(scoreOf(lit(220, 170, 150), gain)).toBeGreaterThan(4);
        expect(scoreOf(lit(60, 60, 90), gain)).toBeGreaterThan(4);
      }
    });
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
