import { describe, expect, it } from 'vitest';
import { box, inpaint, shoot } from '../../test/inpaint-scene.ts';
import type { Picture } from '../picture.ts';
import { CpuInpainter } from './cpu-inpainter.ts';

const [WIDTH, HEIGHT] = [160, 120];
const HOLE = { x0: 50, y0: 30, x1: 110, y1: 90 };
const FPS = 30;

/** Somebody types for a second in two: 1.5 pixels, 8 Hz. */
const shake = (n: number) => {
  const t = n / FPS;
  return t % 2 < 1 ? 0 : 1.5 * Math.sin(2 * Math.PI * 8 * t);
};

/** Of the luma in the hole: how much neighbours differ. */
function sharpness({ data }: Picture): number {
  let sum = 0;
  for (let y = HOLE.y0 + 4; y < HOLE.y1 - 4; y++) {
    for (let x = HOLE.x0 + 4; x < HOLE.x1 - 4; x++)
      sum +=
        (data[y * WIDTH + x]! - data[y * WIDTH + x - 1]!) ** 2 +
        (data[y * WIDTH + x]! - data[(y - 1) * WIDTH + x]!) ** 2;
  }
  return Math.sqrt(sum);
}

describe('a plate behind somebody who types', () => {
  it('is as sharp after five bursts as it was', async () => {
    const inpainter = new CpuInpainter({ grain: false });
    const hole = box(WIDTH, HEIGHT, HOLE.x0, HOLE.y0, HOLE.x1, HOLE.y1);
    const nothing = box(WIDTH, HEIGHT, 0, 0, 0, 0);
    for (let n = 0; n < 20; n++) await inpaint(inpainter, shoot('I420', WIDTH, HEIGHT), nothing);
    const truth = sharpness(shoot('I420', WIDTH, HEIGHT));
    let moved = 0;
    let last = 0;
    for (let n = 0; n <= 10 * FPS + 15; n++) {
      const shown = shoot('I420', WIDTH, HEIGHT, {
        dx: shake(n),
        paint: (x, y, v) => (x > 54 && x < 106 && y > 34 && y < 86 ? 40 : v),
      });
      const { camera } = await inpaint(inpainter, shown, hole);
      if (camera === 'moved') moved++;
      if (shake(n) === 0) last = sharpness(shown);
    }
    expect(moved).toBeGreaterThan(50);
    expect(last / truth).toBeGreaterThan(0.9);
    expect(last / truth).toBeLessThan(1.05);
  });
});
