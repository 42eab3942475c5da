import type { PicturePoint } from '../../../geometry.ts';
import type { Segmentation } from '../../mask-source.ts';
import { DividedPeopleSource, type Divider, emptyDivision } from '../divided-people.ts';
import type { PeopleSource, SeenPeople } from '../people-source.ts';
import { MAIN, OTHER } from './owners.ts';
import { PeopleSplit } from './people-split.ts';

/** Everybody but the main person -> hole. In doubt a pixel is a bystander's. */
export class BystanderMaskSource extends DividedPeopleSource {
  /** @param named a point on the main person, if the app knows it */
  constructor(people: PeopleSource, named?: PicturePoint) {
    super(people, (width, height) => new BystanderDivider(width, height, named));
  }
}

class BystanderDivider implements Divider {
  readonly hole;
  readonly keep;
  readonly #named: PicturePoint | undefined;
  readonly #split: PeopleSplit;
  /** 1 where anybody is. */
  readonly #people: Uint8Array;

  constructor(width: number, height: number, named: PicturePoint | undefined) {
    ({ hole: this.hole, keep: this.keep } = emptyDivision(width, height));
    this.#named = named;
    this.#split = new PeopleSplit(width, height);
    this.#people = new Uint8Array(width * height);
  }

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
