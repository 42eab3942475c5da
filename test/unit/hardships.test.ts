import { describe, expect, it } from 'vitest';
import { HARDSHIPS, kindsOf } from '../../tools/eval/hardships.mjs';

const row = (name: string, clip: string, more: object = {}) => ({
  ...{ name, clip, make: ['late', '15'], least: 1, heads: 0, excess: 0.2, covered: 0, raw: 0, rawFrames: [] },
  ...more,
});
const kinds = (...rows: object[]) =>
  kindsOf(rows).map(({ kind, least, excess, holds }) => [kind, least, excess, holds]);

describe('the table of hardships', () => {
  it('has each of them in one row', () => {
    const names = [...new Set(HARDSHIPS.map(({ name }) => name))];
    for (const name of names) expect(kindsOf([row(name, 'warm-1')]), name).toHaveLength(1);
    expect(kindsOf(names.map((name) => row(name, 'warm-1')))).toHaveLength(11);
  });

  it('gives the worst frame, the mean excess and the sum of raw frames of a kind', () => {
    const dim = [row('dim', 'a', { least: 0.9, raw: 2 }), row('dim', 'b', { excess: 0.4, raw: 1 })];
    expect(kinds(...dim)).toEqual([['dim, dark', 0.9, expect.closeTo(0.3), 'raw 0: 3']]);
  });

  it('leaves out clips of which all is covered where it gives an excess', () => {
    expect(kinds(row('dark: x 0.08', 'a', { excess: null }))).toEqual([['dim, dark', 1, undefined, 'raw 0: 0']]);
  });

  it('compares a hole with that of the same clip without the hardship', () => {
    const plain = [row('as it is', 'warm-1'), row('as it is', 'cold-2', { excess: 0.5 })];
    const nudged = [row('nudged', 'warm-1', { excess: 0.5 }), row('nudged', 'cold-2', { excess: 0.5 })];
    expect(kinds(...plain, ...nudged)[1]).toEqual(['nudged', 1, 0.5, 'hole ≤1.2: 1.25']);
    expect(kinds(...nudged)[0]).toEqual(['nudged', 1, 0.5, 'hole ≤1.2: –']);
  });

  it('does not count raw frames of a late mask while it is late', () => {
    expect(kinds(row('late', 'a', { rawFrames: [0, 14] }))[0]![3]).toBe('raw later 0: 0');
    expect(kinds(row('late', 'a', { rawFrames: [14, 15] }))[0]![3]).toBe('raw later 0: 1');
  });

  it('has no held-out clip as its own measure', () => {
    expect(kinds(row('as it is', 'learn'), row('as it is', 'warm-1', { excess: 0.3 }))[0]![2]).toBe(0.3);
  });
});
