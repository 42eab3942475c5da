import { describe, expect, it } from 'vitest';
import { RowFlicker } from './row-flicker.ts';
import { createThumbnail } from './thumbnail.ts';

const [WIDTH, HEIGHT] = [96, 72];
const NOTHING = new Uint8Array(WIDTH * HEIGHT);

/** A textured wall under lamps that flicker by `share`, with somebody of luma 30 over the first `person` columns. */
function frame(n: number, share: number, person = 0) {
  const out = createThumbnail(WIDTH, HEIGHT);
  for (let i = 0; i < out.luma.length; i++) {
    const x = i % WIDTH;
    const y = Math.floor(i / WIDTH);
    const gain = 1 + share * Math.sin(2 * Math.PI * ((1.4 * y) / HEIGHT + 0.19 * n));
    out.luma[i] = gain * (x < person ? 30 : 130 + 30 * Math.sin(x / 3) + 20 * Math.sin(y / 4));
  }
  return out;
}

function worst(a: Float32Array, b: Float32Array, from = 0): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) if (i % WIDTH >= from) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

describe('RowFlicker', () => {
  it.each([0.05, 0.1, 0.2])('takes bands of %d out of the picture', (share) => {
    const flicker = new RowFlicker(WIDTH, HEIGHT);
    for (let n = 0; n < 50; n++) flicker.remove(frame(n, share), NOTHING, 0.04);
    const before = frame(50, share);
    flicker.remove(before, NOTHING, 0.04);
    const after = frame(51, share);
    flicker.remove(after, NOTHING, 0.04);
    expect(worst(after.luma, before.luma)).toBeLessThan(5);
  });

  it('believes in lamps after a second: who moves looks like them for a moment', () => {
    const flicker = new RowFlicker(WIDTH, HEIGHT);
    for (let n = 0; n < 40; n++) flicker.remove(frame(0, 0), NOTHING, 0.04);
    const shown = (n: number) => {
      const taken = frame(n, 0.1);
      flicker.remove(taken, NOTHING, 0.04);
      return worst(taken.luma, frame(n, 0.1).luma);
    };
    for (let n = 0; n < 20; n++) expect(shown(n)).toBe(0);
    for (let n = 20; n < 30; n++) shown(n);
    expect(shown(30)).toBeGreaterThan(5);
  });

  it.each([0.1, 0.2])(
    'says that nothing is known yet in the first second under bands of %d, and no longer',
    (share) => {
      const flicker = new RowFlicker(WIDTH, HEIGHT);
      const told = Array.from({ length: 50 }, (_, n) => flicker.remove(frame(n, share), NOTHING, 0.04));
      expect(told.slice(5, 23)).toEqual(Array.from({ length: 18 }, () => false));
      expect(told.slice(26)).toEqual(Array.from({ length: 24 }, () => true));
      const steady = new RowFlicker(WIDTH, HEIGHT);
      for (let n = 0; n < 30; n++) expect(steady.remove(frame(0, 0, n), NOTHING, 0.04)).toBe(true);
    },
  );

  it('leaves a picture without bands as it is, to the bit, whoever comes in', () => {
    const flicker = new RowFlicker(WIDTH, HEIGHT);
    for (let n = 0; n < 20; n++) {
      const shown = frame(0, 0, n > 10 ? 4 * (n - 10) : 0);
      flicker.remove(shown, NOTHING, 0.04);
      expect(worst(shown.luma, frame(0, 0, n > 10 ? 4 * (n - 10) : 0).luma)).toBe(0);
    }
  });

  it('does not take shadows on what is not clipped for lamps, before a wall that is, and leaves the wall as it is', () => {
    /** Rows above `from` are white, the others a floor on which the light falls and rises. */
    const backlit = (n: number, from: number) => {
      const out = frame(n, 0.1);
      for (let i = 0; i < from * WIDTH; i++) out.luma[i] = 255;
      return out;
    };
    const taken = (from: number) => {
      const flicker = new RowFlicker(WIDTH, HEIGHT);
      let last = backlit(0, from);
      for (let n = 0; n < 60; n++) {
        last = backlit(n, from);
        flicker.remove(last, NOTHING, 0.04);
      }
      return { wall: last.luma.slice(0, from * WIDTH), off: worst(last.luma, backlit(59, from).luma) };
    };
    expect(taken(HEIGHT / 2).off).toBe(0);
    // Half as much wall: these are lamps, which do not change what is clipped.
    expect(taken(HEIGHT / 4).off).toBeGreaterThan(5);
    expect(new Set(taken(HEIGHT / 4).wall)).toEqual(new Set([255]));
  });

  it('does not take somebody who comes in for light', () => {
    const flicker = new RowFlicker(WIDTH, HEIGHT);
    for (let n = 0; n < 50; n++) flicker.remove(frame(n, 0.1), NOTHING, 0.04);
    const room = frame(49, 0);
    const shown = frame(50, 0.1, 40);
    flicker.remove(shown, NOTHING, 0.04);
    expect(worst(shown.luma, room.luma, 40)).toBeLessThan(8);
    for (let y = 0; y < HEIGHT; y++) expect(shown.luma[y * WIDTH + 20]).toBeLessThan(40);
  });
});
