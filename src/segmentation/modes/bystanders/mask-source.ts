import type { Homography, PicturePoint } from '../../../geometry.ts';
import type { Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { PeopleSource, SeenPeople } from '../people-source.ts';
import { MAIN, OTHER } from './owners.ts';
import { PeopleSplit } from './people-split.ts';

/**
 * Everybody but the main person -> hole. Everything passes through the people mode first, so that nothing of anybody is
 * learnt as the background; then its hole is divided. In doubt a pixel is a bystander's.
 */
export class BystanderMaskSource implements MaskSource {
  readonly #people: PeopleSource;
  readonly #named: PicturePoint | undefined;
  #divider: Divider | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  /** @param named a point on the main person, if the app knows it */
  constructor(people: PeopleSource, named?: PicturePoint) {
    this.#people = people;
    this.#named = named;
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.#divider = undefined;
    this.#timestamp = timestamp;
    const found = await this.#people.segment(picture, timestamp);
    const { seen } = this.#people;
    if (!seen) return found;
    const { width, height } = found.hole;
    const fits = this.#divider?.hole.width === width && this.#divider.hole.height === height;
    const divider = fits ? this.#divider! : new Divider(width, height, this.#named);
    this.#divider = divider;
    divider.divide(found, seen, timestamp / 1e6);
    return { ...found, hole: divider.hole, keep: divider.keep };
  }

  follow(map: Homography): void {
    this.#people.follow?.(map);
  }

  forget(mask: Mask): void {
    this.#people.forget?.(mask);
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

/** Divides the people mode's hole in pictures of one size. */
class Divider {
  /** What stays hidden of it, and what is shown as it is. */
  readonly hole: Mask;
  readonly keep: Mask;
  readonly #named: PicturePoint | undefined;
  readonly #split: PeopleSplit;
  /** 1 where anybody is. */
  readonly #people: Uint8Array;

  constructor(width: number, height: number, named: PicturePoint | undefined) {
    this.hole = { width, height, data: new Uint8Array(width * height) };
    this.keep = { width, height, data: new Uint8Array(width * height) };
    this.#named = named;
    this.#split = new PeopleSplit(width, height);
    this.#people = new Uint8Array(width * height);
  }

  /** @param time seconds, rising */
  divide({ hole: { data } }: Segmentation, { frame, probability, difference }: SeenPeople, time: number): void {
    const people = this.#people;
    // The pixel beside the hole may be half hole.
    for (let i = 0; i < data.length; i++) people[i] = data[i]! > 0 ? 1 : 0;
    this.#split.divide(frame, people, probability, difference.score, this.#named, time);
    const { owners } = this.#split;
    for (let i = 0; i < data.length; i++) {
      this.keep.data[i] = owners[i] === MAIN ? data[i]! : 0;
      this.hole.data[i] = owners[i] === OTHER ? data[i]! : 0;
    }
  }
}
