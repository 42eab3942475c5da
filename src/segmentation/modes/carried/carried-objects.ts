import { JOIN_SCORE } from '../../vision/background-subtraction.ts';
import { ColourHistogram } from '../../vision/colour-histogram.ts';
import type { Difference } from '../../vision/difference.ts';
import { grow } from '../../vision/morphology.ts';
import { regions } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';

/** Probability below which MediaPipe rules a person out. */
const MAX_RULED_OUT_PROBABILITY = 0.1;

/**
 * Probability from which somebody is there to hold something, and from which a pixel teaches what colours people have.
 */
const MIN_HOLDER_PROBABILITY = 0.6;
const MIN_LEARNED_PROBABILITY = 0.85;

/**
 * Seconds for which MediaPipe must have ruled a place and its surroundings out: it drops a hand for a few frames at a
 * time.
 */
const RULED_OUT_SECONDS = 0.5;

/** Seconds for which a region must have been there, with MediaPipe silent, before it is shown. */
const MIN_AGE_SECONDS = 1;

/** Share of a region that must have been one in the last frame for it to be the same. */
const MIN_COMMON_SHARE = 0.5;

/** Growth of people, and of what is shown, share of the diagonal. */
const PERSON_MARGIN_OF_DIAGONAL = 0.012;
const OBJECT_MARGIN_OF_DIAGONAL = 0.012;

/** Least share of the frame that is shown: what is smaller may be a finger. */
const MIN_REGION_SHARE = 0.002;

/** Likeness from which on a colour may be somebody's, and the share of such pixels from which on a region may be. */
const MIN_PERSON_LIKENESS = 5;
const MAX_PERSON_COLOURED_SHARE = 0.3;

/** What {@link CarriedObjects.find} goes by, per pixel of one frame. */
export interface CarriedInput {
  readonly frame: Thumbnail;
  /** Of a person, 0..1. */
  readonly probability: Float32Array;
  /** From the known background. */
  readonly difference: Difference;
  /** 1 where the people mode hides. */
  readonly hidden: Uint8Array;
}

/**
 * What {@link CarriedObjects} keeps of a pixel that nobody is near, but that shows the background, and of one that
 * somebody is near.
 */
const BACKGROUND = Number.NaN;
const PERSON = Number.POSITIVE_INFINITY;

/**
 * Which part of the hole over people is not of them but an object. In doubt it is of them: a region is an object only
 * where the background behind is known, MediaPipe has ruled a person out for a second, looking from far and from near,
 * it is attached to somebody whom MediaPipe does see, and its colours are not those of anybody in the picture.
 */
export class CarriedObjects {
  /** 1 = of an object, or round it: to be shown. */
  readonly mask: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #colours = new ColourHistogram();
  /** When MediaPipe last spoke for a person, seconds. */
  readonly #spoke: Float64Array;
  /**
   * Since when the pixel has been in a region that may be an object, seconds; or {@link BACKGROUND}, or {@link PERSON}.
   */
  readonly #since: Float64Array;
  readonly #near: Uint8Array;
  readonly #open: Uint8Array;
  /** 1 on objects, without the rim. */
  readonly #objects: Uint8Array;
  readonly #somebodys: Uint8Array;
  readonly #labels: Int32Array;
  readonly #holds: Int32Array;
  readonly #distance: Float32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.mask = new Uint8Array(size);
    this.#spoke = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#since = new Float64Array(size).fill(BACKGROUND);
    this.#near = new Uint8Array(size);
    this.#open = new Uint8Array(size);
    this.#objects = new Uint8Array(size);
    this.#somebodys = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#holds = new Int32Array(size);
    this.#distance = new Float32Array(size);
  }

  /** @param time seconds, rising */
  find(input: CarriedInput, time: number): void {
    const { frame, probability, difference, hidden } = input;
    const size = hidden.length;
    for (let i = 0; i < size; i++) {
      if (probability[i]! >= MAX_RULED_OUT_PROBABILITY) this.#spoke[i] = time;
      this.#near[i] = time - this.#spoke[i]! < RULED_OUT_SECONDS ? 1 : 0;
    }
    grow(this.#near, this.#width, this.#height, PERSON_MARGIN_OF_DIAGONAL * this.#diagonal, this.#distance);
    this.#colours.learn(frame, (i) => probability[i]! >= MIN_LEARNED_PROBABILITY);
    for (let i = 0; i < size; i++) {
      const differs = difference.score[i]! >= JOIN_SCORE && !difference.shade[i];
      this.#open[i] = differs && hidden[i] && !this.#near[i] ? 1 : 0;
      this.#somebodys[i] = this.#open[i] && this.#colours.likeness(frame, i) >= MIN_PERSON_LIKENESS ? 1 : 0;
    }
    this.#follow(this.#heldRegions(probability, hidden), time);
    this.#draw(hidden);
  }

  get #diagonal(): number {
    return Math.hypot(this.#width, this.#height);
  }

  /** Per pixel whether it is attached to somebody whom MediaPipe sees. */
  #heldRegions(probability: Float32Array, hidden: Uint8Array): (i: number) => boolean {
    const found = regions(hidden, this.#width, this.#height, this.#holds);
    const seen = found.countWhere((i) => probability[i]! >= MIN_HOLDER_PROBABILITY);
    return (i) => seen[found.labels[i]!]! > 0;
  }

  /**
   * Decides which regions are objects. A region that moves passes its age on by the pixels that it shares with the last
   * frame's; where somebody was seen before, it counts from then on.
   */
  #follow(isHeld: (i: number) => boolean, time: number): void {
    const found = regions(this.#open, this.#width, this.#height, this.#labels);
    const { labels, areas } = found;
    /** Pixels that nobody was near in the last frame; those of them that showed a region then. */
    const far = found.countWhere((i) => this.#since[i] !== PERSON);
    const wasRegion = (i: number) => this.#since[i] !== PERSON && !Number.isNaN(this.#since[i]!);
    const same = found.countWhere(wasRegion);
    const sumOfSince = found.sum((i) => (wasRegion(i) ? this.#since[i]! : 0));
    const shown = found.countWhere((i) => wasRegion(i) && this.#objects[i]);
    const personColoured = found.countWhere((i) => this.#somebodys[i]);
    const held = found.countWhere(isHeld);
    const isSame = (k: number) => same[k]! > 0 && same[k]! >= MIN_COMMON_SHARE * far[k]!;
    const least = MIN_REGION_SHARE * labels.length;
    const isObject = Array.from(areas, (area, k) => {
      if (!isSame(k) || area < least || personColoured[k]! >= MAX_PERSON_COLOURED_SHARE * area) return false;
      // What was let go, and is attached to nobody any more, is still the object that it was.
      return held[k]! > 0 || shown[k]! >= MIN_COMMON_SHARE * same[k]!;
    });
    for (let i = 0; i < labels.length; i++) {
      const k = labels[i]!;
      const last = this.#since[i]!;
      if (!k) this.#since[i] = this.#near[i] ? PERSON : BACKGROUND;
      else if (last === PERSON) this.#since[i] = Math.max(this.#spoke[i]!, time - RULED_OUT_SECONDS);
      else if (!isSame(k)) this.#since[i] = time;
      else if (Number.isNaN(last)) this.#since[i] = sumOfSince[k]! / same[k]!;
      const watched = time - this.#since[i]! >= MIN_AGE_SECONDS;
      this.#objects[i] = isObject[k] && watched && !this.#isSomebodys(i) ? 1 : 0;
    }
  }

  /** Whether some of the pixels round `i` have somebody's colours, more than noise explains: a finger on a cup. */
  #isSomebodys(i: number): boolean {
    const x = i % this.#width;
    if (x === 0 || x === this.#width - 1 || i < this.#width || i >= this.#labels.length - this.#width) return true;
    let count = 0;
    for (let row = i - this.#width; row <= i + this.#width; row += this.#width) {
      for (let k = row - 1; k <= row + 1; k++) count += this.#somebodys[k]!;
    }
    return count >= 3;
  }

  /** An object's soft outline is shown with it, up to people and to whatever else differs. */
  #draw(hidden: Uint8Array): void {
    this.mask.set(this.#objects);
    if (!this.#objects.includes(1)) return;
    grow(this.mask, this.#width, this.#height, OBJECT_MARGIN_OF_DIAGONAL * this.#diagonal, this.#distance);
    for (let i = 0; i < this.mask.length; i++) {
      if (!hidden[i] || this.#near[i] || (this.#open[i] && !this.#objects[i])) this.mask[i] = 0;
    }
  }
}
