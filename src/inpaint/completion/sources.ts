import type { ColourMap } from '../colour.ts';
import type { PlateGrid } from '../plate.ts';
import type { SampleGrid } from '../sample-grid.ts';
import type { TemporalInstability } from '../temporal-instability.ts';
import { type CompletionInput, ROLE } from './completion.ts';
import { grown } from './grow.ts';

/**
 * A hand's breadth, pixels in a picture 480 wide: nearer to a hole than this a mask may have missed a part of somebody,
 * or their shade.
 */
const MARGIN = 12;
/** Frames for which a place must have been seen with no hole near; and looks that a pixel must have had. */
const CLEAR_FRAMES = 8;
const LOOKS = 3;

/** What the plate must have of a picture to be completed: all of {@link PlateGrid} but the means to learn. */
export type PlateValues = Pick<PlateGrid, 'width' | 'height' | 'channels' | 'value' | 'count' | 'doubt'>;

/**
 * Which places may be copied from: those that were seen several times, well away from anything that is hidden, and hold
 * still.
 */
export class Sources {
  readonly #grid: SampleGrid;
  /** Frames for which each sample point was seen without a hole near. */
  readonly #clear: Uint8Array;
  readonly #margin: number;
  #ready = 0;

  constructor(grid: SampleGrid) {
    this.#grid = grid;
    this.#clear = new Uint8Array(grid.count.length);
    this.#margin = Math.ceil((MARGIN * grid.width) / 480);
  }

  /** Share of the picture that may be copied from, 0..1. */
  get share(): number {
    return this.#ready / Math.max(1, this.#clear.length);
  }

  forget(): void {
    this.#clear.fill(0);
    this.#ready = 0;
  }

  /** Once a frame, after the grid's look at it. */
  look(): void {
    const { visible, count, width } = this.#grid;
    const clear = this.#clear;
    const near = grown(
      visible.map((each) => 1 - each),
      width,
      this.#margin,
    );
    this.#ready = 0;
    for (let i = 0; i < clear.length; i++) {
      if (count[i] === 0) clear[i] = 0;
      else if (near[i] === 0 && clear[i]! < CLEAR_FRAMES) clear[i]!++;
      if (clear[i] === CLEAR_FRAMES) this.#ready++;
    }
  }

  /** What a completer is given. Nothing of it was ever hole when it was learnt: it is the plate's. */
  inputOf(grids: readonly PlateValues[], instability: TemporalInstability, { toRgb }: ColourMap): CompletionInput {
    const [full, half] = grids as [PlateValues, PlateValues | undefined];
    const { width, height } = full;
    const rgb = new Uint8Array(3 * width * height);
    const role = new Uint8Array(width * height);
    const { pitch } = this.#grid;
    const [a] = full.value;
    const [b, c] = half ? half.value : full.value.slice(1);
    for (let y = 0, i = 0; y < height; y++) {
      const points = Math.min(this.#grid.height - 1, (y / pitch) | 0) * this.#grid.width;
      const cells =
        Math.min(instability.share.length / instability.width - 1, (y / instability.cell) | 0) * instability.width;
      for (let x = 0; x < width; x++, i++) {
        const j = half ? (y >> 1) * half.width + (x >> 1) : i;
        const looks = half ? Math.min(full.count[i]!, half.count[j]!) : full.count[i]!;
        if (looks === 0) continue;
        const sure =
          looks >= LOOKS &&
          full.doubt[i] === 0 &&
          (half?.doubt[j] ?? 0) === 0 &&
          instability.share[cells + Math.min(instability.width - 1, (x / instability.cell) | 0)] === 0 &&
          this.#clear[points + Math.min(this.#grid.width - 1, (x / pitch) | 0)] === CLEAR_FRAMES;
        role[i] = sure ? ROLE.source : ROLE.context;
        for (let k = 0, m = 0; k < 3; k++, m += 4) {
          const v = toRgb[m]! * a![i]! + toRgb[m + 1]! * b![j]! + toRgb[m + 2]! * c![j]! + toRgb[m + 3]!;
          rgb[3 * i + k] = Math.max(0, Math.min(255, Math.round(255 * v)));
        }
      }
    }
    return { width, height, rgb, role };
  }
}
