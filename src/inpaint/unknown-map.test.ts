import { describe, expect, it } from 'vitest';
import { box, setByRuns, shoot } from '../../test/inpaint-scene.ts';
import { HoleMap } from './hole-map.ts';
import { Plate } from './plate.ts';
import { BareMap, UnknownMap } from './unknown-map.ts';

const [WIDTH, HEIGHT] = [40, 30];
const UNCHANGED = Array.from({ length: 3 }, () => ({ gain: 1, offset: 0 }));

function scene() {
  const holes = new HoleMap('I420', WIDTH, HEIGHT);
  const plate = new Plate('I420', WIDTH, HEIGHT);
  const unknown = new UnknownMap(holes);
  /** Where the hole is and the plate is not, found the plain way. */
  const expected = () => {
    const of = (hole: Uint8Array, count: Uint8Array) => [...hole].map((each, i) => (each && count[i] === 0 ? 1 : 0));
    return [...of(holes.full.data, plate.full.count), ...of(holes.half.data, plate.half!.count)];
  };
  const found = () => {
    const samples = [...unknown.full.data, ...unknown.half.data];
    expect([...setByRuns(unknown.full), ...setByRuns(unknown.half)]).toEqual(samples);
    return samples;
  };
  const learn = (time: number) => plate.learn(shoot('I420', WIDTH, HEIGHT, {}), holes, UNCHANGED, time);
  return { holes, plate, unknown, expected, found, learn };
}

describe('UnknownMap', () => {
  it('follows a hole that moves while the plate learns', () => {
    const { holes, plate, unknown, expected, found, learn } = scene();
    for (let n = 0; n < 12; n++) {
      holes.load(box(WIDTH, HEIGHT, 5 + n, 4, 20 + n, 25));
      unknown.load(holes, plate);
      expect(found()).toEqual(expected());
      expect(unknown.samples).toBe(found().reduce((sum, each) => sum + each, 0));
      learn(n);
    }
  });

  it('knows nothing any more of what the plate was made to forget, in rows that were known to the last pixel', () => {
    const { holes, plate, unknown, expected, found, learn } = scene();
    holes.load(box(WIDTH, HEIGHT, 0, 0, 0, 0));
    for (let n = 0; n < 2; n++) learn(n);
    holes.load(box(WIDTH, HEIGHT, 8, 8, 20, 20));
    unknown.load(holes, plate);
    expect(unknown.samples).toBe(0);
    plate.forgetIn(holes);
    unknown.load(holes, plate);
    expect(unknown.pixels).toBe(holes.count);
    expect(found()).toEqual(expected());
  });

  it('misses nothing of holes in pieces that come and go, some of which the plate is made to forget', () => {
    const { holes, plate, unknown, expected, found, learn } = scene();
    let state = 7;
    const random = () => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    };
    const pieces = (share: number) => {
      const data = new Uint8Array(8 * 6).map(() => (random() < share ? 255 : 0));
      return { width: 8, height: 6, data };
    };
    let most = 0;
    for (let n = 0; n < 60; n++) {
      if (n % 9 === 5) {
        holes.load(pieces(0.2));
        plate.forgetIn(holes);
      }
      holes.load(pieces(n % 20 < 10 ? 0.7 : 0.3));
      unknown.load(holes, plate);
      expect(found()).toEqual(expected());
      most = Math.max(most, unknown.samples);
      learn(n);
    }
    expect(most).toBeGreaterThan(300);
  });

  it('leaves nothing of an earlier hole in what is bare', () => {
    const { holes, plate, unknown } = scene();
    const bare = new BareMap(unknown);
    for (const [x0, x1] of [
      [2, 30],
      [20, 36],
    ] as const) {
      holes.load(box(WIDTH, HEIGHT, x0, 5, x1, 20));
      unknown.load(holes, plate);
      bare.load();
    }
    expect(bare.full).toEqual(unknown.full);
    expect(bare.half).toEqual(unknown.half);
    expect(setByRuns(bare.full)).toEqual([...bare.full.data]);
    expect(bare.samples).toBe(unknown.samples);
  });
});
