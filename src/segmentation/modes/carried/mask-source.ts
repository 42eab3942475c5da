import { HOLE, type Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { PeopleSource } from '../people-source.ts';
import { CarriedObjects } from './carried-objects.ts';

/**
 * People without what they hold -> hole. Both go through the people mode first, so that neither is learnt as the background; then objects are
 * put back as they are. In doubt a pixel is somebody's.
 */
export class CarriedMaskSource implements MaskSource {
  readonly #people: PeopleSource;
  #view: ViewState | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(people: PeopleSource) {
    this.#people = people;
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.#view = undefined;
    this.#timestamp = timestamp;
    const found = await this.#people.segment(picture, timestamp);
    const { seen, difference } = this.#people;
    if (!seen || !difference) return found;
    const { width, height, data } = found.hole;
    if (this.#view?.hole.width !== width || this.#view.hole.height !== height)
      this.#view = createViewState(width, height);
    const { hidden, objects, hole, keep } = this.#view;
    const doubt = found.doubt?.data;
    for (let i = 0; i < data.length; i++) hidden[i] = data[i]! >= HOLE && !doubt?.[i] ? 1 : 0;
    objects.find({ ...seen, difference, hidden }, timestamp / 1e6);
    for (let i = 0; i < data.length; i++) {
      const shown = objects.mask[i] === 1;
      keep.data[i] = shown ? 255 : 0;
      hole.data[i] = shown ? 0 : data[i]!;
    }
    return { ...found, hole, keep };
  }

  settle(): void {
    this.#people.settle();
  }

  reset(): void {
    this.#view = undefined;
    this.#people.reset();
  }

  close(): void {
    this.#people.close();
  }
}

interface ViewState {
  /** 1 where the people mode hides, and is sure to. */
  readonly hidden: Uint8Array;
  readonly objects: CarriedObjects;
  readonly hole: Mask;
  readonly keep: Mask;
}

function createViewState(width: number, height: number): ViewState {
  const mask = () => ({ width, height, data: new Uint8Array(width * height) });
  return {
    hidden: new Uint8Array(width * height),
    objects: new CarriedObjects(width, height),
    hole: mask(),
    keep: mask(),
  };
}
