import { describe, expect, it } from 'vitest';
import { distanceTo, FAR_PX } from './morphology.ts';

const [WIDTH, HEIGHT] = [31, 19];

/** Pixels from one to the other in steps of one and of a diagonal. */
function chamfer(a: number, b: number): number {
  const dx = Math.abs((a % WIDTH) - (b % WIDTH));
  const dy = Math.abs(Math.floor(a / WIDTH) - Math.floor(b / WIDTH));
  return Math.abs(dx - dy) + Math.SQRT2 * Math.min(dx, dy);
}

describe('distanceTo', () => {
  it.each([[[0]], [[WIDTH * HEIGHT - 1]], [[40, 333]], [[15, 16, 17, 300, 301]], [[WIDTH - 1, WIDTH * 9]]])(
    'finds for every pixel the nearest of %j',
    (set) => {
      const mask = new Uint8Array(WIDTH * HEIGHT);
      for (const at of set) mask[at] = 1;
      for (const reach of [Number.POSITIVE_INFINITY, 4]) {
        const out = new Float32Array(mask.length);
        distanceTo(mask, WIDTH, HEIGHT, out, reach);
        for (let i = 0; i < out.length; i++) {
          const nearest = Math.min(...set.map((at) => chamfer(i, at)));
          if (nearest <= reach) expect(out[i]).toBeCloseTo(nearest, 4);
          else expect(out[i]).toBeGreaterThan(reach);
        }
      }
    },
  );

  it('is far from everything where nothing is set', () => {
    const out = new Float32Array(WIDTH * HEIGHT);
    distanceTo(new Uint8Array(WIDTH * HEIGHT), WIDTH, HEIGHT, out);
    expect(new Set(out)).toEqual(new Set([FAR_PX]));
  });
});
