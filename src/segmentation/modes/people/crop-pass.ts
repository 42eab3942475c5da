import type { Rect } from '../../../geometry.ts';
import { squareAround, tiles } from '../../vision/rects.ts';
import { regions } from '../../vision/regions.ts';

/** Side of the picture that a crop pass sees, pixels: the square model's own. */
export const CROP_SIZE_PX = 256;

/** Seconds after which a region is cropped again; regions take turns. */
const REGION_PERIOD_SECONDS = 0.06;

/**
 * The same for a region whose box is {@link LARGE_REGION_SHARE} of the frame's shorter side or more: closer up its
 * model sees little that it did not see in the whole frame.
 */
const LARGE_REGION_PERIOD_SECONDS = 0.25;
const LARGE_REGION_SHARE = 0.6;

/** So many regions take turns; of more, some are cropped twice in a row. */
const MAX_VISITS = 16;

/**
 * Seconds between crops of places where nothing is known to be: somebody far off does not appear in the whole frame.
 */
const TILE_PERIOD_SECONDS = 0.4;

/**
 * Parts of a region's box that are added on each side, in turn: the model does not see everybody at either distance.
 */
const CROP_MARGINS = [0.2, 0.5] as const;

/** Least side of a crop, share of the frame's shorter side: closer up the model sees texture, not people. */
const MIN_CROP_SHARE = 0.2;

/** Seconds for which a crop's answer stands if no other crop shows the place. */
const VALID_SECONDS = 1;

/**
 * Levels of luma by which a pixel has changed when what was said of it no longer holds: whoever was there has moved.
 */
const CHANGED_LUMA_LEVELS = 16;

/**
 * What is left of an answer that another crop denies. Two in a row are believed: at one distance it may not see
 * somebody.
 */
const DENIAL_FACTOR = 0.4;

/** Probability from which on pixels of a crop make a region. */
const MIN_REGION_PROBABILITY = 0.1;

/**
 * Somebody in a crop has this probability over this share of it. Furniture that resembles a leg or a shoulder stays far
 * below: a table's foot that fills the crop reaches 0.012, somebody 95 pixels tall in a crop twice as high 0.02 and
 * more.
 */
const CERTAIN_PROBABILITY = 0.9;
const MIN_CERTAIN_SHARE = 0.018;

/** A part of the frame that the model sees by itself. `rect` is in pixels of the grid, with fractions. */
export interface Crop {
  readonly rect: Rect;
  readonly kind: 'region' | 'tile';
}

/**
 * MediaPipe sees the whole frame at 256x256, where somebody in the distance is a few pixels. So it runs again on crops:
 * of each region of the hole in turn, and now and then at a tile of the frame. This class says where, and keeps the
 * answers.
 */
export class CropPass {
  /** Probability of a person per grid pixel from the crops that still stand, 0..1. */
  readonly probability: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #tiles: readonly Rect[];
  readonly #inferredAt: Float64Array;
  readonly #luma: Float32Array;
  readonly #likely = new Uint8Array(CROP_SIZE_PX * CROP_SIZE_PX);
  readonly #labels = new Int32Array(CROP_SIZE_PX * CROP_SIZE_PX);
  readonly #wanted: Crop[] = [];
  /** The middles of the regions that were cropped, the last one first. */
  readonly #visits: { readonly x: number; readonly y: number; readonly time: number }[] = [];
  #turn = 0;
  #tile = 0;
  #lastTile = Number.NEGATIVE_INFINITY;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#tiles = tiles(width, height);
    this.probability = new Float32Array(width * height);
    this.#luma = new Float32Array(width * height);
    this.#inferredAt = new Float64Array(width * height).fill(Number.NEGATIVE_INFINITY);
  }

  /** Asks for a crop of every tile, and then of whatever is found there: a picture that nothing is known of. */
  everywhere(): void {
    this.#wanted.push(...this.#tiles.map((rect) => ({ rect, kind: 'tile' }) as const));
  }

  /** Crops that were asked for and have not been taken. */
  get wanted(): number {
    return this.#wanted.length;
  }

  /**
   * What to crop now, or undefined where that can wait.
   *
   * @param time seconds
   * @param regions boxes of the last hole's regions, grid pixels
   */
  next(time: number, regions: readonly Rect[]): Crop | undefined {
    const wanted = this.#wanted.shift();
    if (wanted) return wanted;
    let oldest: Rect | undefined;
    let since = Number.POSITIVE_INFINITY;
    for (const region of regions) {
      const visit = this.#visits.find(({ x, y }) => contains(region, x, y))?.time ?? Number.NEGATIVE_INFINITY;
      if (visit >= time - this.#every(region) || visit >= since) continue;
      since = visit;
      oldest = region;
    }
    if (oldest) {
      this.#visits.unshift({ x: oldest.x + oldest.width / 2, y: oldest.y + oldest.height / 2, time });
      this.#visits.length = Math.min(this.#visits.length, MAX_VISITS);
      return { rect: this.#around(oldest, CROP_MARGINS[this.#turn++ % CROP_MARGINS.length]), kind: 'region' };
    }
    if (time - this.#lastTile < TILE_PERIOD_SECONDS) return undefined;
    this.#lastTile = time;
    const rect = this.#tiles[this.#tile++ % this.#tiles.length];
    return rect && { rect, kind: 'tile' };
  }

  /**
   * Takes the answer in.
   *
   * @param answer probability per pixel of the crop, {@link CROP_SIZE_PX} squared; what is nobody is set to 0
   * @param luma of the frame, per grid pixel
   * @param time seconds
   */
  take({ rect, kind }: Crop, answer: Float32Array, luma: Float32Array, time: number): void {
    const people = this.#dropFurniture(answer);
    if (kind === 'tile') {
      // Furniture that looks like somebody from afar and off the middle mostly does not in a crop of its own: only that
      // counts.
      const [sx, sy] = [rect.width / CROP_SIZE_PX, rect.height / CROP_SIZE_PX];
      const inGrid = ({ x, y, width, height }: Rect) => ({
        x: rect.x + x * sx,
        y: rect.y + y * sy,
        width: width * sx,
        height: height * sy,
      });
      this.#wanted.push(...people.map((box) => ({ rect: this.#around(inGrid(box)), kind: 'region' }) as const));
      return;
    }
    const width = this.#width;
    const left = Math.ceil(rect.x);
    const top = Math.ceil(rect.y);
    const right = Math.min(width, Math.floor(rect.x + rect.width));
    const bottom = Math.min(this.#height, Math.floor(rect.y + rect.height));
    for (let y = top; y < bottom; y++) {
      const v = Math.min(CROP_SIZE_PX - 1, Math.floor(((y + 0.5 - rect.y) * CROP_SIZE_PX) / rect.height));
      for (let x = left; x < right; x++) {
        const u = Math.min(CROP_SIZE_PX - 1, Math.floor(((x + 0.5 - rect.x) * CROP_SIZE_PX) / rect.width));
        const i = y * width + x;
        this.probability[i] = Math.max(answer[v * CROP_SIZE_PX + u]!, DENIAL_FACTOR * this.probability[i]!);
        this.#luma[i] = luma[i]!;
        this.#inferredAt[i] = time;
      }
    }
  }

  /** Drops answers that no longer stand: too old, or the pixel shows something else by now. */
  fade(luma: Float32Array, time: number): void {
    for (let i = 0; i < this.probability.length; i++) {
      if (time - this.#inferredAt[i]! > VALID_SECONDS || Math.abs(luma[i]! - this.#luma[i]!) > CHANGED_LUMA_LEVELS)
        this.probability[i] = 0;
    }
  }

  /** Sets what is nobody to 0. Returns the boxes of the people, in pixels of the crop. */
  #dropFurniture(answer: Float32Array): Rect[] {
    for (let i = 0; i < answer.length; i++) this.#likely[i] = answer[i]! >= MIN_REGION_PROBABILITY ? 1 : 0;
    const found = regions(this.#likely, CROP_SIZE_PX, CROP_SIZE_PX, this.#labels);
    const certain = found.countWhere((i) => answer[i]! >= CERTAIN_PROBABILITY);
    const isPerson = (region: number) => certain[region]! >= MIN_CERTAIN_SHARE * answer.length;
    for (let i = 0; i < answer.length; i++) if (!isPerson(found.labels[i]!)) answer[i] = 0;
    return found.boxes().filter((_, k) => isPerson(k + 1));
  }

  #every({ width, height }: Rect): number {
    const large = Math.max(width, height) >= LARGE_REGION_SHARE * Math.min(this.#width, this.#height);
    return large ? LARGE_REGION_PERIOD_SECONDS : REGION_PERIOD_SECONDS;
  }

  #around(box: Rect, margin: number = CROP_MARGINS[0]): Rect {
    const frame = { width: this.#width, height: this.#height };
    return squareAround(box, 1 + 2 * margin, MIN_CROP_SHARE * Math.min(frame.width, frame.height), frame);
  }
}

function contains({ x, y, width, height }: Rect, u: number, v: number): boolean {
  return u >= x && v >= y && u < x + width && v < y + height;
}
