import type { Channel, Picture } from '../../picture.ts';
import type { Exposure } from '../exposure.ts';
import { grained } from '../grain.ts';
import type { HoleGrid } from '../hole-map.ts';
import type { PhotometricFit } from '../photometric-fit.ts';
import type { Plate, PlateGrid } from '../plate.ts';
import { Ramp } from '../ramp.ts';
import type { UnknownMap } from '../unknown-map.ts';
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

  /** Whether the completion alone is shown wherever the plate knows nothing: no fill is needed below it. */
  covers({ layer, before, mix, share }: LayerOnShow, unknown: UnknownMap): boolean {
    if (!layer || before || mix < 1) return false;
    return this.#plate.grids.every((grid, g) => {
      const bare = grid === this.#plate.half ? unknown.half : unknown.full;
      return this.#isCovered(bare, layer[g]!.has, share, this.#ramps[g]!);
    });
  }

  #isCovered({ width, data: unknown, x0, x1, y0, y1 }: HoleGrid, has: Uint8Array, share: Float32Array, ramp: Ramp) {
    const least = this.#share;
    const { left, right } = ramp.x;
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * least.length;
      const bottom = ramp.y.right[y]! * least.length;
      for (let i = 0; i < least.length; i++) least[i] = Math.min(share[top + i]!, share[bottom + i]!);
      for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
        if (unknown[i]! && (has[i] === 0 || least[left[x]!]! < 1 || least[right[x]!]! < 1)) return false;
      }
    }
    return true;
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
    const value = layer.value[k]!;
    const old = before?.value[k];
    for (let y = y0; y < y1; y++) {
      const top = ramp.y.left[y]! * cells;
      const bottom = ramp.y.right[y]! * cells;
      const v = ramp.y.weight[y]!;
      for (let i = 0; i < cells; i++) {
        lights[i] = lift + field[top + i]! * (1 - v) + field[bottom + i]! * v;
        shares[i] = share[top + i]! * (1 - v) + share[bottom + i]! * v;
      }
      for (let x = x0, i = y * width + x, p = offset + y * stride + x * step; x < x1; x++, i++, p += step) {
        if (unknown[i] === 0) continue;
        const l = lights[left[x]!]!;
        const light = l + (lights[right[x]!]! - l) * weight[x]!;
        if (covered) {
          const plain = gain * value[i]! + light;
          const level = deviation ? grained(plain, deviation, x, y, time) : plain;
          data[p] = level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
          continue;
        }
        const now = layer.has[i]! * mix;
        const was = before ? before.has[i]! * (1 - mix) : 0;
        if (now + was === 0) continue;
        const s = shares[left[x]!]!;
        const part = (now + was) * (s + (shares[right[x]!]! - s) * weight[x]!);
        const copied = (now * value[i]! + (was > 0 ? was * old![i]! : 0)) / (now + was);
        let level = gain * copied + light;
        if (deviation) level = grained(level, deviation, x, y, time);
        level = part < 1 ? data[p]! + part * (level - data[p]!) : level;
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
