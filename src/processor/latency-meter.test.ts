import { describe, expect, it } from 'vitest';
import { LatencyMeter } from './latency-meter.ts';

const BUSY = 0;
/** Milliseconds that a worker takes for a frame. */
const QUICK = 20;

/** Frames made every `period` ms by a clock that is `zero` ms off, each read `delays[i]` ms after it was made. */
function stale(
  delays: readonly number[],
  { period = 40, zero = 1e6, speed = 1, idle = BUSY, took = QUICK } = {},
): boolean[] {
  const meter = new LatencyMeter();
  return delays.map((delay, i) => meter.isLate((zero + i * period * speed) * 1000, i * period + delay, idle, took));
}

const count = (of: readonly boolean[]) => of.filter(Boolean).length;

describe('LatencyMeter', () => {
  it('finds what has waited for a third of a period, whatever the zero of the clock', () => {
    for (const zero of [0, 1e6, -300]) {
      expect(stale([5, 5, 5, 25, 12, 5, 45], { zero })).toEqual([false, false, false, true, false, false, true]);
    }
  });

  it('passes over none while the worker had nothing else to do, however unevenly they come', () => {
    let state = 1;
    const delays = Array.from({ length: 500 }, () => {
      state = (state * 16807) % 2147483647;
      return state % 20;
    });
    expect(count(stale(delays, { period: 33, idle: 20 }))).toBe(0);
    expect(count(stale(delays, { period: 33, idle: BUSY }))).toBeGreaterThan(100);
  });

  it('passes over none for a worker that cannot keep up, but does after one slow frame', () => {
    const delays = new Array(60).fill(0).map((_, i) => (i % 2 ? 30 : 0));
    expect(count(stale(delays, { took: 60 }))).toBe(0);
    expect(count(stale(delays, { took: 40 }))).toBeGreaterThan(20);
    const meter = new LatencyMeter();
    const read = (i: number, delay: number, took: number) => meter.isLate(i * 40_000, i * 40 + delay, BUSY, took);
    for (let i = 0; i < 20; i++) read(i, 0, QUICK);
    expect(read(20, 30, 90)).toBe(true);
  });

  it('follows a clock that runs slow or fast by 0.04 %', () => {
    for (const speed of [1.0004, 0.9996]) expect(count(stale(new Array(20_000).fill(3), { speed }))).toBe(0);
  });

  it('does not call a frame late of which it does not know the period', () => {
    expect(stale([0, 39])).toEqual([false, false]);
  });

  it('is not misled by one frame more, 2 ms after another', () => {
    const meter = new LatencyMeter();
    const read = (made: number) => meter.isLate(made * 1000, made + 8, BUSY, QUICK);
    let all = 0;
    meter.isLate(-33_000, -33, BUSY, QUICK);
    for (let i = 0; i < 300; i++) {
      all += Number(read(i * 33));
      if (i % 90 === 45) all += Number(read(i * 33 + 2));
    }
    expect(all).toBe(0);
  });

  it('takes a source that became slower for what it is', () => {
    const meter = new LatencyMeter();
    const read = (made: number, delay: number) => meter.isLate(made * 1000, made + delay, BUSY, QUICK);
    for (let i = 0; i < 10; i++) read(i * 33, 0);
    expect(read(363, 20)).toBe(true);
    for (let i = 0; i < 30; i++) read(500 + i * 100, 0);
    expect(read(500 + 30 * 100, 20)).toBe(false);
  });

  it('gets over a clock that is set anew, by little or by much, in two seconds', () => {
    for (const jump of [-3000, -100, 100, 3000]) {
      const meter = new LatencyMeter();
      for (let i = 0; i < 60; i++) meter.isLate(i * 33_000, i * 33, BUSY, QUICK);
      let late = false;
      for (let i = 60; i < 125; i++) late = meter.isLate((i * 33 + jump) * 1000, i * 33, BUSY, QUICK);
      expect(late, `${jump} ms`).toBe(false);
    }
  });
});
