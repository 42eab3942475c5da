import { describe, expect, it } from 'vitest';
import { type Picture, pictureBytes, wrapPicture } from '../picture.ts';
import { GrainMeter } from './grain-meter.ts';
import { HoleMap } from './hole-map.ts';
import { SampleGrid } from './sample-grid.ts';

const [WIDTH, HEIGHT] = [320, 240];

/** About normal, mean 0, deviation 1; the same in every run. */
function source(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}

/** A ramp from black to white with noise by level, under an exposure that drifts. */
function frame(n: number, sigma: (level: number) => number, lift = 0): Picture {
  const picture = wrapPicture('I420', WIDTH, HEIGHT, new Uint8Array(pictureBytes('I420', WIDTH, HEIGHT)).fill(128));
  const normal = source(n + 1);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const level = 20 + (210 * (i % WIDTH)) / WIDTH;
    picture.data[i] = Math.min(255, Math.round(level + lift * n + sigma(level) * normal()));
  }
  return picture;
}

function measure(shoot: (n: number) => Picture, on = true): Float32Array {
  const grid = new SampleGrid('I420', WIDTH, HEIGHT);
  const holes = new HoleMap('I420', WIDTH, HEIGHT);
  holes.load({ width: 1, height: 1, data: new Uint8Array(1) });
  const meter = new GrainMeter(grid, on);
  for (let n = 0; n < 30; n++) {
    grid.look(shoot(n), holes);
    meter.measure();
  }
  return meter.table(new Float32Array(256));
}

describe('GrainMeter', () => {
  it.each([0.5, 1, 3, 6])('finds a noise of %d levels', (sigma) => {
    const table = measure((n) => frame(n, () => sigma));
    for (const level of [40, 120, 200]) expect(Math.abs(table[level]! - sigma)).toBeLessThan(0.15 + 0.1 * sigma);
  });

  it('finds it by brightness', () => {
    const table = measure((n) => frame(n, (level) => 1 + level / 60));
    expect(table[200]! / table[50]!).toBeGreaterThan(1.8);
  });

  it('takes neither an exposure that drifts, nor rounding, nor what moves for noise', () => {
    for (const lift of [0, 0.25, 1]) expect(Math.max(...measure((n) => frame(n, () => 0, lift)))).toBeLessThan(0.4);
    const moving = (n: number) => {
      const picture = frame(n, () => 1);
      for (let y = 0; y < HEIGHT; y++) picture.data.fill(n % 2 ? 230 : 20, y * WIDTH + 60, y * WIDTH + 120);
      return picture;
    };
    expect(measure(moving)[180]).toBeLessThan(1.3);
  });

  it('measures nothing where it is off', () => {
    expect(Math.max(...measure((n) => frame(n, () => 3), false))).toBe(0);
  });
});
