import type { Channel, Picture } from '../picture.ts';
import type { ColourMap } from './colour.ts';
import type { Exposure } from './exposure.ts';
import { grained, grainRow } from './grain.ts';
import type { HoleGrid, HoleMap } from './hole-map.ts';
import type { Plate, PlateGrid } from './plate.ts';
import { Ramp } from './ramp.ts';
import type { Seam } from './seam.ts';
import type { TemporalInstability } from './temporal-instability.ts';
import type { BareMap } from './unknown-map.ts';
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
    plate: Plate,
    exposure: readonly Exposure[],
    seam: Seam,
    deviation: Float32Array,
    time: number,
  ): void {
    plate.grids.forEach((grid, g) => {
      const hole = grid === plate.half ? holes.half : holes.full;
      grid.channels.forEach((c, k) => {
        const field = seam.field.subarray(c * seam.width * seam.height, (c + 1) * seam.width * seam.height);
        const specks = grid === plate.half ? undefined : deviation;
        this.#paint(
          picture,
          picture.channels[c]!,
          grid,
          grid.value[k]!,
          hole,
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
    { offset, stride, step }: Channel,
    { count, width }: PlateGrid,
    value: Float32Array,
    { data: hole, x0, x1, y0, y1 }: HoleGrid,
    { gain, offset: lift }: Exposure,
    field: Float32Array,
    ramp: Ramp,
    deviation: Float32Array | undefined,
    time: number,
  ): void {
    const row = this.#field;
    const { left, right, weight } = ramp.x;
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * row.length;
      const bottom = ramp.y.right[y]! * row.length;
      const v = ramp.y.weight[y]!;
      const specks = grainRow(y, time);
      for (let i = 0; i < row.length; i++) row[i] = lift + field[top + i]! * (1 - v) + field[bottom + i]! * v;
      for (let x = x0, i = y * width + x, p = offset + y * stride + x * step; x < x1; x++, i++, p += step) {
        if (hole[i] === 0) continue;
        if (count[i] === 0) {
          data[p] = 0;
          continue;
        }
        const l = row[left[x]!]!;
        const level = gain * value[i]! + l + (row[right[x]!]! - l) * weight[x]!;
        data[p] = byte(deviation ? grained(level, deviation, x, specks) : level);
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
      const hole = half ? holes.half : holes.full;
      this.#fill(
        picture,
        channel,
        half ? bare.unknown.half : bare.unknown.full,
        half ? bare.half : bare.full,
        // What is known stays as it is but where it is unstable.
        instability.active ? hole : half ? bare.half : bare.full,
        this.#completed[c]!,
        this.#works[half ? 1 : 0]!,
        instability,
        this.#seams[half ? 1 : 0]!,
        half ? undefined : deviation,
        time,
      );
    });
  }

  #fill(
    { data }: Picture,
    { offset, stride, step }: Channel,
    { data: unknown }: HoleGrid,
    { data: bare }: HoleGrid,
    { width, data: hole, x0, x1, y0, y1 }: HoleGrid,
    from: Float32Array,
    ramp: Ramp,
    instability: TemporalInstability,
    seam: Ramp,
    deviation: Float32Array | undefined,
    time: number,
  ): void {
    const { left, right, weight } = ramp.x;
    const row = this.#completedRow;
    const shares = this.#shares;
    const first = left[x0]!;
    const last = right[x1 - 1]!;
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * ramp.width;
      const bottom = ramp.y.right[y]! * ramp.width;
      const v = ramp.y.weight[y]!;
      for (let x = first; x <= last; x++) row[x] = from[top + x]! * (1 - v) + from[bottom + x]! * v;
      const specks = grainRow(y, time);
      const unstable = instability.active && this.#shareRow(instability, seam, y);
      for (let x = x0, i = y * width + x; x < x1; x++, i++) {
        let share = 1;
        if (bare[i] === 0) {
          if (!unstable || hole[i] === 0 || unknown[i] === 1) continue;
          const s = shares[seam.x.left[x]!]!;
          share = s + (shares[seam.x.right[x]!]! - s) * seam.x.weight[x]!;
          if (share === 0) continue;
        }
        const l = row[left[x]!]!;
        const p = offset + y * stride + x * step;
        const level = l + (row[right[x]!]! - l) * weight[x]!;
        const now = deviation ? grained(level, deviation, x, specks) : level;
        data[p] = byte(bare[i] === 1 ? now : data[p]! + share * (now - data[p]!));
      }
    }
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

function byte(v: number): number {
  return v <= 0 ? 0 : v >= 255 ? 255 : (v + 0.5) | 0;
}
