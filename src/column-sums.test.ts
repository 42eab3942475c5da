import { expect, it } from 'vitest';
import { sumColumns } from './column-sums.ts';

it.each([
  [1, 0, 8],
  [1, 3, 7],
  [2, 1, 5],
  [4, 2, 3],
])('adds every row up, samples %i apart, the first at %i, %i columns', (step, first, width) => {
  const pitch = first + step * width;
  const data = Uint8Array.from({ length: first + 10 * pitch }, (_, i) => (i * 89) % 256);
  for (const rows of [1, 2, 3, 4, 6, 7]) {
    const out = new Int32Array(width + 1).fill(-1);
    sumColumns(data, first, step, pitch, rows, width, out);
    const sum = (x: number) => {
      let total = 0;
      for (let y = 0; y < rows; y++) total += data[first + y * pitch + x * step]!;
      return total;
    };
    expect([...out]).toEqual([...Array.from({ length: width }, (_, x) => sum(x)), -1]);
  }
});
