import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';

/**
 * Levels of luma by which a pixel has changed since the model last saw the whole frame: more than noise makes of an
 * averaged pixel.
 */
const CHANGED_LUMA_LEVELS = 8;

/** Probability from which on what changes beside a pixel may be the same person, moving. */
const MIN_PERSON_PROBABILITY = 0.2;

/** What a changed pixel beside a person gets: enough to be hole, not enough to vouch for a person by itself. */
const PROPAGATED_PROBABILITY = 0.3;

/** How far somebody gets until the next pass, share of the frame's diagonal: a signing hand, 70 ms at desk distance. */
const MAX_MOTION_OF_DIAGONAL = 0.08;

/**
 * MediaPipe's answer for the whole frame, and what becomes of it in a frame whose turn went to a crop pass: whatever
 * changed beside a person since is taken for that person until the next pass.
 */
export class FullFramePass {
  /** Probability of a person per grid pixel, 0..1. The model writes it, then {@link take} is called. */
  readonly probability: Float32Array;
  readonly #luma: Float32Array;
  readonly #mask: Uint8Array;
  readonly #open: Uint8Array;
  readonly #queue: Int32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.probability = new Float32Array(size);
    this.#luma = new Float32Array(size);
    this.#mask = new Uint8Array(size);
    this.#open = new Uint8Array(size);
    this.#queue = new Int32Array(size);
  }

  /** Notes which frame {@link probability} is the answer for. */
  take({ luma }: Thumbnail): void {
    this.#luma.set(luma);
  }

  /** Carries the answer to another frame. */
  carry({ luma, width, height }: Thumbnail): void {
    for (let i = 0; i < luma.length; i++) {
      this.#mask[i] = this.probability[i]! >= MIN_PERSON_PROBABILITY ? 1 : 0;
      this.#open[i] = Math.abs(luma[i]! - this.#luma[i]!) >= CHANGED_LUMA_LEVELS ? 1 : 0;
    }
    geodesicDilate(
      this.#mask,
      this.#open,
      width,
      height,
      MAX_MOTION_OF_DIAGONAL * Math.hypot(width, height),
      this.#queue,
    );
    for (let i = 0; i < luma.length; i++) {
      if (this.#mask[i] && this.probability[i]! < PROPAGATED_PROBABILITY) this.probability[i] = PROPAGATED_PROBABILITY;
    }
  }
}
