import type { Channel, Picture } from '../picture.ts';
import { byte } from './byte.ts';
import type { ColourMap } from './colour.ts';
import type { Exposure } from './exposure.ts';
import { grained, grainRow } from './grain.ts';
import type { HoleGrid, HoleMap } from './hole-map.ts';
import type { Plate, PlateGrid } from './plate.ts';
import { Ramp } from './ramp.ts';
import type { Seam } from './seam.ts';
import type { TemporalInstability } from './temporal-instability.ts';
import type { BareMap, UnknownMap } from './unknown-map.ts';
import type { WorkingView } from './working-frame.ts';

/**
 * Writes the hole, sample by sample, in the picture's own channels; every other byte stays. First the plate in today's
 * light where it is known, then, over the completed picture at working size, the fill where it is not.
 */
export class Compositor {
  readonly #seams: Ramp[];
  readonly #works: Ramp[];
  readonly #field: Float32Array;
  readonly #shares: Float32Array;
  readonly #completedRow: Float32Array;
  readonly #completed: readonly [Float32Array, Float32Array, Float32Array];

  constructor(plate: Plate, seam: Seam, work: WorkingView, width: number, height: number) {
    this.#seams = plate.grids.map((g) => new Ramp(g, g === plate.half ? 1 : 0, seam, seam.cell, seam.cell));
    this.#works = plate.grids.map(
      (g) => new Ramp(g, g === plate.half ? 1 : 0, work, width / work.width, height / work.height),
    );
    this.#field = new Float32Array(seam.width);
    this.#shares = new Float32Array(seam.width);
    this.#completedRow = new Float32Array(work.width);
    const n = work.width * work.height;
    this.#completed = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
  }

  /**
   * The plate through today's exposure, plus the seam's field and the camera's grain, which the plate has averaged
   * away. What is unknown becomes 0: no raw value stays.
   *
   * @param deviation of the grain at each level, levels
   */
  paintKnown(
    picture: Picture,
    holes: HoleMap,
    unknown: UnknownMap,
    plate: Plate,
    exposure: readonly Exposure[],
    seam: Seam,
    deviation: Float32Array,
    time: number,
  ): void {
    plate.grids.forEach((grid, g) => {
      const [hole, bare] = grid === plate.half ? [holes.half, unknown.half] : [holes.full, unknown.full];
      grid.channels.forEach((c, k) => {
        const field = seam.field.subarray(c * seam.width * seam.height, (c + 1) * seam.width * seam.height);
        const specks = grid === plate.half ? undefined : deviation;
        this.#paint(
          picture,
          picture.channels[c]!,
          grid,
          grid.value[k]!,
          hole,
          bare,
          exposure[c]!,
          field,
          this.#seams[g]!,
          specks,
          time,
        );
      });
    });
  }

  #paint(
    { data }: Picture,
    channel: Channel,
    { width }: PlateGrid,
    value: Float32Array,
    { runs: hole, y0, y1 }: HoleGrid,
    { runs: unknown }: HoleGrid,
    { gain, offset: lift }: Exposure,
    field: Float32Array,
    ramp: Ramp,
    deviation: Float32Array | undefined,
    time: number,
  ): void {
    const { offset, stride, step } = channel;
    const row = this.#field;
    for (let y = y0; y < y1; y++) {
      const end = hole.rows[y + 1]!;
      if (hole.rows[y] === end) continue;
      const top = ramp.y.left[y]! * row.length;
      const bottom = ramp.y.right[y]! * row.length;
      const v = ramp.y.weight[y]!;
      const specks = grainRow(y, time);
      for (let i = 0; i < row.length; i++) row[i] = lift + field[top + i]! * (1 - v) + field[bottom + i]! * v;
      let u = unknown.rows[y]!;
      const lastUnknown = unknown.rows[y + 1]!;
      for (let k = hole.rows[y]!; k < end; k += 2) {
        let x = hole.columns[k]!;
        const stop = hole.columns[k + 1]!;
        while (x < stop) {
          // What is unknown of the hole lies in it.
          const until = u < lastUnknown ? Math.min(stop, unknown.columns[u]!) : stop;
          paintSpan(data, offset + y * stride, step, value, y * width, x, until, gain, row, ramp, deviation, specks);
          x = until;
          if (x === stop) break;
          const known = unknown.columns[u + 1]!;
          blacken(data, offset + y * stride, step, x, known);
          x = known;
          u += 2;
        }
      }
    }
  }

  /**
   * The fill where nothing is known, and its share where what is known is unstable.
   * @param bare what is unknown and will not be painted over.
   * @param rgb the fill at working size, planar, 0..1.
   * @param deviation of the grain at each level, levels
   */
  paintFill(
    picture: Picture,
    holes: HoleMap,
    bare: BareMap,
    instability: TemporalInstability,
    work: WorkingView,
    rgb: Float32Array,
    { fromRgb }: ColourMap,
    deviation: Float32Array,
    time: number,
  ): void {
    this.#complete(work, holes, rgb, fromRgb);
    picture.channels.forEach((channel, c) => {
      const half = channel.shift === 1;
      const g = half ? 1 : 0;
      const specks = half ? undefined : deviation;
      const from = this.#completed[c]!;
      this.#fill(picture, channel, half ? bare.half : bare.full, from, this.#works[g]!, specks, time);
      if (!instability.active) return;
      const [hole, unknown] = half ? [holes.half, bare.unknown.half] : [holes.full, bare.unknown.full];
      this.#mix(picture, channel, hole, unknown, from, this.#works[g]!, instability, this.#seams[g]!, specks, time);
    });
  }

  /** The fill alone. */
  #fill(
    { data }: Picture,
    { offset, stride, step }: Channel,
    { runs: { rows, columns }, x0, x1, y0, y1 }: HoleGrid,
    from: Float32Array,
    ramp: Ramp,
    deviation: Float32Array | undefined,
    time: number,
  ): void {
    const row = this.#completedRow;
    const { left, weight, start } = ramp.x;
    for (let y = y0; y < y1; y++) {
      const end = rows[y + 1]!;
      if (rows[y] === end) continue;
      this.#loadRow(from, ramp, y, left[x0]!, ramp.x.right[x1 - 1]!);
      const specks = grainRow(y, time);
      for (let k = rows[y]!; k < end; k += 2) {
        const stop = columns[k + 1]!;
        for (let x = columns[k]!, cell = left[x]!, p = offset + y * stride + x * step; x < stop; cell++) {
          const l = row[cell]!;
          const d = row[Math.min(cell + 1, row.length - 1)]! - l;
          for (const until = Math.min(stop, start[cell + 1]!); x < until; x++, p += step) {
            const level = l + d * weight[x]!;
            data[p] = byte(deviation ? grained(level, deviation, x, specks) : level);
          }
        }
      }
    }
  }

  /** The fill's share of what is known and unstable. */
  #mix(
    { data }: Picture,
    { offset, stride, step }: Channel,
    { width, runs: { rows, columns }, x0, x1, y0, y1 }: HoleGrid,
    { data: unknown }: HoleGrid,
    from: Float32Array,
    ramp: Ramp,
    instability: TemporalInstability,
    seam: Ramp,
    deviation: Float32Array | undefined,
    time: number,
  ): void {
    const row = this.#completedRow;
    const shares = this.#shares;
    const { left, right, weight } = ramp.x;
    for (let y = y0; y < y1; y++) {
      if (rows[y] === rows[y + 1] || !this.#shareRow(instability, seam, y)) continue;
      this.#loadRow(from, ramp, y, left[x0]!, right[x1 - 1]!);
      const specks = grainRow(y, time);
      for (let k = rows[y]!; k < rows[y + 1]!; k += 2) {
        const stop = columns[k + 1]!;
        for (let x = columns[k]!, cell = seam.x.left[x]!; x < stop; cell++) {
          const until = Math.min(stop, seam.x.start[cell + 1]!);
          const s = shares[cell]!;
          const t = shares[Math.min(cell + 1, shares.length - 1)]! - s;
          if (s === 0 && t === 0) {
            x = until;
            continue;
          }
          for (; x < until; x++) {
            const share = s + t * seam.x.weight[x]!;
            if (share === 0 || unknown[y * width + x] === 1) continue;
            const l = row[left[x]!]!;
            const level = l + (row[right[x]!]! - l) * weight[x]!;
            const now = deviation ? grained(level, deviation, x, specks) : level;
            const p = offset + y * stride + x * step;
            data[p] = byte(data[p]! + share * (now - data[p]!));
          }
        }
      }
    }
  }

  /** Columns `first` to `last` of the completed picture at the height of row `y`. */
  #loadRow(from: Float32Array, { width, y: { left, right, weight } }: Ramp, y: number, first: number, last: number) {
    const row = this.#completedRow;
    const top = left[y]! * width;
    const bottom = right[y]! * width;
    const v = weight[y]!;
    for (let x = first; x <= last; x++) row[x] = from[top + x]! * (1 - v) + from[bottom + x]! * v;
  }

  /** One row of the fill's shares, between the cells' rows; false where all are 0. */
  #shareRow({ share, width }: TemporalInstability, { y: { left, right, weight } }: Ramp, y: number): boolean {
    const top = left[y]! * width;
    const bottom = right[y]! * width;
    const v = weight[y]!;
    let any = false;
    for (let i = 0; i < width; i++) {
      this.#shares[i] = share[top + i]! * (1 - v) + share[bottom + i]! * v;
      if (this.#shares[i]! > 0) any = true;
    }
    return any;
  }

  /** The picture at working size without a hole, in the picture's channels; near the hole only. */
  #complete(work: WorkingView, holes: HoleMap, rgb: Float32Array, fromRgb: Float32Array): void {
    const { width, height, known, plate } = work;
    const n = width * height;
    const { x0, x1, y0, y1 } = work.box(holes);
    for (let c = 0; c < 3; c++) {
      const to = this.#completed[c]!;
      const kr = fromRgb[4 * c]!;
      const kg = fromRgb[4 * c + 1]!;
      const kb = fromRgb[4 * c + 2]!;
      const kd = fromRgb[4 * c + 3]!;
      for (let y = y0; y < y1; y++) {
        for (let i = y * width + x0, end = y * width + x1; i < end; i++) {
          const from = known[i] === 1 ? plate : rgb;
          to[i] = kr * from[i]! + kg * from[n + i]! + kb * from[2 * n + i]! + kd;
        }
      }
    }
  }
}

/** Columns `from` to `to` of a row, cell by cell of the light: in between it is a line. */
function paintSpan(
  data: Uint8Array,
  first: number,
  step: number,
  value: Float32Array,
  start: number,
  from: number,
  to: number,
  gain: number,
  light: Float32Array,
  ramp: Ramp,
  deviation: Float32Array | undefined,
  specks: number,
): void {
  if (from >= to) return;
  const { left, weight, start: starts } = ramp.x;
  for (let x = from, cell = left[x]!, i = start + x, p = first + x * step; x < to; cell++) {
    const l = light[cell]!;
    const d = light[Math.min(cell + 1, light.length - 1)]! - l;
    for (const until = Math.min(to, starts[cell + 1]!); x < until; x++, i++, p += step) {
      const level = gain * value[i]! + l + d * weight[x]!;
      data[p] = byte(deviation ? grained(level, deviation, x, specks) : level);
    }
  }
}

/** Columns `from` to `to` of a row become 0. */
function blacken(data: Uint8Array, first: number, step: number, from: number, to: number): void {
  if (step === 1) data.fill(0, first + from, first + to);
  else for (let p = first + from * step, end = first + to * step; p < end; p += step) data[p] = 0;
}
