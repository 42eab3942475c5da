import { describe, expect, it } from 'vitest';
import { pictureBytes, wrapPicture } from './picture.ts';

describe('wrapPicture', () => {
  it.each([
    ['I420', 5, 3, 15 + 2 * 6],
    ['NV12', 4, 4, 24],
    ['RGBA', 5, 3, 60],
  ] as const)('%s %dx%d takes %d bytes, each of them in one channel at most', (format, width, height, bytes) => {
    expect(pictureBytes(format, width, height)).toBe(bytes);
    const picture = wrapPicture(format, width, height, new Uint8Array(bytes));
    const seen = new Set<number>();
    for (const { offset, step, stride, width: w, height: h } of picture.channels) {
      for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) seen.add(offset + y * stride + x * step);
    }
    expect(seen.size).toBe(format === 'RGBA' ? width * height * 3 : bytes);
    expect(Math.max(...seen)).toBeLessThan(bytes);
  });

  it('refuses a buffer that is too small and says how large it must be', () => {
    expect(() => wrapPicture('I420', 4, 4, new Uint8Array(23))).toThrow('needs 24 bytes; the buffer has 23');
  });
});
