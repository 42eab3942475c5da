import type { Channel, Picture } from '../../picture.ts';
import { byte } from '../byte.ts';
import type { Exposure } from '../exposure.ts';
import { grained, grainRow } from '../grain.ts';
import type { HoleGrid } from '../hole-map.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { Plate, PlateGrid } from '../plate.ts';
import { Ramp } from '../ramp.ts';
import { Runs } from '../runs.ts';
import type { BareMap, UnknownMap } from '../unknown-map.ts';
import type { LayerGrid, LayerOnShow } from './layer.ts';

/** Draws a completion, or a remembered room, over the fill, sample by sample, in today's light: on the CPU. */
export class CompletionPainter {
  readonly #plate: Plate;
  readonly #fit: PhotometricFit;
  readonly #ramps: readonly Ramp[];
  readonly #field: Float32Array;
  readonly #share: Float32Array;
  /** What is left of the bare places, by grid. */
  readonly #left: Runs[];

  constructor(plate: Plate, fit: PhotometricFit) {
    const { seam } = fit;
    this.#plate = plate;
    this.#fit = fit;
    this.#ramps = plate.grids.map((g) => new Ramp(g, g === plate.half ? 1 : 0, seam, seam.cell, seam.cell));
    this.#field = new Float32Array(seam.width);
    this.#share = new Float32Array(seam.width);
    this.#left = plate.grids.map((g) => new Runs(g.height));
  }

  /**
   * Takes out of `bare` what the layer alone is shown at: what lies below it there is not seen, so no fill is needed.
   *
   * @param bare unknown places that nothing covers so far
   * @returns how many samples are left in it
   */
  cover({ layer, before, mix, share }: LayerOnShow, bare: BareMap): number {
    if (!layer || before || mix < 1) return bare.samples;
    let left = 0;
    this.#plate.grids.forEach((grid, g) => {
      const half = grid === this.#plate.half;
      const places = half ? bare.half : bare.full;
      const runs = this.#left[g]!;
      left += this.#uncovered(places, layer[g]!.has, share, this.#ramps[g]!, runs);
      this.#left[g] = places.runs;
      places.runs = runs;
    });
    bare.samples = left;
    return left;
  }

  /** Clears what is covered, and leaves the runs of the rest in `kept`; gives how many samples are left. */
  #uncovered(
    { width, data: bare, runs: { rows, columns }, y0, y1 }: HoleGrid,
    has: Uint8Array,
    share: Float32Array,
    ramp: Ramp,
    kept: Runs,
  ): number {
    const full = this.#share;
    const { left, start } = ramp.x;
    let n = 0;
    kept.clear();
    for (let y = y0; y < y1; y++) {
      const end = rows[y + 1]!;
      if (rows[y] === end) continue;
      kept.start(y);
      const row = y * width;
      const top = ramp.y.left[y]! * full.length;
      const bottom = ramp.y.right[y]! * full.length;
      for (let i = 0; i < full.length; i++) full[i] = share[top + i]! >= 1 && share[bottom + i]! >= 1 ? 1 : 0;
      for (let k = rows[y]!; k < end; k += 2) {
        const stop = columns[k + 1]!;
        bare.fill(0, row + columns[k]!, row + stop);
        for (let x = columns[k]!, cell = left[x]!; x < stop; cell++) {
          const until = Math.min(stop, start[cell + 1]!);
          if (full[cell] === 0 || full[Math.min(cell + 1, full.length - 1)] === 0) {
            bare.fill(1, row + x, row + until);
            kept.add(x, until);
            n += until - x;
            x = until;
            continue;
          }
          for (; x < until; x++) {
            if (has[row + x] === 1) continue;
            bare[row + x] = 1;
            kept.add(x, x + 1);
            n++;
          }
        }
      }
    }
    kept.end();
    return n;
  }

  /** @param deviation of the grain at each level, levels */
  paint(
    picture: Picture,
    unknown: UnknownMap,
    shown: LayerOnShow,
    deviation: Float32Array,
    time: number,
    covered: boolean,
  ): void {
    const { layer, before, mix, share } = shown;
    if (!layer) return;
    const { seam, exposure } = this.#fit;
    this.#plate.grids.forEach((grid, g) => {
      const half = grid === this.#plate.half;
      grid.channels.forEach((c, k) => {
        const size = seam.width * seam.height;
        this.#channel(
          picture,
          picture.channels[c]!,
          grid,
          half ? unknown.half : unknown.full,
          { layer: layer[g]!, before: before?.[g], mix, share },
          k,
          exposure[c]!,
          seam.field.subarray(c * size, (c + 1) * size),
          this.#ramps[g]!,
          half ? undefined : deviation,
          time,
          covered,
        );
      });
    });
  }

  #channel(
    { data }: Picture,
    { offset, stride, step }: Channel,
    { width }: PlateGrid,
    { runs: { rows, columns }, y0, y1 }: HoleGrid,
    { layer, before, mix, share }: Shown,
    k: number,
    { gain, offset: lift }: Exposure,
    field: Float32Array,
    ramp: Ramp,
    deviation: Float32Array | undefined,
    time: number,
    covered: boolean,
  ): void {
    const { left, weight, start } = ramp.x;
    const lights = this.#field;
    const shares = this.#share;
    const cells = lights.length;
    const { has } = layer;
    const had = before?.has;
    const value = layer.value[k]!;
    const old = before?.value[k];
    // Mostly nothing fades in or out.
    const alone = had === undefined && mix === 1;
    for (let y = y0; y < y1; y++) {
      const end = rows[y + 1]!;
      if (rows[y] === end) continue;
      const top = ramp.y.left[y]! * cells;
      const bottom = ramp.y.right[y]! * cells;
      const v = ramp.y.weight[y]!;
      const specks = grainRow(y, time);
      for (let i = 0; i < cells; i++) {
        lights[i] = lift + field[top + i]! * (1 - v) + field[bottom + i]! * v;
        shares[i] = share[top + i]! * (1 - v) + share[bottom + i]! * v;
      }
      for (let r = rows[y]!; r < end; r += 2) {
        const stop = columns[r + 1]!;
        let x = columns[r]!;
        let i = y * width + x;
        let p = offset + y * stride + x * step;
        for (let cell = left[x]!; x < stop; cell++) {
          const next = Math.min(cell + 1, cells - 1);
          const until = Math.min(stop, start[cell + 1]!);
          const l = lights[cell]!;
          const d = lights[next]! - l;
          const s = shares[cell]!;
          const t = shares[next]! - s;
          if (alone && !covered && s === 0 && t === 0) {
            i += until - x;
            p += (until - x) * step;
            x = until;
          } else if (covered || (alone && s === 1 && t === 0)) {
            drawSolid(
              data,
              p,
              step,
              value,
              covered ? undefined : has,
              i,
              x,
              until,
              gain,
              l,
              d,
              weight,
              deviation,
              specks,
            );
            i += until - x;
            p += (until - x) * step;
            x = until;
          } else {
            for (; x < until; x++, i++, p += step) {
              const now = has[i]! * mix;
              const was = had ? had[i]! * (1 - mix) : 0;
              if (now + was === 0) continue;
              const part = (now + was) * (s + t * weight[x]!);
              let copied = value[i]!;
              // A division is dear.
              if (now !== 1) copied = (now * copied + (was > 0 ? was * old![i]! : 0)) / (now + was);
              let level = gain * copied + (l + d * weight[x]!);
              if (deviation) level = grained(level, deviation, x, specks);
              if (part < 1) level = data[p]! + part * (level - data[p]!);
              data[p] = byte(level);
            }
          }
        }
      }
    }
  }
}

/** Columns `x` to `end` of a cell, with nothing of what lies below. @param has where, unless it is everywhere */
function drawSolid(
  data: Uint8Array,
  p: number,
  step: number,
  value: Uint8Array,
  has: Uint8Array | undefined,
  i: number,
  x: number,
  end: number,
  gain: number,
  light: number,
  slope: number,
  weight: Float32Array,
  deviation: Float32Array | undefined,
  specks: number,
): void {
  for (; x < end; x++, i++, p += step) {
    if (has !== undefined && has[i] === 0) continue;
    const level = gain * value[i]! + (light + slope * weight[x]!);
    data[p] = byte(deviation ? grained(level, deviation, x, specks) : level);
  }
}

/** What is on show at one resolution: see {@link Completing}. */
interface Shown {
  readonly layer: LayerGrid;
  readonly before: LayerGrid | undefined;
  readonly mix: number;
  readonly share: Float32Array;
}
