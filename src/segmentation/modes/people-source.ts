import type { MaskSource } from '../mask-source.ts';
import type { Difference } from '../vision/difference.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';

/** What the people mode's last answer was made of, on its grid. */
export interface SeenPeople {
  readonly frame: Thumbnail;
  /** Of a person, 0..1 per pixel. */
  readonly probability: Float32Array;
  /** From the background as it was known then. */
  readonly difference: Difference;
}

/** What a mode that builds on the people mode needs of it. */
export interface PeopleSource extends MaskSource {
  /** Of the last frame; undefined before the first. */
  readonly seen: SeenPeople | undefined;
  settle(): void;
}
