import { label } from './components.ts';

/** Share of the frame that a region must cover to be taken for somebody: less is a reflection or a compression artefact. */
const LEAST_AREA = 0.002;

/**
 * People whom MediaPipe does not see: only a shoulder is in the frame yet, they stand far off, or it lost them for a few
 * frames. Every region that differs strongly from the room is taken for somebody until it has been looked at.
 */
export class Suspects {
  readonly #width: number;
  readonly #height: number;
  readonly #labels: Int32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#labels = new Int32Array(width * height);
  }

  /**
   * @param strong 1 where the frame differs strongly from the known room
   * @param mask receives the suspects in addition to what it holds
   */
  addTo(mask: Uint8Array, strong: Uint8Array): void {
    const { labels, count } = label(strong, this.#width, this.#height, this.#labels);
    const area = new Int32Array(count + 1);
    for (const region of labels) area[region]!++;
    const least = LEAST_AREA * strong.length;
    for (let i = 0; i < mask.length; i++) {
      const region = labels[i]!;
      if (region > 0 && area[region]! >= least) mask[i] = 1;
    }
  }
}
