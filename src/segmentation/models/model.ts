import type { Rect } from '../../geometry.ts';

/** What a model sees: a small picture, row by row. */
export interface ModelImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Small picture -> probability of a person per pixel. */
export interface PersonModel {
  /**
   * @param out 0..1 per pixel of `image`, row by row; written.
   * @throws {ModelLostError}
   */
  segment(image: ModelImage, out: Float32Array): void;
  close(): void;
}

/** An object that a {@link Detector} found. */
export interface Detection {
  /** 0..1 */
  readonly score: number;
  /** Pixels of the picture that the model saw. */
  readonly box: Rect;
  /** As the caller named the class. */
  readonly name: string;
}

/** Picture -> boxes of the wanted classes. */
export interface Detector {
  /** Side of the square picture that it is to be shown, pixels. */
  readonly size: number;
  detect(image: ModelImage): Detection[];
  close(): void;
}

/** Picture -> how much each pixel looks like a class. */
export interface ClassSegmenter {
  /** Side of the square picture that it is to be shown, pixels. */
  readonly size: number;
  /** Whether the model knows the class. */
  knows(name: string): boolean;
  /** @param out 0..1 per pixel of `image`: the class against the best of the others; written. */
  segment(image: ModelImage, name: string, out: Float32Array): void;
  close(): void;
}

/** The models of the wanted classes. */
export interface ClassModels {
  readonly detector: Detector;
  /** Where the integrator gives none, boxes are all there is. */
  readonly segmenter?: ClassSegmenter | undefined;
}

/** The model has died, whatever killed it: its answers mean nothing, and only a new one helps. */
export class ModelLostError extends Error {
  override readonly name = 'ModelLostError';
}
