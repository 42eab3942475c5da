import { boxes, label } from '../components.ts';
import type { Rect } from '../thumbnail.ts';
import { eachPixel } from './rects.ts';
import { type Room, STRONG } from './room.ts';

/** Share of the frame that a region must cover to be looked at: less is a reflection or a compression artefact. */
const LEAST_AREA = 0.002;

/** Looks that find nothing in a newcomer before it is shown. What comes in is blurred at first, and only partly in the picture. */
const LOOKS = 6;

/** Seconds for which a pixel that was looked at stays free, and passes that on to the region that it belongs to. */
const FREE_FOR = 1;

/** Share of a region that must have been looked at for the whole to be free: what moves takes most of its place along. */
const FREE_SHARE = 0.4;

/**
 * What has come into the room and was not looked at yet. A model that looks ten times a second, and needs a sharp picture,
 * sees a thing only some frames after it came; until somebody has looked, whatever is new is hole.
 */
export class Newcomers {
  /** 1 = hole until looked at. */
  readonly mask: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #strong: Uint8Array;
  readonly #labels: Int32Array;
  readonly #looks: Uint8Array;
  readonly #freeUntil: Float64Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.mask = new Uint8Array(size);
    this.#strong = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#looks = new Uint8Array(size);
    this.#freeUntil = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * @param owner not 0 where a thing is, which is hole anyway
   * @param time seconds
   * @returns boxes of the newcomers
   */
  find({ score, shade }: Room, owner: Uint16Array, time: number): Rect[] {
    const strong = this.#strong;
    for (let i = 0; i < strong.length; i++) strong[i] = score[i]! >= STRONG && !shade[i] && !owner[i] ? 1 : 0;
    const { labels, count } = label(strong, this.#width, this.#height, this.#labels);
    const areas = new Int32Array(count + 1);
    const free = new Int32Array(count + 1);
    const looks = new Uint8Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      areas[region]!++;
      if (!region) this.#looks[i] = 0;
      else {
        if (this.#freeUntil[i]! > time) free[region]!++;
        looks[region] = Math.max(looks[region]!, this.#looks[i]!);
      }
    }
    const least = LEAST_AREA * strong.length;
    const isNew = areas.map((size, k) => (k > 0 && size >= least && free[k]! < FREE_SHARE * size ? 1 : 0));
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      this.mask[i] = isNew[region]!;
      // A region that moves takes along how often it was looked at.
      if (isNew[region]) this.#looks[i] = looks[region]!;
      else if (region && areas[region]! >= least) this.#freeUntil[i] = time + FREE_FOR;
    }
    return boxes(labels, count, this.#width).filter((_, k) => isNew[k + 1]);
  }

  /** Somebody looked here and found nothing to remove. */
  looked(rect: Rect, time: number): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.mask[i] && ++this.#looks[i]! >= LOOKS) this.free(i, time);
    });
  }

  /** Pixel `i` was looked at enough. */
  free(i: number, time: number): void {
    this.mask[i] = 0;
    this.#freeUntil[i] = time + FREE_FOR;
  }
}
