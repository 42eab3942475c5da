import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLE, type Mask } from '../mask.ts';
import { type PictureFormat, pictureBytes, wrapPicture } from '../picture.ts';
import { coverHole, coverPicture } from './cover.ts';

const FORMATS: PictureFormat[] = ['I420', 'NV12', 'RGBA'];

/** A linear congruential generator: any bytes do, as long as a seed always gives the same. */
function fillWithNoise(data: Uint8Array, seed: number): void {
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    data[i] = state >> 16;
  }
}

function noise(format: PictureFormat, width: number, height: number, seed: number) {
  const data = new Uint8Array(pictureBytes(format, width, height));
  fillWithNoise(data, seed);
  return wrapPicture(format, width, height, data);
}

/** Bilinear value of a mask at a picture pixel, as the contract of `Mask` puts it. */
function maskAt(mask: Mask, x: number, y: number, width: number, height: number): number {
  const at = (v: number, n: number) => Math.min(n - 1, Math.max(0, v));
  const fx = ((x + 0.5) * mask.width) / width - 0.5;
  const fy = ((y + 0.5) * mask.height) / height - 0.5;
  const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
  const pick = (i: number, j: number) => mask.data[at(j, mask.height) * mask.width + at(i, mask.width)]!;
  const top = pick(x0, y0) * (1 - fx + x0) + pick(x0 + 1, y0) * (fx - x0);
  const low = pick(x0, y0 + 1) * (1 - fx + x0) + pick(x0 + 1, y0 + 1) * (fx - x0);
  return top * (1 - fy + y0) + low * (fy - y0);
}

describe('cover', () => {
  it.each(FORMATS)('blank shows nothing of a %s picture', (format) => {
    const a = noise(format, 33, 17, 1);
    const b = noise(format, 33, 17, 2);
    coverPicture(a, 'blank');
    coverPicture(b, 'blank');
    expect(a.data).toEqual(b.data);
    expect(new Set(a.channels.map(({ offset }) => a.data[offset])).size).toBeLessThanOrEqual(2);
  });

  it.each(FORMATS)('mosaic leaves at most about a hundred tiles of a %s picture', (format) => {
    const picture = noise(format, 160, 90, 3);
    coverPicture(picture, 'mosaic');
    const luma = picture.channels[0];
    const tiles = new Set<string>();
    for (let y = 0; y < 90; y += 10) {
      for (let x = 0; x < 160; x += 10) {
        const values = new Set<number>();
        for (let j = 0; j < 10; j++) {
          for (let i = 0; i < 10; i++) {
            values.add(picture.data[luma.offset + (y + j) * luma.stride + (x + i) * luma.step]!);
          }
        }
        expect(values.size).toBe(1);
        tiles.add(`${x},${y}`);
      }
    }
    expect(tiles.size).toBeLessThanOrEqual(160);
  });

  it('covers every pixel that a mask of any size calls hole', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), size, size, size, size, fc.integer(), (format, w, h, mw, mh, seed) => {
        const mask: Mask = { width: mw, height: mh, data: new Uint8Array(mw * mh) };
        fillWithNoise(mask.data, seed);
        mask.data.forEach((value, at) => {
          mask.data[at] = value & 1 ? 255 : 0;
        });
        const picture = noise(format, w, h, seed);
        const raw = picture.data.slice();
        coverHole(picture, mask);
        const [luma] = picture.channels;
        const grey = new Set<number>();
        for (let y = 0; y < h; y++) {
          for (let x = 0; x < w; x++) {
            const at = luma.offset + y * luma.stride + x * luma.step;
            if (maskAt(mask, x, y, w, h) >= HOLE) grey.add(picture.data[at]!);
            else if (mask.data.every((value) => value === 0)) expect(picture.data[at]).toBe(raw[at]);
          }
        }
        expect(grey.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});
