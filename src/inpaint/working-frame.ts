import type { Picture } from '../picture.ts';
import type { ColourMap } from './colour.ts';
import type { WorkingFrame } from './fill.ts';
import type { HoleMap } from './hole-map.ts';
import type { UnknownMap } from './unknown-map.ts';

/** The box that working sizes fit into, lying or standing: 480x288 for 16:9, 384x288 for 4:3. */
const LONG = 480;
const SHORT = 288;
const MULTIPLE = 32;

/** The working size of a picture: in the box, never larger than the picture but for rounding up to multiples of 32. */
export function workingSize(width: number, height: number): { width: number; height: number } {
  const [w, h] = width >= height ? [LONG, SHORT] : [SHORT, LONG];
  const scale = Math.min(1, w / width, h / height);
  const round = (n: number) => Math.max(1, Math.ceil((n * scale) / MULTIPLE - 1e-6)) * MULTIPLE;
  return { width: round(width), height: round(height) };
}

/** The picture at working size, averaged over boxes, hole and unknown kept apart. Nothing that is unknown is ever read. */
export class WorkingView implements WorkingFrame {
  readonly width: number;
  readonly height: number;
  readonly frame: Float32Array;
  readonly hole: Float32Array;
  readonly plate: Float32Array;
  readonly known: Float32Array;
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  readonly #means: readonly [Float32Array, Float32Array, Float32Array];

  constructor(width: number, height: number) {
    ({ width: this.width, height: this.height } = workingSize(width, height));
    const n = this.width * this.height;
    this.frame = new Float32Array(3 * n);
    this.plate = new Float32Array(3 * n);
    this.hole = new Float32Array(n);
    this.known = new Float32Array(n);
    this.#columns = bounds(this.width, width);
    this.#rows = bounds(this.height, height);
    this.#means = [new Float32Array(this.width), new Float32Array(this.width), new Float32Array(this.width)];
  }

  /** @param picture whose hole already shows the plate wherever it is known. */
  build(picture: Picture, holes: HoleMap, unknown: UnknownMap, { toRgb }: ColourMap): void {
    const { width, height, frame, plate, hole, known } = this;
    const n = width * height;
    this.#mark(hole, holes.full.data, holes.full.width, 0, 0, 1);
    this.#mark(known, unknown.full, holes.full.width, 0, 1, 0);
    if (holes.half !== holes.full) {
      this.#mark(hole, holes.half.data, holes.half.width, 1, -1, 1);
      this.#mark(known, unknown.half, holes.half.width, 1, -1, 0);
    }
    const [a, b, c] = this.#means;
    for (let y = 0; y < height; y++) {
      for (let k = 0; k < 3; k++) this.#average(picture, k, y, this.#means[k]!);
      for (let x = 0, i = y * width; x < width; x++, i++) {
        for (let k = 0, j = i; k < 3; k++, j += n) {
          const m = k * 4;
          const v = toRgb[m]! * a[x]! + toRgb[m + 1]! * b[x]! + toRgb[m + 2]! * c[x]! + toRgb[m + 3]!;
          const value = v < 0 ? 0 : v > 1 ? 1 : v;
          frame[j] = hole[i] === 1 ? 0 : value;
          plate[j] = known[i] === 1 ? value : 0;
        }
      }
    }
  }

  /** Sets `to` where any source pixel under it is set; first clears all to `clear` unless that is -1. */
  #mark(to: Float32Array, from: Uint8Array, stride: number, shift: 0 | 1, clear: number, set: number): void {
    if (clear >= 0) to.fill(clear);
    const { width, height } = this;
    const columns = this.#columns;
    for (let y = 0; y < height; y++) {
      const y0 = this.#rows[2 * y]! >> shift;
      const y1 = (this.#rows[2 * y + 1]! + shift) >> shift;
      for (let x = 0; x < width; x++) {
        const x0 = columns[2 * x]! >> shift;
        const x1 = (columns[2 * x + 1]! + shift) >> shift;
        let any = 0;
        for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) any |= from[v * stride + u]!;
        if (any) to[y * width + x] = set;
      }
    }
  }

  /** One row of box means of one channel. Unknown pixels hold a constant by now and their boxes are thrown away. */
  #average(picture: Picture, k: number, y: number, to: Float32Array): void {
    const { offset, stride, step, shift } = picture.channels[k]!;
    const { data } = picture;
    const y0 = this.#rows[2 * y]! >> shift;
    const y1 = (this.#rows[2 * y + 1]! + shift) >> shift;
    for (let x = 0; x < this.width; x++) {
      const x0 = this.#columns[2 * x]! >> shift;
      const x1 = (this.#columns[2 * x + 1]! + shift) >> shift;
      let sum = 0;
      for (let v = y0; v < y1; v++) {
        const row = offset + v * stride;
        for (let p = row + x0 * step, end = row + x1 * step; p < end; p += step) sum += data[p]!;
      }
      to[x] = sum / ((y1 - y0) * (x1 - x0));
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
