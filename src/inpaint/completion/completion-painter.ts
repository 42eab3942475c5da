import type { Channel, Picture } from '../../picture.ts';
import type { Exposure } from '../exposure.ts';
import { grained, grainRow } from '../grain.ts';
import type { HoleGrid } from '../hole-map.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { Plate, PlateGrid } from '../plate.ts';
import { Ramp } from '../ramp.ts';
import type { BareMap, UnknownMap } from '../unknown-map.ts';
import type { LayerGrid, LayerOnShow } from './layer.ts';

/** Draws a completion, or a remembered room, over the fill, sample by sample, in today's light: on the CPU. */
export class CompletionPainter {
  readonly #plate: Plate;
  readonly #fit: PhotometricFit;
  readonly #ramps: readonly Ramp[];
  readonly #field: Float32Array;
  readonly #share: Float32Array;

  constructor(plate: Plate, fit: PhotometricFit) {
    const { seam } = fit;
    this.#plate = plate;
    this.#fit = fit;
    this.#ramps = plate.grids.map((g) => new Ramp(g, g === plate.half ? 1 : 0, seam, seam.cell, seam.cell));
    this.#field = new Float32Array(seam.width);
    this.#share = new Float32Array(seam.width);
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
      left += this.#uncovered(half ? bare.half : bare.full, layer[g]!.has, share, this.#ramps[g]!);
    });
    bare.samples = left;
    return left;
  }

  /** Clears what is covered; gives how many samples are left. */
  #uncovered({ width, data: bare, x0, x1, y0, y1 }: HoleGrid, has: Uint8Array, share: Float32Array, ramp: Ramp) {
    const full = this.#share;
    const { left, right } = ramp.x;
    let n = 0;
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * full.length;
      const bottom = ramp.y.right[y]! * full.length;
      for (let i = 0; i < full.length; i++) full[i] = share[top + i]! >= 1 && share[bottom + i]! >= 1 ? 1 : 0;
      for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
        if (bare[i] === 0) continue;
        if (has[i] === 1 && full[left[x]!] === 1 && full[right[x]!] === 1) bare[i] = 0;
        else n++;
      }
    }
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
    { data: unknown, x0, x1, y0, y1 }: HoleGrid,
    { layer, before, mix, share }: Shown,
    k: number,
    { gain, offset: lift }: Exposure,
    field: Float32Array,
    ramp: Ramp,
    deviation: Float32Array | undefined,
    time: number,
    covered: boolean,
  ): void {
    const { left, right, weight } = ramp.x;
    const lights = this.#field;
    const shares = this.#share;
    const cells = lights.length;
    const { has } = layer;
    const had = before?.has;
    const value = layer.value[k]!;
    const old = before?.value[k];
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * cells;
      const bottom = ramp.y.right[y]! * cells;
      const v = ramp.y.weight[y]!;
      const specks = grainRow(y, time);
      for (let i = 0; i < cells; i++) {
        lights[i] = lift + field[top + i]! * (1 - v) + field[bottom + i]! * v;
        shares[i] = share[top + i]! * (1 - v) + share[bottom + i]! * v;
      }
      for (let x = x0, i = y * width + x, p = offset + y * stride + x * step; x < x1; x++, i++, p += step) {
        if (unknown[i] === 0) continue;
        const l = lights[left[x]!]!;
        const light = l + (lights[right[x]!]! - l) * weight[x]!;
        let part = 1;
        let copied = value[i]!;
        if (!covered) {
          const now = has[i]! * mix;
          const was = had ? had[i]! * (1 - mix) : 0;
          if (now + was === 0) continue;
          const s = shares[left[x]!]!;
          part = (now + was) * (s + (shares[right[x]!]! - s) * weight[x]!);
          // Mostly nothing fades out any more, and a division is dear.
          if (now !== 1) copied = (now * copied + (was > 0 ? was * old![i]! : 0)) / (now + was);
        }
        let level = gain * copied + light;
        if (deviation) level = grained(level, deviation, x, specks);
        if (part < 1) level = data[p]! + part * (level - data[p]!);
        data[p] = level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
      }
    }
  }
}

/** What is on show at one resolution: see {@link Completing}. */
interface Shown {
  readonly layer: LayerGrid;
  readonly before: LayerGrid | undefined;
  readonly mix: number;
  readonly share: Float32Array;
}
