import { describe, expect, it } from 'vitest';
import { judge } from '../e2e/page/judge.ts';
import type { Received } from '../e2e/page/watcher.ts';

/** Frames every 100 ms from 10,000 on; those from `from` to `to` are covered. */
function call(...covers: (readonly [from: number, to: number])[]): Received[] {
  return Array.from({ length: 100 }, (_, i) => {
    const at = 10_000 + i * 100;
    const covered = covers.some(([from, to]) => at >= from && at < to);
    return { covered, marked: 0, black: false, repeated: false, tiled: false, at, drawn: at, width: 480, height: 360 };
  });
}

const flashes = (frames: Received[], running: [number, number][]) => judge(frames, [], [], [], running).flashes;

describe('judge', () => {
  it('counts covers in a hiccup of less than two seconds while it runs, and no others', () => {
    const always: [number, number][] = [[0, Number.POSITIVE_INFINITY]];
    expect(flashes(call(), always)).toBe(0);
    expect(flashes(call([12_000, 12_300], [15_000, 16_700]), always)).toBe(2);
    expect(flashes(call([12_000, 14_500]), always)).toBe(0);
    const bridged = call([14_000, 14_500]).filter(({ at }) => at < 12_000 || at >= 14_000);
    expect(flashes(bridged, always), 'after two seconds of the last picture').toBe(0);
    expect(flashes(call([12_000, 12_300]), [[13_000, 20_000]])).toBe(0);
    expect(flashes(call([12_000, 12_300]), [[11_800, 20_000]]), 'at the start').toBe(0);
    expect(flashes(call([12_000, 12_300]), [])).toBe(0);
  });

  it('does not call the cover before the first clean frame a flash, nor one that is not over', () => {
    expect(flashes(call([10_000, 11_000], [19_500, 20_000]), [[0, Number.POSITIVE_INFINITY]])).toBe(0);
  });

  it('does not call the cover of a camera or a line that comes back a flash', () => {
    const always: [number, number][] = [[0, Number.POSITIVE_INFINITY]];
    const excused: [number, number][] = [[11_500, 12_500]];
    expect(judge(call([12_000, 12_300], [15_000, 15_300]), [], [], excused, always).flashes).toBe(1);
  });

  it('does not call the cover between a raw picture and the first clean one a flash', () => {
    const always: [number, number][] = [[0, Number.POSITIVE_INFINITY]];
    const raw: [number, number][] = [[9_000, 11_990]];
    expect(judge(call([12_000, 12_300], [15_000, 15_300]), [], raw, [], always).flashes).toBe(1);
  });
});
