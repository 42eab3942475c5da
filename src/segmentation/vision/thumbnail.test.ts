import { describe, expect, it } from 'vitest';
import { type PictureFormat, pictureBytes, wrapPicture } from '../../picture.ts';
import { createThumbnail, shrink } from './thumbnail.ts';

/** A picture of one colour on the left and another one on the right, BT.601 limited range. */
function halves(format: PictureFormat, width: number, height: number) {
  const picture = wrapPicture(format, width, height, new Uint8Array(pictureBytes(format, width, height)));
  const colours =
    format === 'RGBA'
      ? [
          [255, 0, 0],
          [255, 255, 255],
        ]
      : [
          [81, 90, 240],
          [235, 128, 128],
        ];
  picture.channels.forEach(({ offset, stride, step, width: w, height: h }, c) => {
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) picture.data[offset + y * stride + x * step] = colours[2 * x < w ? 0 : 1]![c]!;
  });
  return picture;
}

describe('shrink', () => {
  it.each(['I420', 'NV12', 'RGBA'] as const)('gives the colours of a %s picture', (format) => {
    const thumbnail = createThumbnail(8, 6);
    shrink(halves(format, 64, 48), thumbnail);
    const pixel = (x: number) => [...thumbnail.rgba.subarray(4 * (2 * 8 + x), 4 * (2 * 8 + x) + 4)];
    for (const [x, colour] of [
      [1, [255, 0, 0, 255]],
      [6, [255, 255, 255, 255]],
    ] as const) {
      for (const [c, value] of pixel(x).entries()) expect(Math.abs(value - colour[c]!)).toBeLessThanOrEqual(2);
    }
    expect(thumbnail.luma[2 * 8 + 1]).toBeCloseTo(76, -0.5);
    expect(thumbnail.cr[2 * 8 + 1]).toBeGreaterThan(240);
    expect(Math.abs(thumbnail.cb[2 * 8 + 6]! - 128)).toBeLessThan(1);
  });

  it('averages all pixels of a cell', () => {
    const picture = wrapPicture(
      'RGBA',
      4,
      2,
      Uint8Array.from([0, 40, 80, 120, 0, 40, 80, 120].flatMap((v) => [v, v, v, 255])),
    );
    const thumbnail = createThumbnail(2, 1);
    shrink(picture, thumbnail);
    expect(thumbnail.rgba[0]).toBe(20);
    expect(thumbnail.rgba[4]).toBe(100);
  });

  it('takes a part of an odd-sized picture, up to its last row and column', () => {
    const picture = halves('I420', 33, 27);
    const thumbnail = createThumbnail(4, 4);
    shrink(picture, thumbnail, { x: 20, y: 14, width: 13, height: 13 });
    for (let i = 0; i < 16; i++) expect(thumbnail.rgba[4 * i + 1]).toBeGreaterThan(250);
  });

  it('enlarges a picture smaller than the thumbnail', () => {
    const thumbnail = createThumbnail(16, 16);
    shrink(halves('I420', 6, 6), thumbnail);
    expect(thumbnail.rgba[4 * 15 + 1]).toBe(255);
    expect([...thumbnail.luma].every(Number.isFinite)).toBe(true);
  });
});
