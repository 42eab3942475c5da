import type { PicturePoint } from '../../../geometry.ts';
import type { Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { PeopleSource } from '../people-source.ts';
import { MAIN, OTHER } from './owners.ts';
import { PeopleSplit } from './people-split.ts';

/**
 * Everybody but the main person -> hole. All of them go through the people mode first, so that nothing of anybody, the main
 * person included, is learnt as the background; then the hole is divided. In doubt a pixel is a bystander's.
 */
export class BystanderMaskSource implements MaskSource {
  readonly #people: PeopleSource;
  readonly #named: PicturePoint | undefined;
  #view: ViewState | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  /** @param named a point on the main person, if the app knows it */
  constructor(people: PeopleSource, named?: PicturePoint) {
    this.#people = people;
    this.#named = named;
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
    const { people, split, hole, keep } = this.#view;
    // The pixel beside the hole may be half hole.
    for (let i = 0; i < data.length; i++) people[i] = data[i]! > 0 ? 1 : 0;
    split.divide(seen.frame, people, seen.probability, difference.score, this.#named, timestamp / 1e6);
    const { owners } = split;
    for (let i = 0; i < data.length; i++) {
      keep.data[i] = owners[i] === MAIN ? data[i]! : 0;
      hole.data[i] = owners[i] === OTHER ? data[i]! : 0;
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
  /** 1 where anybody is. */
  readonly people: Uint8Array;
  readonly split: PeopleSplit;
  readonly hole: Mask;
  readonly keep: Mask;
}

function createViewState(width: number, height: number): ViewState {
  const mask = () => ({ width, height, data: new Uint8Array(width * height) });
  return {
    people: new Uint8Array(width * height),
    split: new PeopleSplit(width, height),
    hole: mask(),
    keep: mask(),
  };
}
