import { squareAround, tiles } from '../../vision/rects.ts';
import { boxes, label } from '../../vision/regions.ts';
import type { Rect } from '../../vision/thumbnail.ts';

/** Side of the picture that a second look sees, pixels: the square model's own. */
export const LOOK_SIZE = 256;

/** Seconds after which a region is looked at again; regions take turns. */
const REGION_EVERY = 0.06;

/**
 * The same for a region whose box is {@link LARGE} of the frame's shorter side or more: closer up its model sees little that
 * it did not see in the whole frame.
 */
const LARGE_EVERY = 0.25;
const LARGE = 0.6;

/** So many regions take turns; of more, some are looked at twice in a row. */
const MOST_PEOPLE = 16;

/** Seconds between looks at places where nothing is known to be: somebody far off does not appear in the whole frame. */
const TILE_EVERY = 0.4;

/** Parts of a region's box that are added on each side, in turn: the model does not see everybody at either distance. */
const MARGINS = [0.2, 0.5] as const;

/** Least side of a look, share of the frame's shorter side: closer up the model sees texture, not people. */
const CLOSEST = 0.2;

/** Seconds for which a look's answer stands if nobody looks there again. */
const STANDS = 1;

/** Levels of luma by which a pixel has changed when what was said of it no longer holds: whoever was there has moved. */
const MOVED = 16;

/** What is left of an answer that another look denies. Two in a row are believed: at one distance it may not see somebody. */
const DENIAL = 0.4;

/** Probability from which on pixels of a look hang together. */
const CLAIM = 0.1;

/**
 * Somebody in a look has this probability over this share of it. Furniture that resembles a leg or a shoulder stays far below:
 * a table's foot that fills the look reaches 0.012, somebody 95 pixels tall in a look twice as high 0.02 and more.
 */
const CERTAIN = 0.9;
const CERTAIN_AREA = 0.018;

/** What is looked at. `rect` is in pixels of the grid, with fractions. */
export interface Look {
  readonly rect: Rect;
  readonly kind: 'region' | 'tile';
}

/**
 * MediaPipe sees the whole frame at 256x256, where somebody in the distance is a few pixels. So it looks again, closer: at
 * each region of the hole in turn, and now and then at a tile of the frame. This class says where, and keeps the answers.
 */
export class SecondLook {
  /** Probability of a person per grid pixel from the looks that still stand, 0..1. */
  readonly probability: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #tiles: readonly Rect[];
  readonly #looked: Float64Array;
  readonly #luma: Float32Array;
  readonly #claims = new Uint8Array(LOOK_SIZE * LOOK_SIZE);
  readonly #labels = new Int32Array(LOOK_SIZE * LOOK_SIZE);
  readonly #wanted: Look[] = [];
  /** The middles of the regions that were looked at, the last one first. */
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
    this.#looked = new Float64Array(width * height).fill(Number.NEGATIVE_INFINITY);
  }

  /** Asks for a look at every tile, and then at whatever is found there: a scene that nothing is known of. */
  everywhere(): void {
    this.#wanted.push(...this.#tiles.map((rect) => ({ rect, kind: 'tile' }) as const));
  }

  /** Looks that were asked for and have not been taken. */
  get wanted(): number {
    return this.#wanted.length;
  }

  /**
   * Where to look now, or undefined where that can wait.
   *
   * @param time seconds
   * @param regions boxes of the last hole's regions, grid pixels
   */
  next(time: number, regions: readonly Rect[]): Look | undefined {
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
      this.#visits.length = Math.min(this.#visits.length, MOST_PEOPLE);
      return { rect: this.#around(oldest, MARGINS[this.#turn++ % MARGINS.length]), kind: 'region' };
    }
    if (time - this.#lastTile < TILE_EVERY) return undefined;
    this.#lastTile = time;
    const rect = this.#tiles[this.#tile++ % this.#tiles.length];
    return rect && { rect, kind: 'tile' };
  }

  /**
   * Takes the answer in.
   *
   * @param answer probability per pixel of the look, {@link LOOK_SIZE} squared; what is nobody is set to 0
   * @param luma of the frame, per grid pixel
   * @param time seconds
   */
  take({ rect, kind }: Look, answer: Float32Array, luma: Float32Array, time: number): void {
    const people = this.#dropFurniture(answer);
    if (kind === 'tile') {
      // Furniture that looks like somebody from afar and off the middle mostly does not when looked at: only that counts.
      const [sx, sy] = [rect.width / LOOK_SIZE, rect.height / LOOK_SIZE];
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
      const v = Math.min(LOOK_SIZE - 1, Math.floor(((y + 0.5 - rect.y) * LOOK_SIZE) / rect.height));
      for (let x = left; x < right; x++) {
        const u = Math.min(LOOK_SIZE - 1, Math.floor(((x + 0.5 - rect.x) * LOOK_SIZE) / rect.width));
        const i = y * width + x;
        this.probability[i] = Math.max(answer[v * LOOK_SIZE + u]!, DENIAL * this.probability[i]!);
        this.#luma[i] = luma[i]!;
        this.#looked[i] = time;
      }
    }
  }

  /** Drops answers that no longer stand: too old, or the pixel shows something else by now. */
  fade(luma: Float32Array, time: number): void {
    for (let i = 0; i < this.probability.length; i++) {
      if (time - this.#looked[i]! > STANDS || Math.abs(luma[i]! - this.#luma[i]!) > MOVED) this.probability[i] = 0;
    }
  }

  /** Sets what is nobody to 0. Returns the boxes of the people, in pixels of the look. */
  #dropFurniture(answer: Float32Array): Rect[] {
    for (let i = 0; i < answer.length; i++) this.#claims[i] = answer[i]! >= CLAIM ? 1 : 0;
    const { labels, count } = label(this.#claims, LOOK_SIZE, LOOK_SIZE, this.#labels);
    const certain = new Int32Array(count + 1);
    for (let i = 0; i < answer.length; i++) if (answer[i]! >= CERTAIN) certain[labels[i]!]!++;
    const least = CERTAIN_AREA * answer.length;
    for (let i = 0; i < answer.length; i++) if (certain[labels[i]!]! < least) answer[i] = 0;
    return boxes(labels, count, LOOK_SIZE).filter((_, k) => certain[k + 1]! >= least);
  }

  #every({ width, height }: Rect): number {
    const large = Math.max(width, height) >= LARGE * Math.min(this.#width, this.#height);
    return large ? LARGE_EVERY : REGION_EVERY;
  }

  #around(box: Rect, margin: number = MARGINS[0]): Rect {
    const frame = { width: this.#width, height: this.#height };
    return squareAround(box, 1 + 2 * margin, CLOSEST * Math.min(frame.width, frame.height), frame);
  }
}

function contains({ x, y, width, height }: Rect, u: number, v: number): boolean {
  return u >= x && v >= y && u < x + width && v < y + height;
}
