import type { Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { PeopleMaskSource } from '../people/mask-source.ts';
import type { PicturePoint } from '../picked/pick.ts';
import { MAIN, OTHER } from './owners.ts';
import { Partition } from './people-split.ts';

/** Where people come from: {@link PeopleMaskSource}, or a test's own. */
export type People = Pick<PeopleMaskSource, 'segment' | 'seen' | 'difference' | 'settle' | 'reset' | 'close'>;

/**
 * Everybody but the main person -> hole. All of them go through the people mode first, so that nothing of anybody, the main
 * person included, is learnt as the room; then the hole is divided. In doubt a pixel is a bystander's.
 */
export class BystanderMaskSource implements MaskSource {
  readonly #people: People;
  readonly #named: PicturePoint | undefined;
  #scene: Scene | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  /** @param named a point on the main person, if the app knows it */
  constructor(people: People, named?: PicturePoint) {
    this.#people = people;
    this.#named = named;
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.#scene = undefined;
    this.#timestamp = timestamp;
    const found = await this.#people.segment(picture, timestamp);
    const { seen, difference } = this.#people;
    if (!seen || !difference) return found;
    const { width, height, data } = found.hole;
    if (this.#scene?.hole.width !== width || this.#scene.hole.height !== height)
      this.#scene = createScene(width, height);
    const { people, partition, hole, keep } = this.#scene;
    // The pixel beside the hole may be half hole.
    for (let i = 0; i < data.length; i++) people[i] = data[i]! > 0 ? 1 : 0;
    partition.divide(seen.frame, people, seen.probability, difference.score, this.#named, timestamp / 1e6);
    const { owners } = partition;
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
    this.#scene = undefined;
    this.#people.reset();
  }

  close(): void {
    this.#people.close();
  }
}

interface Scene {
  /** 1 where anybody is. */
  readonly people: Uint8Array;
  readonly partition: Partition;
  readonly hole: Mask;
  readonly keep: Mask;
}

function createScene(width: number, height: number): Scene {
  const mask = () => ({ width, height, data: new Uint8Array(width * height) });
  return {
    people: new Uint8Array(width * height),
    partition: new Partition(width, height),
    hole: mask(),
    keep: mask(),
  };
}
