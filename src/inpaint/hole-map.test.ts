import { describe, expect, it } from 'vitest';
import { setByRuns } from '../../test/inpaint-scene.ts';
import { HOLE, type Mask } from '../mask.ts';
import { HoleMap } from './hole-map.ts';
import { Ramp } from './ramp.ts';

let state = 1;
/** The same numbers every time, 0..1. */
function random(): number {
  state = (state * 16807) % 2147483647;
  return state / 2147483647;
}

/** Every pixel by itself. */
function expected({ width, height, data }: Mask, to: { readonly width: number; readonly height: number }): number[] {
  const ramp = new Ramp(to, 0, { width, height }, to.width / width, to.height / height);
  return Array.from({ length: to.width * to.height }, (_, i) => {
    const [x, y] = [i % to.width, Math.floor(i / to.width)];
    const column = (at: number) => {
      const a = data[ramp.y.left[y]! * width + at]!;
      return Math.fround(a + (data[ramp.y.right[y]! * width + at]! - a) * ramp.y.weight[y]!);
    };
    const a = column(ramp.x.left[x]!);
    return a + (column(ramp.x.right[x]!) - a) * ramp.x.weight[x]! >= HOLE ? 1 : 0;
  });
}

/** A chroma sample is hole where one of its pixels is. */
function halved(pixels: readonly number[], width: number, height: number): number[] {
  const columns = (width + 1) >> 1;
  const out = new Array<number>(columns * ((height + 1) >> 1)).fill(0);
  for (const [i, set] of pixels.entries()) if (set) out[((i / width) >> 1) * columns + ((i % width) >> 1)] = 1;
  return out;
}

describe('HoleMap', () => {
  it.each([
    [5, 4, 33, 26],
    [16, 9, 64, 36],
    [9, 16, 40, 71],
    [12, 12, 12, 12],
    [20, 15, 13, 9],
    [1, 1, 6, 4],
  ])('lays a %ix%i mask over %ix%i pixels as if each were worked out by itself', (w, h, width, height) => {
    const holes = new HoleMap('I420', width, height);
    for (const density of [0, 0.03, 0.3, 0.7, 0.97, 1]) {
      for (const soft of [false, true]) {
        const value = () => (random() < density ? 255 : 0);
        const data = Uint8Array.from({ length: w * h }, () =>
          soft ? Math.floor((value() + 255 * random()) / 2) : value(),
        );
        const mask = { width: w, height: h, data };
        holes.load(mask);
        const pixels = expected(mask, { width, height });
        expect([...holes.full.data]).toEqual(pixels);
        expect(setByRuns(holes.full)).toEqual(pixels);
        expect([...holes.half.data]).toEqual(halved(pixels, width, height));
        expect(setByRuns(holes.half)).toEqual(halved(pixels, width, height));
        expect(holes.count).toBe(pixels.filter(Boolean).length);
        const at = pixels.flatMap((set, i) => (set ? [i] : []));
        const { x0, x1, y0, y1 } = holes.full;
        if (at.length === 0) expect([x0, x1, y0, y1]).toEqual([0, 0, 0, 0]);
        else {
          const [columns, rows] = [at.map((i) => i % width), at.map((i) => Math.floor(i / width))];
          expect([x0, x1]).toEqual([Math.min(...columns), Math.max(...columns) + 1]);
          expect([y0, y1]).toEqual([Math.min(...rows), Math.max(...rows) + 1]);
        }
      }
    }
  });
});
