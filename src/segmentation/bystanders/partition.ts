import { label } from '../components.ts';
import { distanceTo } from '../morphology.ts';
import type { Thumbnail } from '../thumbnail.ts';
import { Colours } from './colours.ts';
import { Election, type Place } from './election.ts';
import { Matcher } from './matcher.ts';

/** Whose a pixel is. */
export const NOBODY = 0;
export const MAIN = 1;
export const OTHER = 2;

/** Probability from which on a pixel is somebody's body, and not the rim or the shadow that the hole adds. */
const BODY = 0.35;

/** Share of the frame below which a region is too small to be taken for somebody. */
const LEAST = 0.001;

/** Pixels of the last frame's main person, and of the others, in a region from which on both are in it. */
const BOTH = 6;

/** Levels that a doubling of a colour's likeness is worth when patches are compared. */
const COLOUR_WEIGHT = 2.5;

/** So many doublings, and more is not counted, outweigh what a pixel was taken for before. */
const TELLING = 3;

/** A patch that differs by so many levels from all of the main person's near by, in a colour that he seldom has, is somebody else. */
const STRANGE = 20;
const SELDOM = 0.15;

/** A patch that was nobody's is the main person's if it differs by less from one of his, while somebody may be behind him. */
const FOREIGN = 10;

/** Seconds for which somebody may still be behind the main person after he was seen with him. */
const EXPECTED = 5;

/** How far the main person's rim reaches from his body, share of the frame's diagonal; and while somebody is with him. */
const RIM = 0.025;
const RIM_IN_DOUBT = 0.01;

/** The same in a region of at least this share of the frame: less of it is a fold of a sleeve. */
const STRANGE_AREA = 0.002;

/** Divides people's pixels between the main person and everybody else, from frame to frame. */
export class Partition {
  /** {@link NOBODY}, {@link MAIN} or {@link OTHER} per pixel. */
  readonly owners: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #last: Uint8Array;
  /** Owners of the last frame, with rims. */
  readonly #shown: Uint8Array;
  readonly #body: Uint8Array;
  readonly #strange: Uint8Array;
  readonly #labels: Int32Array;
  readonly #strangeLabels: Int32Array;
  readonly #mask: Uint8Array;
  readonly #toMain: Float32Array;
  readonly #toOther: Float32Array;
  readonly #matcher: Matcher;
  readonly #election: Election;
  readonly #main = new Colours();
  readonly #others = new Colours();
  /** When somebody was last seen together with the main person, seconds. */
  #together = Number.NEGATIVE_INFINITY;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.owners = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#shown = new Uint8Array(size);
    this.#body = new Uint8Array(size);
    this.#strange = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#strangeLabels = new Int32Array(size);
    this.#mask = new Uint8Array(size);
    this.#toMain = new Float32Array(size);
    this.#toOther = new Float32Array(size);
    this.#matcher = new Matcher(width, height);
    this.#election = new Election(width, height);
  }

  /**
   * @param people 1 where anybody is, with rim and shadow
   * @param probability of a person, 0..1
   * @param named where the main person is, if the app says so: 0..1 of width and height
   * @param time seconds
   */
  divide(
    frame: Thumbnail,
    people: Uint8Array,
    probability: Float32Array,
    named: Place | undefined,
    time: number,
  ): void {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) this.#body[i] = people[i] && probability[i]! >= BODY ? 1 : 0;
    const { labels, count } = label(this.#body, this.#width, this.#height, this.#labels);
    const mains = new Int32Array(count + 1);
    const others = new Int32Array(count + 1);
    const areas = new Int32Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      areas[region]!++;
      if (this.#last[i] === MAIN) mains[region]!++;
      else if (this.#last[i] === OTHER) others[region]!++;
    }
    const elected = this.#election.elect(labels, count, areas, mains, named, time, (region) =>
      this.#resembles(frame, region),
    );
    owners.fill(NOBODY);
    let together = false;
    const expected = time - this.#together < EXPECTED;
    this.#strange.fill(0);
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      if (!region) continue;
      // A speck is whose body is nearer, as rims are.
      if (areas[region]! < LEAST * labels.length) continue;
      if (elected.main !== undefined) owners[i] = region === elected.main ? MAIN : OTHER;
      else if (mains[region]! < BOTH) owners[i] = OTHER;
      else {
        const both = others[region]! >= BOTH;
        together ||= both;
        owners[i] = this.#whose(frame, i, both, expected);
      }
    }
    if (elected.main === undefined && this.#sortOut()) together = true;
    this.#extend(frame, people, expected || together);
    this.#shown.set(owners);
    if (together) this.#together = time;
    else this.#learn(frame);
    this.#matcher.remember(frame);
    // Rims and specks are nobody's to go by: what they are taken for must not spread.
    for (let i = 0; i < owners.length; i++) {
      const region = labels[i]!;
      this.#last[i] = region && areas[region]! >= LEAST * labels.length ? owners[i]! : NOBODY;
    }
  }

  /** Whether a region has mostly colours of the main person rather than of others. */
  #resembles(frame: Thumbnail, region: number): boolean {
    if (!this.#main.known) return false;
    let own = 0;
    let all = 0;
    for (let i = 0; i < this.#labels.length; i++) {
      if (this.#labels[i] !== region) continue;
      all++;
      const likeness = this.#main.likeness(frame, i);
      if (likeness > SELDOM && (!this.#others.known || likeness > this.#others.likeness(frame, i))) own++;
    }
    return own > 0.6 * all;
  }

  /** Of a pixel in the main person's region. */
  #whose(frame: Thumbnail, i: number, both: boolean, expected: boolean): number {
    const before = this.#last[i]!;
    const stands = before !== NOBODY && this.#matcher.stands(frame, i);
    // Somebody is behind the main person: what is new beside him is his own only if it was near by before, and has his colours.
    const emerges = (main: number) => before === NOBODY && (main >= FOREIGN || this.#colour(frame, i) < -1);
    if (!both) {
      if (stands) return MAIN;
      const { main } = this.#matcher.match(frame, i, this.#last, MAIN, OTHER);
      if (expected && emerges(main)) this.#strange[i] = 1;
      if (main >= STRANGE && this.#main.known && this.#main.likeness(frame, i) < SELDOM) this.#strange[i] = 1;
      return MAIN;
    }
    const colour = this.#colour(frame, i);
    // Whoever was there is, unless his colour says that it is the main person, who was hidden until now.
    if (stands) return colour < TELLING ? before : MAIN;
    const { main, other } = this.#matcher.match(frame, i, this.#last, MAIN, OTHER);
    if (emerges(main)) return OTHER;
    // What was hidden until now resembles nothing near by: there is only the colour.
    if (Math.min(main, other) >= STRANGE) return colour > -1 ? MAIN : OTHER;
    return main - other < COLOUR_WEIGHT * colour ? MAIN : OTHER;
  }

  /** Doublings by which the pixel's colour is more common in the main person than in others; 0 where that is unknown. */
  #colour(frame: Thumbnail, i: number): number {
    if (!this.#main.known || !this.#others.known) return 0;
    const ratio = this.#main.likeness(frame, i) / this.#others.likeness(frame, i);
    return Math.max(-TELLING, Math.min(TELLING, Math.log2(ratio)));
  }

  /**
   * Somebody who comes out from behind the main person is strange in all of a region; and single pixels belong to what is
   * around. Returns whether there is anybody strange.
   */
  #sortOut(): boolean {
    const { owners } = this;
    const { labels, count } = label(this.#strange, this.#width, this.#height, this.#strangeLabels);
    const areas = new Int32Array(count + 1);
    for (const region of labels) areas[region]!++;
    let found = false;
    for (let i = 0; i < labels.length; i++) {
      this.#strange[i] = labels[i] && areas[labels[i]!]! >= STRANGE_AREA * labels.length ? 1 : 0;
      if (!this.#strange[i]) continue;
      owners[i] = OTHER;
      found = true;
    }
    const width = this.#width;
    this.#mask.set(owners);
    for (let y = 2; y < this.#height - 2; y++) {
      for (let x = 2; x < width - 2; x++) {
        const i = y * width + x;
        if (this.#mask[i] === NOBODY || this.#strange[i]) continue;
        let main = 0;
        let other = 0;
        for (let v = -2; v <= 2; v++) {
          for (let k = i + v * width - 2; k <= i + v * width + 2; k++) {
            if (this.#mask[k] === MAIN) main++;
            else if (this.#mask[k] === OTHER) other++;
          }
        }
        owners[i] = main > other ? MAIN : OTHER;
      }
    }
    return found;
  }

  /**
   * Rims and shadows are whose body is nearer. The main person's reach no further than a rim does: what lies beyond it may be
   * somebody whom the model does not see well.
   */
  #extend(frame: Thumbnail, people: Uint8Array, expected: boolean): void {
    const { owners } = this;
    const distance = (owner: number, out: Float32Array) => {
      for (let i = 0; i < owners.length; i++) this.#mask[i] = owners[i] === owner ? 1 : 0;
      distanceTo(this.#mask, this.#width, this.#height, out);
    };
    distance(MAIN, this.#toMain);
    distance(OTHER, this.#toOther);
    const rim = (expected ? RIM_IN_DOUBT : RIM) * Math.hypot(this.#width, this.#height);
    for (let i = 0; i < owners.length; i++) {
      if (!people[i] || owners[i] !== NOBODY) continue;
      const mine = this.#toMain[i]! < this.#toOther[i]!;
      const near = this.#toMain[i]! <= rim;
      const stayed = this.#shown[i] === MAIN && !expected && this.#matcher.stands(frame, i);
      owners[i] = mine && (near || stayed) ? MAIN : OTHER;
    }
  }

  #learn(frame: Thumbnail): void {
    this.#main.learn(frame, (i) => this.owners[i] === MAIN && this.#body[i] === 1);
    this.#others.learn(frame, (i) => this.owners[i] === OTHER && this.#body[i] === 1);
  }
}
