import { label } from './components.ts';

/** Share of the frame that a region must cover to be taken for somebody: less is a reflection or a compression artefact. */
const LEAST_AREA = 0.002;

/** A region that hangs on the last hole may be this much larger than its part in it: somebody moves, a lamp floods. */
const FASTEST_GROWTH = 3;

/**
 * People whom MediaPipe does not see, because only a shoulder is in the frame yet, or for a few frames in between: regions
 * that differ strongly from the room and either come in at the frame's edge or continue what was hole.
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
   * @param last the last frame's mask
   * @param mask receives the suspects in addition to what it holds
   */
  addTo(mask: Uint8Array, strong: Uint8Array, last: Uint8Array): void {
    const width = this.#width;
    const height = this.#height;
    const { labels, count } = label(strong, width, height, this.#labels);
    const area = new Int32Array(count + 1);
    const before = new Int32Array(count + 1);
    const atEdge = new Uint8Array(count + 1);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const region = labels[i]!;
        if (region === 0) continue;
        area[region]!++;
        if (last[i]) before[region]!++;
        if (x === 0 || y === 0 || x === width - 1 || y === height - 1) atEdge[region] = 1;
      }
    }
    const least = LEAST_AREA * strong.length;
    const suspect = area.map((size, region) => {
      const continues = FASTEST_GROWTH * before[region]! >= size;
      return region > 0 && size >= least && (atEdge[region] === 1 || continues) ? 1 : 0;
    });
    for (let i = 0; i < mask.length; i++) if (suspect[labels[i]!]) mask[i] = 1;
  }
}
