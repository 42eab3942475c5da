import type { MaskSource } from '../mask-source.ts';
import type { Difference } from '../vision/difference.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';

/** What a mode that divides people, or takes what they carry from them, needs of the people mode. */
export interface PeopleSource extends MaskSource {
  /** What the last answer was made of: the frame on the grid, and the probability of a person per pixel of it; undefined before the first. */
  readonly seen: { readonly frame: Thumbnail; readonly probability: Float32Array } | undefined;
  /** How the last frame differs from the background; undefined before the first. */
  readonly difference: Difference | undefined;
  settle(): void;
}
