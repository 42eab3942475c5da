import { borderPixels } from '../../vision/border.ts';
import { regions } from '../../vision/regions.ts';

/**
 * Share of the frame that a region must cover to be taken for somebody: less is a reflection or a compression artefact.
 */
const MIN_BLOB_SHARE = 0.002;

/**
 * The same for one that touches the picture's edge: somebody who comes in is a sliver at first, and it may be their
 * face. Still more pixels than noise and compression make strange.
 */
const MIN_BORDER_BLOB_SHARE = 0.0002;

/**
 * People whom MediaPipe does not see: only a shoulder is in the frame yet, they stand far off, or it lost them for a
 * few frames. Every region that differs strongly from the background is taken for somebody until the model has seen a
 * crop of it.
 */
export class ForegroundBlobs {
  readonly #width: number;
  readonly #height: number;
  readonly #labels: Int32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#labels = new Int32Array(width * height);
  }

  /**
   * @param strong 1 where the frame differs strongly from the known background
   * @param mask receives the suspects in addition to what it holds
   */
  addTo(mask: Uint8Array, strong: Uint8Array): void {
    const { labels, areas } = regions(strong, this.#width, this.#height, this.#labels);
    const least = Math.ceil(MIN_BLOB_SHARE * strong.length);
    const leastAtEdge = MIN_BORDER_BLOB_SHARE * strong.length;
    for (const i of borderPixels(this.#width, this.#height)) {
      const region = labels[i]!;
      if (region > 0 && areas[region]! >= leastAtEdge) areas[region] = Math.max(areas[region]!, least);
    }
    for (let i = 0; i < mask.length; i++) {
      const region = labels[i]!;
      if (region > 0 && areas[region]! >= least) mask[i] = 1;
    }
  }
}
