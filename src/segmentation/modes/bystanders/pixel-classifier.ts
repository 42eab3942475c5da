import { distanceTo } from '../../vision/morphology.ts';
import { regions } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { type AppearanceModel, MIN_SURE_PROBABILITY } from './appearance-model.ts';
import { MAIN, OTHER } from './owners.ts';
import { type PatchMatcher, SEARCH_RADIUS_PX } from './patch-matcher.ts';

/** Differences up to this many levels are noise. */
export const NOISE_LEVELS = 5;

/** A patch that differs by so many levels from all that it is compared with is new; more is not counted. */
const MAX_LEVELS = 30;

/** A patch that differs by more from all of the main person's near by is hardly theirs; levels. */
const MIN_FOREIGN_LEVELS = 13;

/**
 * What looks so much like the main person where they are, is not followed as somebody else, whatever it was taken for;
 * levels.
 */
const MAX_ALIKE_LEVELS = 8;

/** Evidence beyond this makes no difference. */
const MAX_EVIDENCE = 4;

/** Share of the frame below which an island is its surroundings'. */
const MAX_ISLAND_SHARE = 0.003;

/** The same of somebody else's if it has fewer pixels, or less than this evidence speaks for them. */
const MIN_ISLAND_PX = 8;
const MAX_ISLAND_EVIDENCE = -1.5;

/** The same as high as faces are, in the upper part of the main person: rather a gap in them than somebody's face. */
const MIN_FACE_ISLAND_PX = 5;
const MAX_FACE_ISLAND_EVIDENCE = -1.1;
const FACE_HEIGHT_SHARE = 0.35;

/**
 * While most of somebody is hidden, evidence against each level by which a pixel beyond the main person's body differs
 * from what was there: the first sliver of whoever comes out looks like the main person often enough, but makes them
 * wider.
 */
const EVIDENCE_PER_LEVEL_BEYOND = 0.2;

/** A pixel beside somebody else is covered with them unless more than this evidence speaks for the main person. */
const MIN_CLEAR_EVIDENCE = 1;

/** What one frame is compared with. */
export interface ClassifierInput {
  readonly appearance: AppearanceModel;
  readonly matcher: PatchMatcher;
  /** Owners of the last frame's pixels, and 1 where others' bodies were. */
  readonly last: Uint8Array;
  readonly others: Uint8Array;
  /** 1 where this frame shows bodies. */
  readonly body: Uint8Array;
  /** Whether somebody may come out from behind the main person. */
  readonly touching: boolean;
  /** Whether most of somebody else is hidden. */
  readonly hardlySeen: boolean;
  /** Doublings by which a pixel's colour is more common in the main person than in others, -3..3. */
  colour(i: number): number;
}

/**
 * Tells the main person's pixels from those of somebody who is with them. Each pixel has evidence: how it resembles the
 * main person's appearance there, somebody else's body in the last frame, and either one's colours. The weights were
 * set by hand along those of a logistic regression over composites of two people who cross; the mean of 3x3 pixels
 * decides.
 */
export class PixelClassifier {
  readonly #width: number;
  readonly #height: number;
  readonly #evidence: Float32Array;
  /** Mean over 3x3 pixels. */
  readonly #weighed: Float32Array;
  /** Row above which faces are, in the last frame. */
  #facesAbove = 0;
  /** Difference from the most similar patch of the main person's near by, levels. */
  readonly #mine: Float32Array;
  readonly #toOthers: Float32Array;
  readonly #mask: Uint8Array;
  readonly #labels: Int32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#evidence = new Float32Array(size);
    this.#weighed = new Float32Array(size);
    this.#mine = new Float32Array(size);
    this.#toOthers = new Float32Array(size);
    this.#mask = new Uint8Array(size);
    this.#labels = new Int32Array(size);
  }

  /** Gives away those of the main person's pixels in `owners` that are somebody else's. */
  divide(frame: Thumbnail, owners: Uint8Array, known: ClassifierInput): void {
    distanceTo(known.others, this.#width, this.#height, this.#toOthers, 2 * SEARCH_RADIUS_PX);
    this.#mine.fill(MAX_LEVELS);
    for (let i = 0; i < owners.length; i++) {
      this.#evidence[i] = owners[i] === MAIN ? this.#evidenceAt(frame, i, known) : -MAX_EVIDENCE;
    }
    const top = Math.floor(owners.indexOf(MAIN) / this.#width);
    const bottom = Math.floor(owners.lastIndexOf(MAIN) / this.#width);
    this.#facesAbove = top + FACE_HEIGHT_SHARE * (bottom - top);
    this.#weigh(owners);
    this.#dropIslands(owners, MAIN, OTHER);
    this.#dropIslands(owners, OTHER, MAIN);
  }

  /**
   * Gives away the main person's pixels beside somebody else's body that are in doubt: a grid pixel shows both there.
   * To be called for what is covered alone, since what is compared next with such a rim would lose another one.
   *
   * @param body 1 where anybody's body is
   * @param facesAlone only as high as faces are
   */
  giveRims(owners: Uint8Array, body: Uint8Array, facesAlone: boolean): void {
    const width = this.#width;
    const mask = this.#mask;
    for (let i = 0; i < owners.length; i++) mask[i] = owners[i] === OTHER && body[i] ? 1 : 0;
    const end = Math.min(facesAlone ? Math.ceil(this.#facesAbove) : this.#height, this.#height - 1) * width;
    for (let i = width; i < end; i++) {
      if (owners[i] !== MAIN || this.#weighed[i]! > MIN_CLEAR_EVIDENCE) continue;
      if (mask[i - 1] || mask[i + 1] || mask[i - width] || mask[i + width]) owners[i] = OTHER;
    }
  }

  /** Whether pixel `i` resembles the main person enough to become part of their appearance model. */
  isLearnable(i: number, inside: boolean): boolean {
    return this.#mine[i]! < (inside ? MIN_FOREIGN_LEVELS : MAX_ALIKE_LEVELS);
  }

  /** Whether pixel `i` resembles the main person so much that nobody else is to be followed there. */
  isLike(i: number): boolean {
    return this.#mine[i]! < MAX_ALIKE_LEVELS;
  }

  /**
   * How much speaks for pixel `i` being the main person's: the logarithm of the odds, up to {@link MAX_EVIDENCE} either
   * way.
   */
  #evidenceAt(frame: Thumbnail, i: number, known: ClassifierInput): number {
    const { appearance, matcher, last, others, body, touching, hardlySeen, colour } = known;
    const reach = this.#toOthers[i]! <= 1.5 * SEARCH_RADIUS_PX;
    const inside = appearance.inside[i] === 1;
    // A body that stands where they are not known to be is somebody else's whom nobody noticed.
    const stands = last[i] === MAIN && (inside || !body[i]) && matcher.still(frame, i) <= NOISE_LEVELS;
    // Where nobody else can be it is they, however they moved.
    const alone = () =>
      appearance.certainty[i]! >= MIN_SURE_PROBABILITY || appearance.at(frame, i) <= MIN_FOREIGN_LEVELS;
    if (!reach && (stands || (inside && !touching && alone()))) {
      this.#mine[i] = 0;
      return MAX_EVIDENCE;
    }
    const mine = Math.min(MAX_LEVELS, appearance.match(frame, i));
    this.#mine[i] = mine;
    const hue = 0.65 * colour(i);
    let odds = (stands ? 2 : 0) + (inside ? 1.5 * appearance.certainty[i]! : -0.5);
    if (reach) {
      odds += 0.12 * (Math.min(MAX_LEVELS, matcher.match(frame, i, others, 1)) - mine) + hue;
      if (inside) odds -= 0.05 * Math.min(MAX_LEVELS, appearance.at(frame, i));
    } else {
      odds += 0.2 * (MIN_FOREIGN_LEVELS - mine) + (mine < MIN_FOREIGN_LEVELS ? hue : hue / 2);
      if (touching && hardlySeen) {
        const beyond = inside ? 1 - appearance.certainty[i]! : 1;
        odds -=
          EVIDENCE_PER_LEVEL_BEYOND *
          beyond *
          Math.max(0, Math.min(MAX_LEVELS, appearance.at(frame, i)) - NOISE_LEVELS);
      }
    }
    return Math.max(-MAX_EVIDENCE, Math.min(MAX_EVIDENCE, odds));
  }

  #weigh(owners: Uint8Array): void {
    const width = this.#width;
    const height = this.#height;
    this.#mask.set(owners);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (this.#mask[i] !== MAIN) continue;
        let sum = 0;
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) sum += this.#evidence[v * width + u]!;
        }
        this.#weighed[i] = sum / 9;
        if (sum <= 0) owners[i] = OTHER;
      }
    }
  }

  /** Small regions of `owner` become `heir`'s: somebody else's only if not much speaks for them. */
  #dropIslands(owners: Uint8Array, owner: number, heir: number): void {
    for (let i = 0; i < owners.length; i++) this.#mask[i] = owners[i] === owner ? 1 : 0;
    const islands = regions(this.#mask, this.#width, this.#height, this.#labels);
    const { labels, areas } = islands;
    const evidence = islands.sum((i) => this.#evidence[i]!);
    const rows = islands.sum((i) => i / this.#width);
    const given = areas.map((area, region) => {
      if (region === 0 || area >= MAX_ISLAND_SHARE * owners.length) return 0;
      const high = rows[region]! < this.#facesAbove * area;
      const least = high ? MIN_FACE_ISLAND_PX : MIN_ISLAND_PX;
      const doubtful = high ? MAX_FACE_ISLAND_EVIDENCE : MAX_ISLAND_EVIDENCE;
      return owner === MAIN || area < least || evidence[region]! > doubtful * area ? 1 : 0;
    });
    for (let i = 0; i < owners.length; i++) if (given[labels[i]!]) owners[i] = heir;
  }
}
