import type { Rect } from '../../../geometry.ts';
import { regions } from '../../vision/regions.ts';

/** A region is somebody, with all that is attached to it, if the probability reaches this anywhere in it. */
const MIN_CERTAIN_PROBABILITY = 0.4;

/** When MediaPipe was last sure of somebody, by region of the finished hole. */
export class PersonEvidence {
  /** Per pixel, when it last belonged to a region in which MediaPipe was sure of a person; seconds. */
  readonly last: Float64Array;
  /** When MediaPipe was last sure of anybody anywhere, seconds. */
  anybody = Number.NEGATIVE_INFINITY;
  /** Boxes of the hole's regions, pixels. */
  regions: readonly Rect[] = [];
  readonly #width: number;
  readonly #height: number;
  readonly #labels: Int32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.last = new Float64Array(width * height).fill(Number.NEGATIVE_INFINITY);
    this.#labels = new Int32Array(width * height);
  }

  /**
   * @param probability of a person per pixel, 0..1
   * @param hole the finished one, 0 or 1: before it was closed and grown, head and trunk of somebody may hang apart
   * @param time seconds
   */
  note(probability: Float32Array, hole: Uint8Array, time: number): void {
    const found = regions(hole, this.#width, this.#height, this.#labels);
    const certain = found.countWhere((i) => probability[i]! >= MIN_CERTAIN_PROBABILITY);
    if (certain.some((pixels) => pixels > 0)) this.anybody = time;
    for (let i = 0; i < hole.length; i++) if (certain[found.labels[i]!]! > 0) this.last[i] = time;
    this.regions = found.boxes();
  }
}
