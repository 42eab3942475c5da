import type { Move } from './anchor.ts';
import { type Exposure, ExposureFit, unchanged } from './exposure.ts';
import { GrainMeter } from './grain-meter.ts';
import type { SampleGrid } from './sample-grid.ts';
import { Seam } from './seam.ts';
import { TemporalInstability } from './temporal-instability.ts';

/** Every so many visible points are used for the exposure: 5,000 of them fix it to a thirtieth of a level. */
const EVERY = 3;

/** Today's light against the plate's: one exposure a channel, the seam's field on top, and the camera's noise. */
export class PhotometricFit {
  readonly exposure: readonly [Exposure, Exposure, Exposure] = [unchanged(), unchanged(), unchanged()];
  readonly seam: Seam;
  readonly instability: TemporalInstability;
  readonly grain: GrainMeter;
  readonly #grid: SampleGrid;
  readonly #fit = new ExposureFit();
  readonly #frame: Float32Array;
  readonly #plate: Float32Array;

  /** @param grain false: none is measured, so none is put into the hole */
  constructor(grid: SampleGrid, grain = true) {
    this.#grid = grid;
    this.seam = new Seam(grid);
    this.instability = new TemporalInstability(grid);
    this.grain = new GrainMeter(grid, grain);
    this.#frame = new Float32Array(grid.count.length);
    this.#plate = new Float32Array(grid.count.length);
  }

  reset(): void {
    for (const e of this.exposure) Object.assign(e, unchanged());
    this.seam.reset();
    this.instability.reset();
    this.grain.move();
  }

  /** The camera moved, and the plate with it. */
  move(move: Move): void {
    this.instability.move(move);
    this.grain.move();
  }

  /** Compares the grid's frame with its plate. */
  measure(): void {
    const { visible, count, frame, plate } = this.#grid;
    for (let c = 0; c < 3; c++) {
      let n = 0;
      for (let i = 0; i < count.length; i += count.length > 4096 ? EVERY : 1) {
        if (!visible[i] || count[i] === 0) continue;
        this.#frame[n] = frame[c]![i]!;
        this.#plate[n++] = plate[c]![i]!;
      }
      this.#fit.fit(this.#frame, this.#plate, n, this.exposure[c]!);
    }
    this.grain.measure();
    this.seam.update(this.#grid, this.exposure);
    this.instability.update(this.#grid, this.exposure);
  }
}
