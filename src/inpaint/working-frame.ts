import { sumColumns } from '../column-sums.ts';
import type { Picture } from '../picture.ts';
import type { ColourMap } from './colour.ts';
import type { WorkingFrame, WorkingSize } from './fill.ts';
import type { HoleGrid, HoleMap } from './hole-map.ts';
import type { TemporalInstability } from './temporal-instability.ts';
import type { UnknownMap } from './unknown-map.ts';

/**
 * The box that working sizes fit into, lying or standing, where the fill asks for none of its own: what push-pull
 * paints is so smooth that 480x288 shows no more of it and costs three times as much.
 */
const LONG = 256;
const SHORT = 160;
const MULTIPLE = 32;

/** A picture may be stretched by as much to fit a size that the fill is made for: 16:9 is by 7 %, 3:2 by 11 %. */
const STRETCH = 1.25;

/**
 * The working size of a picture: the one of `sizes` that is nearest to it in shape, if it is near enough; else in the
 * box, never larger than the picture but for rounding up to multiples of 32.
 */
export function workingSize(width: number, height: number, sizes: readonly WorkingSize[] = []): WorkingSize {
  const stretch = (size: WorkingSize) => Math.exp(Math.abs(Math.log((width * size.height) / (height * size.width))));
  const [nearest] = [...sizes].sort((a, b) => stretch(a) - stretch(b));
  if (nearest && stretch(nearest) <= STRETCH) return { width: nearest.width, height: nearest.height };
  const [w, h] = width >= height ? [LONG, SHORT] : [SHORT, LONG];
  const scale = Math.min(1, w / width, h / height);
  const round = (n: number) => Math.max(1, Math.ceil((n * scale) / MULTIPLE - 1e-6)) * MULTIPLE;
  return { width: round(width), height: round(height) };
}

type Twelve = [number, number, number, number, number, number, number, number, number, number, number, number];

/**
 * The picture at working size, averaged over boxes, hole and unknown kept apart. Nothing that is unknown is ever read.
 */
export class WorkingView implements WorkingFrame {
  readonly width: number;
  readonly height: number;
  readonly frame: Float32Array;
  readonly hole: Float32Array;
  readonly plate: Float32Array;
  readonly known: Float32Array;
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  /** The first and the last working pixel that each column touches; the same for chroma. */
  readonly #touched: readonly [Int32Array, Int32Array];
  readonly #sums: Int32Array;
  readonly #means: readonly [Float32Array, Float32Array, Float32Array];

  constructor(width: number, height: number, sizes: readonly WorkingSize[] = []) {
    ({ width: this.width, height: this.height } = workingSize(width, height, sizes));
    const n = this.width * this.height;
    this.frame = new Float32Array(3 * n);
    this.plate = new Float32Array(3 * n);
    this.hole = new Float32Array(n);
    this.known = new Float32Array(n);
    this.#columns = bounds(this.width, width);
    this.#rows = bounds(this.height, height);
    this.#touched = [touchedBy(this.#columns, width, 0), touchedBy(this.#columns, (width + 1) >> 1, 1)];
    this.#sums = new Int32Array(width);
    this.#means = [new Float32Array(this.width), new Float32Array(this.width), new Float32Array(this.width)];
  }

  /**
   * @param picture whose hole already shows the plate wherever it is known.
   * @param whole false leaves out `frame`, and `hole` where nothing is unstable, for a fill that needs the completed
   *   picture alone.
   */
  build(
    picture: Picture,
    holes: HoleMap,
    unknown: UnknownMap,
    instability: TemporalInstability,
    { toRgb }: ColourMap,
    whole: boolean,
  ): void {
    const { width, height, frame, plate, hole, known } = this;
    const n = width * height;
    if (whole || instability.active) {
      hole.fill(0);
      this.#mark(hole, holes.full, 0, 1);
      if (holes.half !== holes.full) this.#mark(hole, holes.half, 1, 1);
    }
    known.fill(1);
    this.#mark(known, unknown.full, 0, 0);
    if (unknown.half !== unknown.full) this.#mark(known, unknown.half, 1, 0);
    if (instability.active) this.#distrust(instability, holes);
    const [a, b, c] = this.#means;
    const [ra, rb, rc, rd, ga, gb, gc, gd, ba, bb, bc, bd] = [...toRgb] as Twelve;
    for (let y = 0; y < height; y++) {
      for (let k = 0; k < 3; k++) this.#average(picture, k, y, this.#means[k]!);
      for (let x = 0, i = y * width; x < width; x++, i++) {
        if (known[i] === 0) {
          plate[i] = plate[n + i] = plate[2 * n + i] = 0;
          continue;
        }
        plate[i] = clamp(ra * a[x]! + rb * b[x]! + rc * c[x]! + rd);
        plate[n + i] = clamp(ga * a[x]! + gb * b[x]! + gc * c[x]! + gd);
        plate[2 * n + i] = clamp(ba * a[x]! + bb * b[x]! + bc * c[x]! + bd);
      }
    }
    if (!whole) return;
    for (let k = 0; k < 3; k++) for (let i = 0, j = k * n; i < n; i++, j++) frame[j] = hole[i] === 1 ? 0 : plate[j]!;
  }

  /** The working pixels that can touch the hole: columns and rows, ends excluded. */
  box({ full }: HoleMap): { x0: number; x1: number; y0: number; y1: number } {
    if (full.x1 === 0) return { x0: 0, x1: 0, y0: 0, y1: 0 };
    const { width, height } = this;
    // Chroma may carry the hole one pixel further.
    const low = (i: number, to: number, from: number) => Math.max(0, Math.floor(((i - 1) * to) / from) - 1);
    const high = (i: number, to: number, from: number) => Math.min(to, Math.ceil(((i + 1) * to) / from) + 1);
    return {
      x0: low(full.x0, width, full.width),
      x1: high(full.x1, width, full.width),
      y0: low(full.y0, height, full.height),
      y1: high(full.y1, height, full.height),
    };
  }

  /** What is unstable and hidden is to be filled, as if it had never been seen. */
  #distrust({ share, width: cells, cell }: TemporalInstability, holes: HoleMap): void {
    const { width, height, hole, known } = this;
    const { x0, x1, y0, y1 } = this.box(holes);
    const last = share.length / cells - 1;
    for (let y = y0; y < y1; y++) {
      // Whole numbers, so that the GPU twin finds the same cell.
      const row = cells * Math.min(last, Math.floor(((2 * y + 1) * holes.full.height) / (2 * height * cell)));
      for (let x = x0, i = y * width + x; x < x1; x++, i++) {
        const at = Math.min(cells - 1, Math.floor(((2 * x + 1) * holes.full.width) / (2 * width * cell)));
        if (hole[i] === 1 && share[row + at]! > 0) known[i] = 0;
      }
    }
  }

  /** Sets `to` where any source sample under it is set. */
  #mark(to: Float32Array, { y0, y1, runs: { rows, columns } }: HoleGrid, shift: 0 | 1, set: number): void {
    const { width, height } = this;
    const touched = this.#touched[shift];
    for (let y = 0; y < height; y++) {
      const top = Math.max(y0, this.#rows[2 * y]! >> shift);
      const bottom = Math.min(y1, (this.#rows[2 * y + 1]! + shift) >> shift);
      if (top >= bottom) continue;
      for (let k = rows[top]!, end = rows[bottom]!; k < end; k += 2) {
        to.fill(set, y * width + touched[2 * columns[k]!]!, y * width + touched[2 * columns[k + 1]! - 1]! + 1);
      }
    }
  }

  /** One row of box means of one channel, where they are known. Unknown pixels hold a constant by now. */
  #average(picture: Picture, k: number, y: number, to: Float32Array): void {
    const { offset, stride, step, shift, width } = picture.channels[k]!;
    const known = this.known;
    const sums = this.#sums;
    const columns = this.#columns;
    const y0 = this.#rows[2 * y]! >> shift;
    const rows = ((this.#rows[2 * y + 1]! + shift) >> shift) - y0;
    sumColumns(picture.data, offset + y0 * stride, step, stride, rows, width, sums);
    for (let x = 0, i = y * to.length; x < to.length; x++, i++) {
      if (known[i] === 0) continue;
      const x0 = columns[2 * x]! >> shift;
      const x1 = (columns[2 * x + 1]! + shift) >> shift;
      let sum = sums[x0]!;
      for (let u = x0 + 1; u < x1; u++) sum += sums[u]!;
      to[x] = sum / (rows * (x1 - x0));
    }
  }
}

/** For each of `to` cells the first source pixel that it touches and the one after the last. */
function bounds(to: number, from: number): Int32Array {
  const out = new Int32Array(2 * to);
  for (let i = 0; i < to; i++) {
    out[2 * i] = Math.floor((i * from) / to);
    out[2 * i + 1] = Math.ceil(((i + 1) * from) / to);
  }
  return out;
}

/** Of `from` columns the first cell that each touches and the last, by the cells' {@link bounds}. */
function touchedBy(cells: Int32Array, from: number, shift: 0 | 1): Int32Array {
  const out = new Int32Array(2 * from);
  for (let cell = cells.length / 2 - 1; cell >= 0; cell--) {
    for (let i = cells[2 * cell]! >> shift; i < (cells[2 * cell + 1]! + shift) >> shift; i++) out[2 * i] = cell;
  }
  for (let cell = 0; cell < cells.length / 2; cell++) {
    for (let i = cells[2 * cell]! >> shift; i < (cells[2 * cell + 1]! + shift) >> shift; i++) out[2 * i + 1] = cell;
  }
  return out;
}

function clamp(share: number): number {
  return share <= 0 ? 0 : share >= 1 ? 1 : share;
}
