import { describe, expect, it } from 'vitest';
import { tiles } from './rects.ts';

describe('tiles', () => {
  it('cover pictures of common shapes twice, with squares that overlap', () => {
    for (const [width, height] of [
      [384, 216],
      [216, 384],
      [384, 288],
    ] as const) {
      const all = tiles(width, height);
      for (const rect of all) expect(rect.width).toBe(rect.height);
      expect(all.length).toBeLessThan(30);
      expect(new Set(all.map((rect) => rect.width)).size).toBe(2);
    }
  });

  it('are few in strips, and leave nothing out', () => {
    for (const [width, height] of [
      [384, 10],
      [10, 384],
      [384, 60],
      [384, 1],
    ] as const) {
      const all = tiles(width, height);
      expect(all.length, `${width}x${height}`).toBeLessThan(30);
      const seen = new Uint8Array(width * height);
      for (const rect of all) {
        for (let y = Math.floor(rect.y); y < rect.y + rect.height; y++) {
          for (let x = Math.floor(rect.x); x < rect.x + rect.width; x++) seen[y * width + x] = 1;
        }
      }
      expect(seen.every(Boolean), `${width}x${height}`).toBe(true);
    }
  });
});
