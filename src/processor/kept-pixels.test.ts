import { describe, expect, it } from 'vitest';
import { type Picture, type PictureFormat, pictureBytes, wrapPicture } from '../picture.ts';
import { KeptPixels } from './kept-pixels.ts';

const WIDTH = 64;
const HEIGHT = 48;

function picture(format: PictureFormat): Picture {
  const data = new Uint8Array(pictureBytes(format, WIDTH, HEIGHT));
  for (let i = 0; i < data.length; i++) data[i] = 1 + ((i * 37) % 199);
  return wrapPicture(format, WIDTH, HEIGHT, data);
}

/** A 32x24 mask of the columns from `left` to before `right`. */
function columns(left: number, right: number) {
  const data = new Uint8Array(32 * 24);
  for (let i = 0; i < data.length; i++) data[i] = i % 32 >= left && i % 32 < right ? 255 : 0;
  return { width: 32, height: 24, data };
}

describe.each(['I420', 'NV12', 'RGBA'] as const)('KeptPixels in %s', (format) => {
  it('puts back what is kept and not hole, bit for bit, and nothing else', () => {
    const frame = picture(format);
    const before = frame.data.slice();
    const kept = new KeptPixels();
    const union = kept.save(frame, columns(0, 12), columns(10, 20));
    expect(union.data.slice(0, 32).findLastIndex((value) => value > 0)).toBe(19);
    frame.data.fill(0);
    kept.restore(frame);
    for (const { offset, stride, step, shift, width, height } of frame.channels) {
      for (let y = 0; y < height; y += 5) {
        for (let x = 0; x < width; x++) {
          const i = offset + y * stride + x * step;
          const column = (x << shift) / 2; // of the mask
          if (column >= 14 && column < 18) expect(frame.data[i]).toBe(before[i]);
          if (column < 12 || column > 20.5) expect(frame.data[i], `${x},${y}`).toBe(0);
        }
      }
    }
  });

  it('keeps nothing where all of it is hole, whatever it kept before', () => {
    const frame = picture(format);
    const kept = new KeptPixels();
    kept.save(frame, columns(0, 0), columns(0, 32));
    kept.save(frame, columns(0, 32), columns(10, 20));
    frame.data.fill(0);
    kept.restore(frame);
    expect(Math.max(...frame.data)).toBe(0);
  });
});

it('refuses masks of different sizes', () => {
  const other = { width: 2, height: 1, data: new Uint8Array(2) };
  expect(() => new KeptPixels().save(picture('I420'), columns(0, 1), other)).toThrow(
    /2x1 is to be kept of a hole of 32x24/,
  );
});
