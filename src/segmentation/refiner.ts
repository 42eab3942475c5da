import { HOLE } from '../mask.ts';
import type { Segmentation } from './mask-source.ts';
import { close, distanceTo } from './morphology.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Probability from which on a pixel counts as person. Low: a pixel too much costs nothing, a missed one is a leak. */
const PERSON = 0.2;

/** Growth of the mask, share of the frame's diagonal: MediaPipe cuts hair and hands off by about this much. */
const GROWTH = 0.009;

/** Gaps up to twice this are closed, share of the diagonal: between arm and body nothing is worth showing. */
const CLOSING = 0.012;

/** Probability map -> hole mask. */
export class Refiner {
  readonly #width: number;
  readonly #height: number;
  readonly #mask: Uint8Array;
  readonly #distance: Float32Array;
  readonly #hole: Uint8Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#mask = new Uint8Array(size);
    this.#distance = new Float32Array(size);
    this.#hole = new Uint8Array(size);
  }

  refine(_thumbnail: Thumbnail, probability: Float32Array, _timestamp: number): Segmentation {
    const width = this.#width;
    const height = this.#height;
    const mask = this.#mask;
    for (let i = 0; i < mask.length; i++) mask[i] = probability[i]! >= PERSON ? 1 : 0;
    const diagonal = Math.hypot(width, height);
    close(mask, width, height, CLOSING * diagonal, this.#distance);
    distanceTo(mask, width, height, this.#distance);
    // A ramp one pixel wide instead of a step: scaled up to the picture, its middle is a smooth line.
    const radius = GROWTH * diagonal;
    for (let i = 0; i < mask.length; i++)
      this.#hole[i] = Math.max(0, Math.min(255, HOLE + (radius - this.#distance[i]!) * 127));
    return { hole: { width, height, data: this.#hole }, confidence: 1 };
  }
}
