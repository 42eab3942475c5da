import { createThumbnail, type Thumbnail } from '../../vision/thumbnail.ts';
import { subPixelMotion } from './motion.ts';
import { difference, nearestPatch } from './patches.ts';

/**
 * Grid pixels by which the main person as a whole may have moved since the last frame, and a part of them on top of
 * that.
 */
const SEARCH_RADIUS_PX = 4;
const PATCH_SEARCH_RADIUS_PX = 3;

/** Levels up to which a pixel looks the same. */
const SAME_LEVELS = 10;

/** Mean probability of a person from which on a pixel of theirs is their body, not their rim. */
const MIN_BODY_PROBABILITY = 0.1;

/**
 * The same from which on it is surely they who are there, and not the background beside them, which does not move
 * along.
 */
export const MIN_SURE_PROBABILITY = 0.5;

/**
 * Share of that mean which a frame makes that is surer of them, and one that is less sure: MediaPipe loses people for a
 * moment.
 */
const RISE_RATE = 0.25;
const FALL_RATE = 0.03;

/** Seconds for which a part that somebody hides is remembered. */
const MEMORY_SECONDS = 20;

/**
 * What the main person looks like, pixel by pixel, where they are: the plate's opposite. Who stands before them hides
 * them; what comes to light again is compared with this, and so is what emerges beside them.
 */
export class AppearanceModel {
  /** 1 where they are, seen or hidden. */
  readonly inside: Uint8Array;
  /**
   * Mean probability of a person where they are, 0..1: how sure it is that they, not their rim or what stands beside
   * them, are there.
   */
  readonly certainty: Float32Array;
  readonly #sparePerson: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #colours: Thumbnail;
  readonly #spare: Thumbnail;
  readonly #spareInside: Uint8Array;
  readonly #seen: Float64Array;
  readonly #spareSeen: Float64Array;
  /**
   * Parts of a pixel by which each row moved across, and all of it down, that are not shifted yet; and pixels to shift
   * each row by.
   */
  readonly #across: Float32Array;
  #down = 0;
  readonly #shifts: Int32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.inside = new Uint8Array(size);
    this.#colours = createThumbnail(width, height);
    this.#spare = createThumbnail(width, height);
    this.#spareInside = new Uint8Array(size);
    this.certainty = new Float32Array(size);
    this.#sparePerson = new Float32Array(size);
    this.#seen = new Float64Array(size);
    this.#spareSeen = new Float64Array(size);
    this.#across = new Float32Array(height);
    this.#shifts = new Int32Array(height);
  }

  /**
   * Moves along with them: what is hidden of them too, and by parts of a pixel, which add up to a body's width while
   * somebody stands before them. `visible`: which of their pixels were seen in the last frame. Returns by how many
   * whole pixels they moved.
   */
  follow(frame: Thumbnail, visible: (i: number) => boolean): { readonly dx: number; readonly dy: number } {
    const sample = this.#sample(visible);
    let [dx, dy, most] = [0, 0, this.#agreement(frame, sample, 0, 0)];
    // Only a clear improvement counts: even clothes agree with any displacement.
    most *= 1.02;
    for (let v = -SEARCH_RADIUS_PX; v <= SEARCH_RADIUS_PX; v++) {
      for (let u = -SEARCH_RADIUS_PX; u <= SEARCH_RADIUS_PX; u++) {
        const agreement = this.#agreement(frame, sample, u, v);
        if (agreement > most) [dx, dy, most] = [u, v, agreement];
      }
    }
    const finer = subPixelMotion(frame, this.#colours.luma, sample, dy * this.#width + dx);
    this.#down += dy + finer.down;
    const down = Math.round(this.#down);
    this.#down -= down;
    for (let y = 0; y < this.#height; y++) {
      const across = this.#across[y]! + dx + finer.across + finer.lean * (y - finer.middle);
      this.#shifts[y] = Math.round(across);
      this.#across[y] = across - this.#shifts[y]!;
    }
    if (down || this.#shifts.some((by) => by !== 0)) this.#shift(down);
    return { dx, dy };
  }

  /** Mean difference of pixel `i` from what they show there, levels. Infinity where they are not. */
  at(frame: Thumbnail, i: number): number {
    return this.inside[i] ? difference(frame, i, this.#colours, i) : Number.POSITIVE_INFINITY;
  }

  /** The same of the patch round pixel `i` from the most similar patch of theirs near by. */
  match(frame: Thumbnail, i: number): number {
    return nearestPatch(frame, i, this.#colours, { owners: this.inside, owner: 1, reach: PATCH_SEARCH_RADIUS_PX });
  }

  /**
   * @param probability of a person, or undefined where that may be somebody else's
   * @param isTheirs what is seen of them in this frame
   * @param anybody 1 where anybody is; elsewhere they are no more, unless they still look the same there
   * @param time seconds
   */
  update(
    frame: Thumbnail,
    probability: Float32Array | undefined,
    isTheirs: (i: number) => boolean,
    anybody: Uint8Array,
    time: number,
  ): void {
    const { luma, cb, cr } = this.#colours;
    for (let i = 0; i < this.inside.length; i++) {
      if (isTheirs(i)) {
        if (probability) {
          const before = this.certainty[i]!;
          const pace = this.inside[i] ? (probability[i]! > before ? RISE_RATE : FALL_RATE) : 1;
          this.certainty[i] = before + pace * (probability[i]! - before);
          if (this.certainty[i]! < MIN_BODY_PROBABILITY) {
            this.inside[i] = 0;
            continue;
          }
        } else if (!this.inside[i]) this.certainty[i] = MIN_BODY_PROBABILITY;
        luma[i] = frame.luma[i]!;
        cb[i] = frame.cb[i]!;
        cr[i] = frame.cr[i]!;
        this.inside[i] = 1;
        this.#seen[i] = time;
      } else {
        const gone = !anybody[i] && this.at(frame, i) > SAME_LEVELS;
        if (gone || time - this.#seen[i]! > MEMORY_SECONDS) this.inside[i] = 0;
      }
    }
  }

  forget(): void {
    this.inside.fill(0);
    this.#across.fill(0);
    this.#down = 0;
  }

  /**
   * A quarter of the visible pixels that are surely theirs, far enough from the frame's edge to be looked for all
   * around.
   */
  #sample(visible: (i: number) => boolean): number[] {
    const sample: number[] = [];
    for (let y = SEARCH_RADIUS_PX; y < this.#height - SEARCH_RADIUS_PX; y += 2) {
      for (let x = SEARCH_RADIUS_PX + (y & 2) / 2; x < this.#width - SEARCH_RADIUS_PX; x += 2) {
        const i = y * this.#width + x;
        if (this.inside[i] && this.certainty[i]! >= MIN_SURE_PROBABILITY && visible(i)) sample.push(i);
      }
    }
    return sample;
  }

  /** How many of them look the same when they have moved by (dx, dy). */
  #agreement({ luma }: Thumbnail, sample: readonly number[], dx: number, dy: number): number {
    const by = dy * this.#width + dx;
    let count = 0;
    for (const i of sample) if (Math.abs(luma[i + by]! - this.#colours.luma[i]!) <= SAME_LEVELS) count++;
    return count;
  }

  /** By `dy` down, and each row by its own shift across. */
  #shift(dy: number): void {
    const width = this.#width;
    this.#spareInside.set(this.inside);
    this.#spareSeen.set(this.#seen);
    this.#sparePerson.set(this.certainty);
    this.#spare.luma.set(this.#colours.luma);
    this.#spare.cb.set(this.#colours.cb);
    this.#spare.cr.set(this.#colours.cr);
    for (let y = 0, i = 0; y < this.#height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const u = x - this.#shifts[y]!;
        const v = y - dy;
        const from = v * width + u;
        const within = u >= 0 && u < width && v >= 0 && v < this.#height;
        this.inside[i] = within ? this.#spareInside[from]! : 0;
        if (!this.inside[i]) continue;
        this.#seen[i] = this.#spareSeen[from]!;
        this.certainty[i] = this.#sparePerson[from]!;
        this.#colours.luma[i] = this.#spare.luma[from]!;
        this.#colours.cb[i] = this.#spare.cb[from]!;
        this.#colours.cr[i] = this.#spare.cr[from]!;
      }
    }
  }
}
