import { describe, expect, it } from 'vitest';
import { FrameClock } from './clock.ts';

const PERIOD_MS = 40;

/** The times of frames that say `said(i)` and come every {@link PERIOD_MS}. */
function times(said: (i: number) => number, frames = 100): number[] {
  const clock = new FrameClock();
  return Array.from({ length: frames }, (_, i) => clock.of(said(i), 1000 + i * PERIOD_MS));
}

const steps = (all: readonly number[]) => all.slice(1).map((time, i) => time - all[i]!);

describe('FrameClock', () => {
  it('leaves a clock that runs as it is, whatever its zero', () => {
    for (const zero of [0, 17, 8e14]) {
      const said = (i: number) => zero + i * 40_000 + (i % 3) * 5000;
      expect(times(said)).toEqual(Array.from({ length: 100 }, (_, i) => said(i)));
    }
  });

  it.each([
    ['stands still at 0', () => 0],
    ['stands still elsewhere', () => 123_456],
    ['is missing', () => Number.NaN],
    ["is WebKitGTK's", () => -(2 ** 63)],
    ['counts milliseconds', (i: number) => 5_000 + i * PERIOD_MS],
    ['counts nanoseconds', (i: number) => i * PERIOD_MS * 1e6],
    ['runs backwards', (i: number) => 1e9 - i * 40_000],
  ])('has its own from the second frame on where that of the source %s', (_, said) => {
    expect(new Set(steps(times(said)))).toEqual(new Set([PERIOD_MS * 1000]));
  });

  it('keeps a step of 2 ms, which some cameras have now and then', () => {
    const clock = new FrameClock();
    const said = [0, 40_000, 42_000, 80_000];
    const at = [0, 40, 42, 80];
    expect(said.map((time, i) => clock.of(time, at[i]!))).toEqual(said);
  });

  it.each([
    ['forward by hours', 4 * 3600e6],
    ['back by hours', -4 * 3600e6],
    ['back by 80 ms', -80_000],
  ])('bridges a jump %s by the time that passed, and follows the source again', (_, jump) => {
    const said = (i: number) => 1e12 + i * 40_000 + (i < 50 ? 0 : jump) + (i % 2) * 3000;
    const [first, second] = [times(said), steps(times(said))];
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect(second[49]).toBe(PERIOD_MS * 1000);
    expect(second.slice(60, 62).sort()).toEqual([37_000, 43_000]);
  });

  it('rises, and stays within some seconds of ours, whatever the source says', () => {
    const swinging = times((i) => 1e9 + i * 40_000 - (i % 2) * 80_000, 1000);
    const slow = times((i) => i * 3600, 1000); // the 90 kHz of RTP
    for (const all of [swinging, slow]) {
      expect(Math.min(...steps(all))).toBeGreaterThan(0);
      expect(Math.abs(all.at(-1)! - all[0]! - 999 * PERIOD_MS * 1000)).toBeLessThan(2_100_000);
    }
  });

  it('survives a worker that keeps frames from being read for two seconds', () => {
    const clock = new FrameClock();
    const at = [0, 40, 80, 2080, 2081, 2120];
    const said = [0, 40, 80, 120, 2080, 2120].map((ms) => ms * 1000);
    const given = said.map((time, i) => clock.of(time, at[i]!));
    expect(Math.min(...steps(given))).toBeGreaterThan(0);
    expect(given.at(-1)).toBe(2_120_000);
  });

  it('gives covers and repetitions times between those of frames', () => {
    const clock = new FrameClock();
    const all = [
      clock.at(0),
      clock.at(500),
      clock.of(7e9, 1000),
      clock.at(2000),
      clock.at(3000),
      clock.of(7e9 + 2.01e6, 3010),
    ];
    expect(all.slice(2)).toEqual([7e9, 7e9 + 1e6, 7e9 + 2e6, 7e9 + 2.01e6]);
    expect(Math.min(...steps(all))).toBeGreaterThan(0);
  });

  it('goes on for another source, whose clock began elsewhere', () => {
    const clock = new FrameClock();
    clock.of(5e12, 0);
    clock.otherSource();
    expect([clock.of(0, 100), clock.of(40_000, 140), clock.of(80_000, 180)]).toEqual([
      5e12 + 1e5,
      5e12 + 1.4e5,
      5e12 + 1.8e5,
    ]);
  });
});
