import { HOLE } from '../../../mask.ts';
import type { Segmentation } from '../../mask-source.ts';
import { DividedPeopleSource, type Divider, emptyDivision } from '../divided-people.ts';
import type { PeopleSource, SeenPeople } from '../people-source.ts';
import { CarriedObjects } from './carried-objects.ts';

/** People without what they carry -> hole. Objects are put back as they are; in doubt a pixel is somebody's. */
export class CarriedMaskSource extends DividedPeopleSource {
  constructor(people: PeopleSource) {
    super(people, (width, height) => new CarriedDivider(width, height));
  }
}

class CarriedDivider implements Divider {
  readonly hole;
  readonly keep;
  readonly #objects: CarriedObjects;
  /** 1 where the people mode hides, and is sure to. */
  readonly #hidden: Uint8Array;

  constructor(width: number, height: number) {
    ({ hole: this.hole, keep: this.keep } = emptyDivision(width, height));
    this.#objects = new CarriedObjects(width, height);
    this.#hidden = new Uint8Array(width * height);
  }

  divide({ hole: { data }, doubt }: Segmentation, seen: SeenPeople, time: number): void {
    const hidden = this.#hidden;
    for (let i = 0; i < data.length; i++) hidden[i] = data[i]! >= HOLE && !doubt?.data[i] ? 1 : 0;
    this.#objects.find({ ...seen, hidden }, time);
    for (let i = 0; i < data.length; i++) {
      const shown = this.#objects.mask[i] === 1;
      this.keep.data[i] = shown ? 255 : 0;
      this.hole.data[i] = shown ? 0 : data[i]!;
    }
  }
}
