import { describe, expect, it } from 'vitest';
import { Waiting } from './waiting.ts';

/** Frames made every `period` ms by a clock that is `zero` ms off, each read `delays[i]` ms after it was made. */
function shares(delays: readonly number[], { period = 40, zero = 1e6, speed = 1 } = {}): number[] {
  const waiting = new Waiting();
  return delays.map((delay, i) => waiting.of((zero + i * period * speed) * 1000, i * period + delay));
}

describe('Waiting', () => {
  it('gives the wait as a share of a period, whatever the zero of the clock', () => {
    for (const zero of [0, 1e6, -300]) {
      const [first, ...rest] = shares([5, 5, 25, 5, 45], { zero });
      expect(first).toBe(0);
      for (const [i, share] of [0, 0.5, 0, 1].entries()) expect(rest[i]).toBeCloseTo(share, 2);
    }
  });

  it('follows a clock that runs slow or fast by 0.04 %', () => {
    for (const speed of [1.0004, 0.9996]) {
      const last = shares(new Array(20_000).fill(3), { speed }).slice(-100);
      for (const share of last) expect(Math.abs(share)).toBeLessThan(0.05);
    }
  });

  it('does not call a frame late of which it does not know the period, nor one of another clock', () => {
    const waiting = new Waiting();
    expect(waiting.of(0, 1000)).toBe(0);
    expect(waiting.of(0, 1030)).toBe(0);
    expect(waiting.of(9e9, 1060)).toBe(0);
    expect(waiting.of(9e9 + 40_000, 1130)).toBeCloseTo(30 / 40, 2);
  });

  it('takes a source that became slower for what it is, and a skipped frame for none', () => {
    const waiting = new Waiting();
    const read = (made: number, delay: number) => waiting.of(made * 1000, made + delay);
    for (let i = 0; i < 10; i++) read(i * 33, 0);
    expect(read(396, 20)).toBeCloseTo(20 / 33, 1);
    for (let i = 0; i < 200; i++) read(500 + i * 100, 0);
    expect(read(500 + 200 * 100, 20)).toBeCloseTo(20 / 100, 1);
  });

  it('gets over a clock that is set anew, by little or by much, in two seconds', () => {
    for (const jump of [-3000, -100, 100, 3000]) {
      const waiting = new Waiting();
      for (let i = 0; i < 60; i++) waiting.of(i * 33_000, i * 33);
      let share = 0;
      for (let i = 60; i < 125; i++) share = waiting.of((i * 33 + jump) * 1000, i * 33);
      expect(share, `${jump} ms`).toBeCloseTo(0, 2);
    }
  });
});
