import { describe, expect, it } from 'vitest';
import { fitHomography, type Homography, halved, type Match, mapX, mapY } from './homography.ts';

const MAP: Homography = [1.02, -0.03, 4, 0.02, 0.99, -6, 3e-5, -2e-5];

function matches(map: Homography, places: readonly (readonly [number, number])[]): Match[] {
  return places.map(([x, y]) => ({ x, y, toX: mapX(map, x, y), toY: mapY(map, x, y), weight: 1 }));
}

describe('a homography', () => {
  const grid = [40, 200, 330, 500].flatMap((x) => [30, 150, 310].map((y) => [x, y] as const));

  it('is found from where places went', () => {
    const found = fitHomography(matches(MAP, grid), 640, false);
    for (const [x, y] of grid) {
      expect(mapX(found, x, y)).toBeCloseTo(mapX(MAP, x, y), 1);
      expect(mapY(found, x, y)).toBeCloseTo(mapY(MAP, x, y), 1);
    }
  });

  it('is affine where that is asked for', () => {
    const found = fitHomography(matches([1.02, -0.03, 4, 0.02, 0.99, -6, 0, 0], grid), 640, true);
    expect(found[6]).toBe(0);
    expect(found[7]).toBe(0);
    expect(mapX(found, 500, 30)).toBeCloseTo(1.02 * 500 - 0.03 * 30 + 4, 1);
  });

  it('stays near a translation when the places lie on a line', () => {
    const line = [0, 100, 200, 300, 400, 500].map((x) => [x, 100] as const);
    const found = fitHomography(matches([1, 0, 5, 0, 1, -2, 0, 0], line), 640, false);
    expect(mapX(found, 300, 300)).toBeCloseTo(305, 1);
    expect(mapY(found, 300, 300)).toBeCloseTo(298, 1);
  });

  it('is the same for a chroma sample as for the place between the pixels that it stands for', () => {
    const half = halved(MAP);
    for (const [x, y] of [
      [0, 0],
      [100, 7],
      [201, 150],
    ] as const) {
      expect(2 * mapX(half, x, y) + 0.5).toBeCloseTo(mapX(MAP, 2 * x + 0.5, 2 * y + 0.5), 9);
      expect(2 * mapY(half, x, y) + 0.5).toBeCloseTo(mapY(MAP, 2 * x + 0.5, 2 * y + 0.5), 9);
    }
  });
});
