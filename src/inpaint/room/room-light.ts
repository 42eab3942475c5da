import { PushPull } from '../push-pull.ts';
import { Ramp } from '../ramp.ts';
import type { RoomSamples } from './room-samples.ts';

/** Rounds of fitting and trimming; deviations beyond which a cell is something that changed, not light. */
const ROUNDS = 5;
const OUTLIER = 2.5;
/** Levels that always count as agreement in the fit. */
const FLOOR = 4;
/** How strongly the curve is held to "unchanged", in cells. */
const STIFFNESS = 2;
/** Cells that the curve needs. */
const MIN_CELLS = 40;
/** Regions a row and a column over which light may differ, and levels beyond which a cell does not count as light. */
const COLUMNS = 6;
const ROWS = 4;
const MOST_LIGHT = 24;
/** Cells at which a region counts in full. */
const FULL_REGION = 12;
/** How strongly the field is held to 0 where a region shows nothing. */
const FADE = 0.05;
/** Gains between which a room can still be distinguished from another. */
const MIN_GAIN = 0.25;
const MAX_GAIN = 4;

/** What today's light makes of a remembered colour: a curve for each of R, G and B, and a field over the picture. */
export class RoomLight {
  /** Levels of 0..255 by channel and remembered level: exposure, white balance and gamma. */
  readonly curve: readonly Float32Array[];
  /** Levels to add, three planes of regions. */
  readonly #field: Float32Array;
  readonly #ramp: Ramp;

  private constructor(curve: readonly Float32Array[], field: Float32Array, samples: RoomSamples) {
    this.curve = curve;
    this.#field = field;
    const size = { width: COLUMNS, height: ROWS };
    this.#ramp = new Ramp(samples, 0, size, samples.width / COLUMNS, samples.height / ROWS);
  }

  /** Fits it to what both know; undefined where no light explains it. */
  static fit(samples: RoomSamples): RoomLight | undefined {
    const curve: Float32Array[] = [];
    for (let c = 0; c < 3; c++) {
      const fitted = fitCurve(samples, c);
      if (!fitted) return undefined;
      curve.push(fitted);
    }
    return new RoomLight(curve, fieldOf(samples, curve), samples);
  }

  /** What the field adds to channel c at a cell. */
  fieldAt(c: number, x: number, y: number): number {
    const { left, right, weight } = this.#ramp.x;
    const { y: v } = this.#ramp;
    const base = c * COLUMNS * ROWS;
    const row = (of: number) => {
      const a = this.#field[base + of * COLUMNS + left[x]!]!;
      return a + (this.#field[base + of * COLUMNS + right[x]!]! - a) * weight[x]!;
    };
    const top = row(v.left[y]!);
    return top + (row(v.right[y]!) - top) * v.weight[y]!;
  }
}

/**
 * A parabola by least squares, trimmed by the median of the residuals round by round. A gain, an offset and a gamma
 * near 1 are one, to a level.
 */
function fitCurve({ count, room, view }: RoomSamples, c: number): Float32Array | undefined {
  const [from, to] = [room[c]!, view[c]!];
  const at: number[] = [];
  for (let i = 0; i < count.length; i++) if (count[i]! > 0) at.push(i);
  if (at.length < MIN_CELLS) return undefined;
  // Where the search starts: the ratio of the medians.
  const median = (of: number[]) => of.sort((a, b) => a - b)[of.length >> 1]!;
  const ratio = median(at.map((i) => to[i]!)) / Math.max(1, median(at.map((i) => from[i]!)));
  let p: readonly number[] = [128 * ratio, 128 * ratio, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const off = (i: number) => Math.abs(to[i]! - value(p, from[i]!));
    const limit = Math.max(FLOOR, OUTLIER * 1.4826 * median(at.map(off)));
    const kept = at.filter((i) => off(i) <= limit);
    if (kept.length < MIN_CELLS / 2) return undefined;
    p = parabola(kept, from, to, round < 2);
  }
  const slope = (t: number) => (p[1]! + 2 * p[2]! * t) / 128;
  if (Math.min(slope(-1), slope(1)) < 0) p = [p[0]!, p[1]!, 0];
  if (slope(0) < MIN_GAIN || slope(0) > MAX_GAIN) return undefined;
  return Float32Array.from({ length: 256 }, (_, v) => value(p, v));
}

function value([a, b, c]: readonly number[], level: number): number {
  const t = level / 128 - 1;
  return a! + b! * t + c! * t * t;
}

/** Least squares of a + b t + c t^2; c is held to 0, and is 0 where only a line is asked for. */
function parabola(at: readonly number[], from: Float32Array, to: Float32Array, line: boolean): number[] {
  const s = new Float64Array(8);
  for (const i of at) {
    const t = from[i]! / 128 - 1;
    const v = to[i]!;
    s[0]! += 1;
    s[1]! += t;
    s[2]! += t * t;
    s[3]! += t ** 3;
    s[4]! += t ** 4;
    s[5]! += v;
    s[6]! += v * t;
    s[7]! += v * t * t;
  }
  // A gain of 1 is what is believed where nothing speaks for another.
  const [m11, r1] = [s[2]! + STIFFNESS * 0.1, s[6]! + STIFFNESS * 0.1 * 128];
  const m22 = line ? 1e12 : s[4]! + STIFFNESS;
  return solve3([s[0]!, s[1]!, s[2]!, s[1]!, m11, s[3]!, s[2]!, s[3]!, m22], [s[5]!, r1, s[7]!]);
}

/** Cramer's rule. */
function solve3(m: readonly number[], r: readonly number[]): number[] {
  const det = (a: readonly number[]) =>
    a[0]! * (a[4]! * a[8]! - a[5]! * a[7]!) -
    a[1]! * (a[3]! * a[8]! - a[5]! * a[6]!) +
    a[2]! * (a[3]! * a[7]! - a[4]! * a[6]!);
  const d = det(m) || 1e-9;
  return [0, 1, 2].map((k) => det(m.map((v, i) => (i % 3 === k ? r[Math.floor(i / 3)]! : v))) / d);
}

/** What the curve leaves over, by region: a lamp at one side, a window at the other. */
function fieldOf(samples: RoomSamples, curve: readonly Float32Array[]): Float32Array {
  const { width, height, count, room, view } = samples;
  const pyramid = new PushPull(COLUMNS, ROWS, 3, 0);
  const { value: sums, weight } = pyramid;
  const n = COLUMNS * ROWS;
  sums.fill(0);
  weight.fill(0);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (count[i] === 0) continue;
      const off = [0, 1, 2].map((c) => view[c]![i]! - curve[c]![Math.round(room[c]![i]!)]!);
      if (off.some((each) => Math.abs(each) > MOST_LIGHT)) continue;
      const to = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
      weight[to]!++;
      off.forEach((each, c) => {
        sums[c * n + to]! += each;
      });
    }
  }
  for (let i = 0; i < n; i++) {
    const w = weight[i]!;
    for (let c = 0; c < 3 && w > 0; c++) sums[c * n + i]! /= w;
    weight[i] = w === 0 ? FADE : Math.min(1, w / FULL_REGION);
  }
  pyramid.run();
  return sums.slice();
}
