import { describe, expect, it } from 'vitest';
import type { Rect } from '../../../geometry.ts';
import { CROP_SIZE_PX, type Crop, CropPass } from './crop-pass.ts';

const WIDTH = 256;
const HEIGHT = 144;

const LUMA = new Float32Array(WIDTH * HEIGHT).fill(100);

/** An answer with somebody over a part of the crop; `p` at its certain core. */
function answer(share: number, p = 0.95): Float32Array {
  const out = new Float32Array(CROP_SIZE_PX * CROP_SIZE_PX);
  const side = Math.sqrt(share) * CROP_SIZE_PX;
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) out[y * CROP_SIZE_PX + x] = p;
  return out;
}

const inside = ({ rect: { x, y, width, height } }: Crop) =>
  x >= 0 && y >= 0 && x + width <= WIDTH + 1e-6 && y + height <= HEIGHT + 1e-6;

describe('CropPass', () => {
  it('looks at every place of the frame at two distances', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    pass.everywhere();
    const crops = Array.from({ length: pass.wanted }, () => pass.next(0, [])!);
    for (const side of [HEIGHT, HEIGHT / 2]) {
      const set = crops.filter(({ rect }) => rect.width === side);
      for (let y = 1; y < HEIGHT; y += 7) {
        for (let x = 1; x < WIDTH; x += 7) {
          const hit = set.some(({ rect: r }) => x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height);
          expect(hit).toBe(true);
        }
      }
    }
    expect(crops.every(inside)).toBe(true);
  });

  it('takes turns between several people, and stays inside the frame', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    const people = [
      { x: 0, y: 20, width: 20, height: 60 },
      { x: 120, y: 0, width: 60, height: 144 },
      { x: 240, y: 100, width: 16, height: 44 },
    ];
    const seen = people.map(() => 0);
    for (let time = 0; time < 3; time += 1 / 15) {
      const crop = pass.next(time, people);
      if (!crop) continue;
      expect(inside(crop)).toBe(true);
      people.forEach((p, k) => {
        const { x, width, height } = crop.rect;
        if (p.x >= x && p.x + p.width <= x + width && p.height <= height) seen[k]!++;
      });
      pass.take(crop, answer(0.3), LUMA, time);
    }
    for (const times of seen) expect(times).toBeGreaterThanOrEqual(10);
  });

  it('looks closer at somebody found in a tile, comes back to them, and forgets what is not confirmed', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    const nobody: Rect[] = [];
    pass.take({ rect: { x: 100, y: 50, width: 72, height: 72 }, kind: 'tile' }, answer(0.04), LUMA, 0);
    expect(Math.max(...pass.probability), 'a tile alone is not believed').toBe(0);
    const closer = pass.next(0, nobody)!;
    expect(closer.kind).toBe('region');
    expect(closer.rect.width).toBeLessThan(40);
    pass.take(closer, answer(0.4), LUMA, 0);
    const i = Math.ceil(closer.rect.y + 2) * WIDTH + Math.ceil(closer.rect.x + 2);
    expect(pass.probability[i]).toBeCloseTo(0.95);
    pass.fade(LUMA, 0.9);
    expect(pass.probability[i]).toBeCloseTo(0.95);
    for (const time of [0.9, 1, 1.1]) {
      const again = pass.next(time, [{ x: 100, y: 50, width: 14, height: 14 }])!;
      pass.take(again, answer(0), LUMA, time);
      if (time < 1) expect(pass.probability[i]).toBeGreaterThan(0.2);
    }
    expect(pass.probability[i]).toBeLessThan(0.1);
  });

  it('does not stand by an answer for ever', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    pass.take({ rect: { x: 100, y: 50, width: 72, height: 72 }, kind: 'region' }, answer(0.4), LUMA, 0);
    pass.fade(LUMA, 2);
    expect(Math.max(...pass.probability)).toBe(0);
  });

  it('leaves no trail: what was said of a pixel that has changed since is dropped', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    pass.take({ rect: { x: 100, y: 50, width: 72, height: 72 }, kind: 'region' }, answer(1), LUMA, 0);
    const moved = LUMA.slice().fill(160, 60 * WIDTH, 61 * WIDTH);
    pass.fade(moved, 0.1);
    expect(pass.probability[60 * WIDTH + 120]).toBe(0);
    expect(pass.probability[62 * WIDTH + 120]).toBeCloseTo(0.95);
  });

  it('does not take a table foot for somebody', () => {
    const pass = new CropPass(WIDTH, HEIGHT);
    for (const kind of ['tile', 'region'] as const) {
      pass.take({ rect: { x: 0, y: 0, width: 72, height: 72 }, kind }, answer(0.012), LUMA, 0);
    }
    expect(pass.wanted).toBe(0);
    expect(Math.max(...pass.probability)).toBe(0);
  });
});
