import type { Thumbnail } from '../vision/thumbnail.ts';

/** Small picture -> probability of a person per pixel. */
export interface PersonModel {
  /**
   * @param out 0..1 per pixel of `image`, row by row; written.
   * @throws {ModelLostError} where the model does not work any more and has to be made anew.
   */
  look(image: Thumbnail, out: Float32Array): void;
  close(): void;
}

/** The model has died, whatever killed it: its answers mean nothing, and only a new one helps. */
export class ModelLostError extends Error {
  override readonly name = 'ModelLostError';
}
