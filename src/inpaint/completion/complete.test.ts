import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete } from './complete.ts';
import { type Completion, type CompletionInput, ROLE } from './completion.ts';

type Colour = readonly [number, number, number];
type Box = readonly [x0: number, y0: number, x1: number, y1: number];

const inBox = ([x0, y0, x1, y1]: Box, x: number, y: number) => x >= x0 && x < x1 && y >= y0 && y < y1;

/** The same noise for the same place, -1..1. */
function noise(x: number, y: number): number {
  const s = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return 2 * (s - Math.floor(s)) - 1;
}

function room(
  width: number,
  height: number,
  paint: (x: number, y: number) => Colour,
  hole: Box,
  barred: (x: number, y: number) => boolean = () => false,
): CompletionInput {
  const rgb = new Uint8Array(3 * width * height);
  const role = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      rgb.set(paint(x, y).map(Math.round), 3 * i);
      role[i] = inBox(hole, x, y) ? ROLE.unknown : barred(x, y) ? ROLE.context : ROLE.source;
    }
  }
  return { width, height, rgb, role };
}

function run(input: CompletionInput): Completion {
  const work = complete(input);
  for (;;) {
    const { done, value } = work.next();
    if (done) {
      if (!value) throw new Error('There is no completion.');
      return value;
    }
  }
}

/** The completed picture; throws where a pixel is copied from what may not be copied. */
function shown(input: CompletionInput, { offsets, correction }: Completion): Float32Array {
  const out = Float32Array.from(input.rgb);
  input.role.forEach((role, i) => {
    if (role !== ROLE.unknown) return;
    const from = i + offsets[2 * i]! + input.width * offsets[2 * i + 1]!;
    expect(input.role[from], `source of pixel ${i}`).toBe(ROLE.source);
    for (let c = 0; c < 3; c++) out[3 * i + c] = input.rgb[3 * from + c]! + correction[3 * i + c]!;
  });
  return out;
}

/** Mean steepness of green across and down over a box. */
function steepness(rgb: Float32Array, width: number, [x0, y0, x1, y1]: Box): number {
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const i = 3 * (y * width + x) + 1;
      sum += Math.abs(rgb[i]! - rgb[i - 3]!) + Math.abs(rgb[i]! - rgb[i - 3 * width]!);
    }
  }
  return sum / ((x1 - x0) * (y1 - y0));
}

const grey = (v: number): Colour => [v, v, v];

describe('complete', () => {
  it('continues stripes', () => {
    const stripes = (x: number, y: number) => grey(Math.floor((x + y) / 6) % 2 ? 60 : 190);
    const hole: Box = [60, 30, 100, 70];
    const input = room(160, 100, stripes, hole);
    const out = shown(input, run(input));
    let wrong = 0;
    for (let y = hole[1]; y < hole[3]; y++) {
      for (let x = hole[0]; x < hole[2]; x++) {
        if (Math.abs(out[3 * (y * 160 + x)]! - stripes(x, y)[0]) > 20) wrong++;
      }
    }
    expect(wrong / 1600).toBeLessThan(0.02);
  });

  it('continues the edge between a wall and a floor behind somebody who stands on it', () => {
    const paint = (x: number, y: number): Colour =>
      y < 80 ? [200 + 3 * noise(x, y), 205, 215] : [150 + 12 * noise(x, y), 95, 50];
    const hole: Box = [90, 30, 130, 120];
    const input = room(200, 120, paint, hole);
    const out = shown(input, run(input));
    for (let x = hole[0]; x < hole[2]; x++) {
      const column = Array.from({ length: 90 }, (_, k) => out[3 * ((30 + k) * 200 + x) + 2]!);
      expect(Math.abs(column.findIndex((blue) => blue < 130) - 50), `column ${x}`).toBeLessThanOrEqual(1);
    }
  });

  it('is as sharp as what is known', () => {
    const paint = (x: number, y: number) => grey(128 + 40 * noise(x, y) + 20 * Math.sin(x / 5) * Math.cos(y / 7));
    const hole: Box = [100, 20, 180, 100];
    const input = room(320, 180, paint, hole);
    const out = shown(input, run(input));
    const known = steepness(Float32Array.from(input.rgb), 320, [10, 20, 90, 100]);
    expect(steepness(out, 320, hole)).toBeGreaterThan(0.7 * known);
  });

  it('is as sharp at 1280x720: a wall and a floor behind somebody who sits before them', () => {
    const paint = (x: number, y: number): Colour => {
      if (y < 480) return grey(190 - x / 40 + 6 * noise(x, y) + 5 * Math.sin(x / 9 + Math.cos(y / 6)));
      const board = Math.floor((x + (y - 480) / 3) / 46) % 3;
      return [140 + 14 * board + 9 * noise(x >> 1, y), 96 + 10 * board + 7 * noise(x >> 2, y), 60];
    };
    const hole: Box = [520, 200, 760, 720];
    const input = room(1280, 720, paint, hole);
    const out = shown(input, run(input));
    const known = Float32Array.from(input.rgb);
    for (const [y0, y1] of [
      [210, 470],
      [490, 710],
    ] as const) {
      const there = steepness(known, 1280, [60, y0, 480, y1]);
      expect(steepness(out, 1280, [530, y0, 750, y1]), `rows ${y0} to ${y1}`).toBeGreaterThan(0.7 * there);
    }
  }, 120_000);

  it('meets the rim in its own light where the wall gets darker', () => {
    const paint = (x: number, y: number) => grey(230 - x / 2 + 2 * noise(x, y));
    const hole: Box = [120, 30, 180, 90];
    const input = room(300, 120, paint, hole);
    const out = shown(input, run(input));
    let off = 0;
    for (let y = hole[1]; y < hole[3]; y++) {
      for (let x = hole[0]; x < hole[2]; x++) off += Math.abs(out[3 * (y * 300 + x)]! - (230 - x / 2));
    }
    expect(off / 3600).toBeLessThan(4);
  });

  it('copies nothing that is barred, though nothing else fits as well', () => {
    const paint = (x: number): Colour => (x < 90 ? [250, 0, 0] : [90, 90, 90]);
    const input = room(200, 100, paint, [60, 30, 120, 70], (x) => x < 90);
    const out = shown(input, { ...run(input), correction: new Int16Array(3 * 200 * 100) });
    expect(out[3 * (50 * 200 + 70) + 1], 'green, of which the barred part has none').toBeGreaterThan(40);
  });

  it('never reads what is unknown: no value there changes a bit of what comes out', () => {
    const paint = (x: number, y: number) => grey(120 + 60 * Math.sin(x / 3) + 20 * noise(x, y));
    const hole: Box = [20, 15, 40, 48];
    const plain = room(80, 48, paint, hole);
    const expected = run(plain);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), (secret) => {
        const rgb = plain.rgb.slice();
        plain.role.forEach((role, i) => {
          if (role === ROLE.unknown) rgb.set(secret.subarray((3 * i) % 57, ((3 * i) % 57) + 3), 3 * i);
        });
        expect(run({ ...plain, rgb })).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('has nothing to give where nothing is unknown, or nothing may be copied', () => {
    const paint = () => grey(9);
    expect(complete(room(64, 48, paint, [0, 0, 0, 0])).next()).toEqual({ done: true, value: undefined });
    const barred = room(64, 48, paint, [10, 10, 30, 30], () => true);
    expect(complete(barred).next()).toEqual({ done: true, value: undefined });
  });

  it('ends where it is when it is dropped', () => {
    const work = complete(room(160, 100, (x, y) => grey(100 + 50 * noise(x, y)), [60, 30, 100, 70]));
    expect(work.next().done).toBe(false);
    work.return(undefined);
    expect(work.next()).toEqual({ done: true, value: undefined });
  });
});

describe('the misfit', () => {
  const hole: Box = [40, 24, 64, 48];
  const rim = ({ width, misfit }: Completion) => {
    const all: number[] = [];
    misfit.forEach((each, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const deep = inBox([44, 28, 60, 44], x, y);
      const far = !inBox([37, 21, 67, 51], x, y);
      if (deep || far) expect(each, `pixel ${x}, ${y}`).toBe(0);
      else if (each > 0) all.push(each);
    });
    expect(all.length).toBeGreaterThan(200);
    return all.reduce((a, b) => a + b) / all.length;
  };

  it('is next to nothing where the room goes on as it is known, whatever its contrast', () => {
    const stripes = (x: number, y: number): Colour => Array(3).fill((x + y) % 16 < 8 ? 40 : 200) as unknown as Colour;
    expect(rim(run(room(96, 72, stripes, hole)))).toBeLessThan(3);
  });

  it('is large where nothing known is like what is beside the unknown', () => {
    const chaos = (x: number, y: number): Colour => {
      const at = (k: number) => 128 + 120 * noise((x >> 1) + 7 * k, (y >> 1) - 3 * k);
      return [at(0), at(1), at(2)];
    };
    expect(rim(run(room(96, 72, chaos, hole)))).toBeGreaterThan(30);
  });
});
