import type { Rect } from '../../geometry.ts';
import { type BackgroundSubtraction, STRONG_SCORE } from '../vision/background-subtraction.ts';
import { eachPixel } from '../vision/rects.ts';
import { regions } from '../vision/regions.ts';

/** Share of the frame that a region must cover to be inspected: less is a reflection or a compression artefact. */
const MIN_REGION_SHARE = 0.002;

/** Looks that find nothing in an unverified region before it is shown. What comes in is blurred at first. */
const MIN_INSPECTIONS = 6;

/**
 * A region that has grown by this factor since the frame before is still coming into the picture, and half of a bottle
 * is no bottle to a model: such passes do not count. What goes on growing for longer than this, seconds, is something
 * else.
 */
const GROWTH_FACTOR = 1.03;
const MAX_GROWTH_SECONDS = 1.5;

/** Seconds for which an inspected pixel stays free, and passes that on to the region that it belongs to. */
const RELEASE_SECONDS = 1;

/**
 * Share of a region that must have been inspected for the whole to be free: what moves takes most of its place along.
 */
const MIN_RELEASED_SHARE = 0.4;

/**
 * What has come into the picture and was not inspected yet. A model that runs ten times a second, and needs a sharp
 * picture, sees an object only some frames after it came; until a model has seen it, whatever is new is hole.
 */
export class UnverifiedRegions {
  /** 1 = hole until inspected. */
  readonly mask: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #strong: Uint8Array;
  readonly #labels: Int32Array;
  readonly #inspections: Uint8Array;
  readonly #area: Int32Array;
  readonly #since: Float64Array;
  readonly #counts: Uint8Array;
  readonly #freeUntil: Float64Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.mask = new Uint8Array(size);
    this.#strong = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#inspections = new Uint8Array(size);
    this.#area = new Int32Array(size);
    this.#since = new Float64Array(size);
    this.#counts = new Uint8Array(size);
    this.#freeUntil = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * @param owner not 0 where an object is, which is hole anyway
   * @param time seconds
   * @returns boxes of the unverified regions
   */
  find({ difference: { score, shade } }: BackgroundSubtraction, owner: Uint16Array, time: number): Rect[] {
    const strong = this.#strong;
    for (let i = 0; i < strong.length; i++) strong[i] = score[i]! >= STRONG_SCORE && !shade[i] && !owner[i] ? 1 : 0;
    const found = regions(strong, this.#width, this.#height, this.#labels);
    const { labels, areas } = found;
    // What is known of a region passes on from frame to frame by the pixels that it shares with the last one's.
    const known = (i: number) => this.#area[i]! > 0;
    const released = found.countWhere((i) => this.#freeUntil[i]! > time);
    const inspections = found.reduce(0, (most, i) => (known(i) ? Math.max(most, this.#inspections[i]!) : most));
    const lastAreas = found.reduce(0, (most, i) => (known(i) ? Math.max(most, this.#area[i]!) : most));
    const since = found.reduce(time, (least, i) => (known(i) ? Math.min(least, this.#since[i]!) : least));
    const least = MIN_REGION_SHARE * strong.length;
    const isNew = (k: number) => areas[k]! >= least && released[k]! < MIN_RELEASED_SHARE * areas[k]!;
    for (let i = 0; i < labels.length; i++) {
      const k = labels[i]!;
      this.mask[i] = k > 0 && isNew(k) ? 1 : 0;
      this.#area[i] = areas[k]!;
      this.#inspections[i] = inspections[k]!;
      if (k === 0) continue;
      this.#since[i] = since[k]!;
      const grown = areas[k]! > GROWTH_FACTOR * lastAreas[k]!;
      this.#counts[i] = !grown || time - since[k]! > MAX_GROWTH_SECONDS ? 1 : 0;
      if (!this.mask[i] && areas[k]! >= least) this.#freeUntil[i] = time + RELEASE_SECONDS;
    }
    return found.boxes().filter((_, k) => isNew(k + 1));
  }

  /** A model saw this place and found nothing to remove. */
  noteInspection(rect: Rect, time: number): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.mask[i] && this.#counts[i] && ++this.#inspections[i]! >= MIN_INSPECTIONS) this.free(i, time);
    });
  }

  /** Pixel `i` was inspected enough. */
  free(i: number, time: number): void {
    this.mask[i] = 0;
    this.#freeUntil[i] = time + RELEASE_SECONDS;
  }
}
