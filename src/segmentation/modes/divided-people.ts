import type { Homography } from '../../geometry.ts';
import type { Mask } from '../../mask.ts';
import type { Picture } from '../../picture.ts';
import type { MaskSource, Segmentation } from '../mask-source.ts';
import type { PeopleSource, SeenPeople } from './people-source.ts';

/** Divides the people mode's hole in pictures of one size. */
export interface Divider {
  /** What stays hidden of it, and what is shown as it is; written by {@link divide}. */
  readonly hole: Mask;
  readonly keep: Mask;
  /** @param time seconds, rising */
  divide(found: Segmentation, seen: SeenPeople, time: number): void;
}

/** A hole and what is kept of it, with nothing in either. */
export function emptyDivision(width: number, height: number): { readonly hole: Mask; readonly keep: Mask } {
  const mask = () => ({ width, height, data: new Uint8Array(width * height) });
  return { hole: mask(), keep: mask() };
}

/**
 * A part of what the people mode hides -> hole. Everything goes through the people mode first, so that nothing of
 * anybody is learnt as the background; then its hole is divided.
 */
export class DividedPeopleSource implements MaskSource {
  readonly #people: PeopleSource;
  readonly #create: (width: number, height: number) => Divider;
  #divider: Divider | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(people: PeopleSource, create: (width: number, height: number) => Divider) {
    this.#people = people;
    this.#create = create;
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.#divider = undefined;
    this.#timestamp = timestamp;
    const found = await this.#people.segment(picture, timestamp);
    const { seen } = this.#people;
    if (!seen) return found;
    const { width, height } = found.hole;
    const fits = this.#divider?.hole.width === width && this.#divider.hole.height === height;
    const divider = fits ? this.#divider! : this.#create(width, height);
    this.#divider = divider;
    divider.divide(found, seen, timestamp / 1e6);
    return { ...found, hole: divider.hole, keep: divider.keep };
  }

  follow(map: Homography): void {
    this.#people.follow?.(map);
  }

  settle(): void {
    this.#people.settle();
  }

  reset(): void {
    this.#divider = undefined;
    this.#people.reset();
  }

  close(): void {
    this.#people.close();
  }
}
