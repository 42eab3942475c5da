import type { Picture } from '../picture.ts';

/**
 * Full-range sRGB bytes to limited-range BT.601 4:2:0 (ITU-R BT.601-7, 8-bit fixed point). Chroma is the mean of the
 * 2x2 pixels that it stands for.
 */
export function rgbaToI420(from: Picture, to: Picture): void {
  const { width, height, data: rgba } = from;
  const { data: yuv, channels } = to;
  const [luma, cb, cr] = channels;
  for (let y = 0; y < height; y += 2) {
    const rows = y + 1 < height ? 2 : 1;
    for (let x = 0; x < width; x += 2) {
      const columns = x + 1 < width ? 2 : 1;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < rows; j++) {
        for (let i = 0; i < columns; i++) {
          const p = ((y + j) * width + x + i) * 4;
          const r = rgba[p]!;
          const g = rgba[p + 1]!;
          const b = rgba[p + 2]!;
          red += r;
          green += g;
          blue += b;
          yuv[luma.offset + (y + j) * luma.stride + x + i] = (66 * r + 129 * g + 25 * b + 4224) >> 8;
        }
      }
      const n = rows * columns;
      const at = (y >> 1) * cb.stride + (x >> 1);
      yuv[cb.offset + at] = (-38 * red - 74 * green + 112 * blue + 32896 * n) / (256 * n);
      yuv[cr.offset + at] = (112 * red - 94 * green - 18 * blue + 32896 * n) / (256 * n);
    }
  }
}
