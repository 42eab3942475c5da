import { describe, expect, it } from 'vitest';
import { Runs } from './runs.ts';

/** Row by row. */
const rowsOf = ({ rows, columns }: Runs) =>
  Array.from({ length: rows.length - 1 }, (_, y) => [...columns.subarray(rows[y]!, rows[y + 1]!)]);

describe('Runs', () => {
  it('leaves rows empty that were passed over, before, between and after', () => {
    const runs = new Runs(6);
    runs.clear();
    runs.start(1);
    runs.add(3, 5);
    runs.add(8, 9);
    runs.start(4);
    runs.add(0, 2);
    runs.end();
    expect(rowsOf(runs)).toEqual([[], [3, 5, 8, 9], [], [], [0, 2], []]);
  });

  it('makes one run of those that touch or overlap in a row, and never of two rows', () => {
    const runs = new Runs(2);
    runs.start(0);
    runs.add(2, 4);
    runs.add(4, 6);
    runs.add(5, 5);
    runs.add(5, 6);
    runs.add(5, 9);
    runs.start(1);
    runs.add(9, 12);
    runs.end();
    expect(rowsOf(runs)).toEqual([
      [2, 9],
      [9, 12],
    ]);
  });

  it('grows, is copied whole, and forgets what it was', () => {
    const runs = new Runs(3);
    const copy = new Runs(3);
    runs.start(1);
    for (let x = 0; x < 1000; x += 2) runs.add(x, x + 1);
    runs.end();
    copy.set(runs);
    runs.clear();
    runs.end();
    expect(rowsOf(runs)).toEqual([[], [], []]);
    expect(rowsOf(copy)[1]).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    copy.set(runs);
    expect(rowsOf(copy)).toEqual([[], [], []]);
  });
});
