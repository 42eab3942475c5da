import type { Exposure } from './exposure.ts';
import { PushPull } from './push-pull.ts';
import type { SampleGrid } from './sample-grid.ts';

/** Points to a cell's side. */
export const CELL = 2;
/**
 * Residuals beyond this many levels are left out: a person's rim that the mask missed is mostly that far from the room,
 * and must not be carried under the hole. What is nearer counts, though it may have moved rather than changed its
 * light: what moved beside the hole moved in it too. (webcam's hole: +0.21 dB over a limit of 16; warm-1 with masks
 * that are 12 px too small: -0.14; with no limit +0.38 and -1.4.)
 */
const MAX_RESIDUAL_LEVELS = 64;
/**
 * How much of the new field is taken over a frame. Slowly while it only shimmers ({@link CALM_LEVELS}), fast when light
 * really changes, as where a shadow walks along a wall, and whole where something came or went
 * ({@link CHANGED_LEVELS}): what has left the hole's rim is not remembered.
 */
const MIN_RATE = 0.02;
const MAX_RATE = 0.5;
const CALM_LEVELS = 1;
const CHANGED_LEVELS = 16;
/** Levels beyond calm at which the field would be taken over whole. */
const FULL_RATE_LEVELS = 10;
/**
 * How strongly the field is held to 0 where nothing is seen: it fades over some eight cells into a large hole. People
 * shade what is beside them, and their shade must not be carried under them (walkers: without fading -0.1 dB on
 * warm-1).
 */
const FADE_WEIGHT = 0.03;

/**
 * What the exposure, which is one line for the whole picture, leaves over near the hole: a few levels of light that
 * changes from place to place. Measured outside the hole in coarse cells and continued into it smoothly, then added to
 * the plate, so that plate and frame meet without a step. The membrane of seamless cloning (Perez et al., "Poisson
 * image editing", 2003; Farbman et al., "Coordinates for instant image cloning", 2009), solved by push-pull.
 */
export class Seam {
  readonly width: number;
  readonly height: number;
  /** Pixels to a cell's side. */
  readonly cell: number;
  /** Levels to add, three planes of height x width. */
  readonly field: Float32Array;
  readonly #pyramid: PushPull;

  constructor(grid: SampleGrid) {
    this.width = Math.max(1, Math.ceil(grid.width / CELL));
    this.height = Math.max(1, Math.ceil(grid.height / CELL));
    this.cell = grid.pitch * CELL;
    this.field = new Float32Array(3 * this.width * this.height);
    this.#pyramid = new PushPull(this.width, this.height, 3, 0);
  }

  reset(): void {
    this.field.fill(0);
  }

  update(grid: SampleGrid, exposure: readonly Exposure[]): void {
    const { width, height, field } = this;
    const n = width * height;
    const { value, weight } = this.#pyramid;
    weight.fill(0);
    value.fill(0);
    // Written out for three channels: a call that gives a number allocates it, 60,000 times a frame.
    const [e0, e1, e2] = exposure as readonly [Exposure, Exposure, Exposure];
    const [f0, f1, f2] = grid.frame;
    const [p0, p1, p2] = grid.plate;
    for (let j = 0, i = 0; j < grid.height; j++) {
      for (let k = 0; k < grid.width; k++, i++) {
        if (grid.visible[i] === 0 || grid.count[i] === 0) continue;
        const a = f0[i]! - e0.gain * p0[i]! - e0.offset;
        const b = f1[i]! - e1.gain * p1[i]! - e1.offset;
        const c = f2[i]! - e2.gain * p2[i]! - e2.offset;
        if (Math.abs(a) > MAX_RESIDUAL_LEVELS || Math.abs(b) > MAX_RESIDUAL_LEVELS || Math.abs(c) > MAX_RESIDUAL_LEVELS)
          continue;
        const cell = ((j / CELL) | 0) * width + ((k / CELL) | 0);
        weight[cell]! += 1;
        value[cell]! += a;
        value[n + cell]! += b;
        value[2 * n + cell]! += c;
      }
    }
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) {
        weight[i] = FADE_WEIGHT;
        continue;
      }
      for (let k = 0; k < 3; k++) value[k * n + i] = value[k * n + i]! / w;
      weight[i] = Math.min(1, w / (CELL * CELL));
    }
    this.#pyramid.run();
    for (let i = 0; i < 3 * n; i++) {
      const d = value[i]! - field[i]!;
      const off = Math.abs(d);
      field[i] =
        field[i]! +
        d * (off > CHANGED_LEVELS ? 1 : Math.min(MAX_RATE, Math.max(MIN_RATE, (off - CALM_LEVELS) / FULL_RATE_LEVELS)));
    }
  }
}
