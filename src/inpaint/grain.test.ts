import { describe, expect, it } from 'vitest';
import { box, inpaint, shoot } from '../../test/inpaint-scene.ts';
import { CpuInpainter } from './cpu-inpainter.ts';

const [WIDTH, HEIGHT] = [160, 120];
const HOLE = [50, 30, 110, 90] as const;

/** A camera's noise, about normal: the same in every run. */
function noise(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}

/** Deviation over time of the luma in the hole, over that beside it. */
async function aliveness(sigma: number, grain: boolean): Promise<number> {
  const inpainter = new CpuInpainter({ grain });
  const nothing = box(WIDTH, HEIGHT, 0, 0, 0, 0);
  const hole = box(WIDTH, HEIGHT, ...HOLE);
  const seen: Uint8Array[] = [];
  for (let n = 0; n < 50; n++) {
    const normal = noise(n + 1);
    const paint = (_x: number, _y: number, v: number) => v + sigma * normal();
    const picture = shoot('I420', WIDTH, HEIGHT, { paint });
    await inpaint(inpainter, picture, n < 30 ? nothing : hole);
    if (n >= 40) seen.push(picture.data.slice(0, WIDTH * HEIGHT));
  }
  const deviation = (x0: number, y0: number, x1: number, y1: number) => {
    let sum = 0;
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const values = seen.map((data) => data[y * WIDTH + x]!);
        const mean = values.reduce((a, b) => a + b) / values.length;
        sum += values.reduce((s, v) => s + (v - mean) ** 2, 0);
      }
    }
    return Math.sqrt(sum / ((x1 - x0) * (y1 - y0)));
  };
  return deviation(60, 40, 100, 80) / deviation(0, 0, 40, 40);
}

describe('the camera’s grain in the hole', () => {
  it.each([1, 3, 6])('makes what was seen before as alive as what is beside it, at a noise of %d', async (sigma) => {
    const ratio = await aliveness(sigma, true);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.3);
  });

  it('is left out where it is off', async () => {
    expect(await aliveness(3, false)).toBeLessThan(0.4);
  });
});
