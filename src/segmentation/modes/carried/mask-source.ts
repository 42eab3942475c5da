import { HOLE, type Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { MaskSource, Segmentation } from '../../mask-source.ts';
import type { PeopleMaskSource } from '../people/mask-source.ts';
import { HeldThings } from './carried-objects.ts';

/** Where people come from: {@link PeopleMaskSource}, or a test's own. */
export type PeopleWithThings = Pick<PeopleMaskSource, 'segment' | 'seen' | 'difference' | 'settle' | 'reset' | 'close'>;

/**
 * People without what they hold -> hole. Both go through the people mode first, so that neither is learnt as the room; then things are
 * put back as they are. In doubt a pixel is somebody's.
 */
export class BareMaskSource implements MaskSource {
  readonly #people: PeopleWithThings;
  #scene: Scene | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(people: PeopleWithThings) {
    this.#people = people;
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
    const { hidden, things, hole, keep } = this.#scene;
    const doubt = found.doubt?.data;
    for (let i = 0; i < data.length; i++) hidden[i] = data[i]! >= HOLE && !doubt?.[i] ? 1 : 0;
    things.find({ ...seen, difference, hidden }, timestamp / 1e6);
    for (let i = 0; i < data.length; i++) {
      const shown = things.mask[i] === 1;
      keep.data[i] = shown ? 255 : 0;
      hole.data[i] = shown ? 0 : data[i]!;
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
  /** 1 where the people mode hides, and is sure to. */
  readonly hidden: Uint8Array;
  readonly things: HeldThings;
  readonly hole: Mask;
  readonly keep: Mask;
}

function createScene(width: number, height: number): Scene {
  const mask = () => ({ width, height, data: new Uint8Array(width * height) });
  return {
    hidden: new Uint8Array(width * height),
    things: new HeldThings(width, height),
    hole: mask(),
    keep: mask(),
  };
}
