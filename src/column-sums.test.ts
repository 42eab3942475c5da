import { expect, it } from 'vitest';
import { sumColumns } from './column-sums.ts';

it.each([
  [1, 0, 8, 0],
  [1, 3, 17, 0],
  [1, 5, 2, 0],
  [1, 6, 18, 2],
  [2, 1, 5, 0],
  [4, 2, 3, 0],
])(
  'adds every row up, samples %i apart, the first at %i, %i columns, %i bytes into a buffer',
  (step, first, width, offset) => {
    for (const pitch of [first + step * width, (first + step * width + 3) & ~3]) {
      const all = Uint8Array.from({ length: offset + first + 260 * pitch }, (_, i) => (i % 7 ? 255 : (i * 89) % 256));
      const data = all.subarray(offset);
      for (const rows of [0, 1, 2, 3, 4, 7, 257, 259]) {
        const out = new Int32Array(width + 1).fill(-1);
        sumColumns(data, first, step, pitch, rows, width, out);
        const sum = (x: number) => {
          let total = 0;
          for (let y = 0; y < rows; y++) total += data[first + y * pitch + x * step]!;
          return total;
        };
        expect([...out]).toEqual([...Array.from({ length: width }, (_, x) => sum(x)), -1]);
      }
    }
  },
);
