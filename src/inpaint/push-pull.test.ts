import { describe, expect, it } from 'vitest';
import { PushPull } from './push-pull.ts';

function fill(width: number, height: number, values: number[], weights: number[]): number[] {
  const pyramid = new PushPull(width, height, 1, 0.5);
  pyramid.value.set(values);
  pyramid.weight.set(weights);
  pyramid.run();
  return [...pyramid.value];
}

describe('PushPull', () => {
  it('leaves what is known as it is, and is constant beside a constant', () => {
    const weights = Array.from({ length: 35 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const out = fill(
      7,
      5,
      weights.map((w) => (w ? 0.25 : 9)),
      weights,
    );
    for (const v of out) expect(v).toBeCloseTo(0.25, 6);
  });

  it('is neutral where nothing is known', () => {
    expect(fill(3, 2, [9, 9, 9, 9, 9, 9], [0, 0, 0, 0, 0, 0])).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  it('follows training/pushpull.py', () => {
    // python: push_pull(torch.arange(12.).view(1,1,3,4)/12, w) with w = 0 in the middle two of every row
    const values = Array.from({ length: 12 }, (_, i) => i / 12);
    const weights = [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1];
    const out = fill(4, 3, values, weights);
    REFERENCE.forEach((v, i) => {
      expect(out[i]).toBeCloseTo(v, 5);
    });
  });
});

const REFERENCE = [
  0.0, 0.229167, 0.354167, 0.25, 0.333333, 0.354167, 0.479167, 0.583333, 0.666667, 0.604167, 0.729167, 0.916667,
];
