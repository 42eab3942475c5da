import { PushPull } from '../push-pull.ts';
import { type Grid, grid } from './layers.ts';
import { fillLines } from './line-fill.ts';

/** How many clues there are at a pixel. */
export const CLUES = 13;
/** What the network sees of the surroundings: clues, both differences, the fill, and twice what is unknown. */
export const AROUND = CLUES + 6 + 3 + 2;

/** A small picture of the room, planar RGB, 0..1; anything where it is not known. */
export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
  /** 1 = known. */
  readonly known: Uint8Array;
}

/** All that the network is given, for each pixel. */
export interface Clues {
  /** Push-pull, planar RGB. */
  readonly fill: Float32Array;
  /** {@link AROUND} planes. */
  readonly around: Grid;
}

/**
 * Three fills of the same picture (smooth, along the rows, along the columns), and clues to which of them is to be
 * believed: do the two ends of a row (a column) agree, how far are they, do the three agree, and what runs into the
 * hole there. The twin of `Guide.prepare` and `Inpainter.guides` in `training/`.
 */
export function cluesOf(picture: SmallPicture): Clues {
  const { width, height, known } = picture;
  const n = width * height;
  const size = { width, height };
  const fill = smooth(picture);
  const soft = [0, 1, 2].map((c) => box(fill.subarray(c * n, (c + 1) * n), width));
  const texture = mean([0, 1, 2].map((c) => box(apart(fill.subarray(c * n, (c + 1) * n), soft[c]!), width)));
  const ways = [steps(soft, width, 1), steps(soft, width, width)].map((plane) => scaled(box(plane, width), height));
  const lines = (['rows', 'columns'] as const).map((along) => {
    const level = soft.map((plane) => centred(plane, width, along));
    const line = [0, 1, 2].map((c) => fill.slice(c * n, (c + 1) * n));
    const square = level.map((plane) => plane.map((v) => v * v));
    const nature = [...ways, texture].map((plane) => plane.slice());
    const reach = fillLines([...line, ...level, ...square, ...nature], known, size, along);
    const spread = mean(square.map((plane, c) => plane.map((v, i) => Math.max(1e-6, v - level[c]![i]! ** 2))));
    const off = line.map((plane, c) => plane.map((v, i) => v - fill[c * n + i]!));
    return { off, ends: box(spread.map(Math.sqrt), width), reach, nature };
  });
  const [rows, columns] = lines as [(typeof lines)[0], (typeof lines)[0]];
  const between = rows.off.map((plane, c) => plane.map((v, i) => v - columns.off[c]![i]!));
  const off = [rows.off, columns.off, between].map((planes) =>
    mean(planes.map((plane) => box(plane, width).map(Math.abs))),
  );
  const unknown = Float32Array.from(known, (each) => 1 - each);
  const differences = [...rows.off, ...columns.off].map((plane) => plane.map((v, i) => v * unknown[i]!));
  const fills = [0, 1, 2].map((c) => fill.subarray(c * n, (c + 1) * n));
  const clues = [rows.ends, columns.ends, rows.reach, columns.reach, ...off, ...rows.nature, ...columns.nature];
  return { fill, around: interleaved([...clues, ...differences, ...fills, unknown, unknown], size) };
}

/** Push-pull of a small picture, planar RGB. */
export function smooth({ width, height, rgb, known }: SmallPicture): Float32Array {
  const pyramid = new PushPull(width, height, 3, 0.5);
  pyramid.weight.set(known);
  pyramid.value.set(rgb);
  pyramid.run();
  return pyramid.value;
}

type Size = { readonly width: number; readonly height: number };

/** Mean of 3 x 3 pixels, of what of them lies inside: rows, then columns. */
function box(plane: Float32Array, width: number): Float32Array {
  const across = plane.map((v, i) => {
    const x = i % width;
    const left = x > 0;
    const right = x < width - 1;
    return (v + (left ? plane[i - 1]! : 0) + (right ? plane[i + 1]! : 0)) / (1 + Number(left) + Number(right));
  });
  return across.map((v, i) => {
    const up = i >= width;
    const down = i + width < plane.length;
    return (v + (up ? across[i - width]! : 0) + (down ? across[i + width]! : 0)) / (1 + Number(up) + Number(down));
  });
}

function mean(planes: readonly Float32Array[]): Float32Array {
  return planes[0]!.map((_, i) => planes.reduce((sum, plane) => sum + plane[i]!, 0) / planes.length);
}

function apart(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((v, i) => Math.abs(v - b[i]!));
}

function scaled(plane: Float32Array, factor: number): Float32Array {
  return plane.map((v) => v * factor);
}

/** Mean change of the planes from each pixel to the next one `step` pixels on; 0 at the last. */
function steps(planes: readonly Float32Array[], width: number, step: number): Float32Array {
  return mean(
    planes.map((plane) =>
      plane.map((v, i) => {
        const last = step === 1 ? i % width === width - 1 : i + step >= plane.length;
        return last ? 0 : Math.abs(plane[i + step]! - v);
      }),
    ),
  );
}

/** Less each row's (column's) mean. */
function centred(plane: Float32Array, width: number, along: 'rows' | 'columns'): Float32Array {
  const height = plane.length / width;
  const line = (i: number) => (along === 'rows' ? Math.floor(i / width) : i % width);
  const sums = new Float64Array(Math.max(width, height));
  plane.forEach((v, i) => {
    sums[line(i)]! += v;
  });
  const n = along === 'rows' ? width : height;
  return plane.map((v, i) => v - sums[line(i)]! / n);
}

function interleaved(planes: readonly Float32Array[], { width, height }: Size): Grid {
  const out = grid(height, width, planes.length);
  planes.forEach((plane, p) => {
    for (let i = 0; i < plane.length; i++) out.data[i * planes.length + p] = plane[i]!;
  });
  return out;
}
