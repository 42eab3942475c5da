import { label } from '../components.ts';
import { distanceTo } from '../morphology.ts';
import type { Thumbnail } from '../thumbnail.ts';
import { Colours } from './colours.ts';
import { Election, type Place } from './election.ts';
import { Matcher, REACH } from './matcher.ts';
import { Portrait } from './portrait.ts';

/** Whose a pixel is. */
export const NOBODY = 0;
export const MAIN = 1;
export const OTHER = 2;

/** Probability from which on a pixel is somebody's body, and not the rim or the shadow that the hole adds. */
const BODY = 0.35;

/** Grid pixels from his body within which the main person's rim lies; and limbs that the model hardly sees, from this probability on. */
const RIM = 7;
const LIMB = 14;
const HARDLY = 0.1;

/** Share of the frame below which a region is too small to be taken for somebody. */
const LEAST = 0.001;

/** Pixels of the last frame's main person, and of the others, in a region from which on both are in it. */
const BOTH = 6;

/** Seconds for which somebody who went behind the main person and was not seen to leave may still be there. */
const EXPECTED = 30;

/** Seconds after somebody was seen to leave the main person in which he is still with him. */
const LEFT = 0.5;

/** Share of a region that was somebody with the main person in the last frame, from which on it is he who leaves. */
const FOLLOWED = 0.3;

/** Share of the frame from which on a part of somebody, of this probability and more, is company. */
const SURE = 0.6;
const COMPANY = 0.004;

/** Grid pixels from which on somebody is with the main person. */
const NEAR = 12;

/** Differences up to this many levels are noise. */
const NOISE = 5;

/** A patch that differs by so many levels from everything that it is compared with is new; more is not counted. */
const STRANGE = 30;

/** A patch that differs by more from all of the main person's near by is hardly his; levels. */
const FOREIGN = 13;

/** What looks so much like the main person where he is, is not followed as somebody else, whatever it was taken for; levels. */
const LIKE = 8;

/** Grid pixels from the edge of the main person's outline from which on it makes no difference how far. */
const DEEP = 6;

/** Evidence beyond this makes no difference. */
const CERTAIN = 4;

/** Grid pixels round a pixel that have a say. */
const AROUND = 1;

/** Doublings of a colour's likeness that count. */
const MOST_DOUBLINGS = 3;

/** A patch that differs by so many levels from all of the main person's is strange. */
const STRANGER = 20;

/** A colour that the main person has less often than this, against an even spread, is not his. */
const SELDOM = 0.15;

/** Share of the frame from which on a strange region is somebody: less of it is a fold of a sleeve. */
const STRANGE_AREA = 0.002;

/** Share of the frame below which an island is its surroundings'. */
const ISLAND = 0.003;

/** The same of somebody else's if it has fewer pixels, or less than this evidence speaks for him: it may be his face. */
const SPECK = 8;
const DOUBTFUL = -1.5;

/** Divides people's pixels between the main person and everybody else, from frame to frame. */
export class Partition {
  /** {@link NOBODY}, {@link MAIN} or {@link OTHER} per pixel. */
  readonly owners: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #last: Uint8Array;
  readonly #body: Uint8Array;
  /** 1 where somebody else's body was in the last frame. */
  readonly #otherBodies: Uint8Array;
  /** 1 where those were who are with the main person, or were and have just left him. */
  readonly #company: Uint8Array;
  readonly #strange: Uint8Array;
  readonly #labels: Int32Array;
  readonly #islands: Int32Array;
  readonly #mask: Uint8Array;
  readonly #evidence: Float32Array;
  /** Difference from the most similar patch of the main person's near by, levels. */
  readonly #mine: Float32Array;
  readonly #toMain: Float32Array;
  readonly #toEdge: Float32Array;
  readonly #toOther: Float32Array;
  readonly #matcher: Matcher;
  readonly #portrait: Portrait;
  readonly #election: Election;
  readonly #main = new Colours();
  readonly #others = new Colours();
  /** When somebody was last seen together with the main person, seconds. */
  #together = Number.NEGATIVE_INFINITY;
  /** Whether somebody may come out from behind him now. */
  #touching = false;
  /** When he was then seen elsewhere. */
  #left = Number.POSITIVE_INFINITY;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.owners = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#body = new Uint8Array(size);
    this.#otherBodies = new Uint8Array(size);
    this.#company = new Uint8Array(size);
    this.#strange = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#islands = new Int32Array(size);
    this.#mask = new Uint8Array(size);
    this.#evidence = new Float32Array(size);
    this.#mine = new Float32Array(size);
    this.#toEdge = new Float32Array(size);
    this.#toMain = new Float32Array(size);
    this.#toOther = new Float32Array(size);
    this.#matcher = new Matcher(width, height);
    this.#portrait = new Portrait(width, height);
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
    const last = this.#last;
    this.#portrait.follow(frame, (i) => last[i] === MAIN);
    for (let i = 0; i < owners.length; i++) {
      const seen = probability[i]! >= BODY || this.#portrait.at(frame, i) <= NOISE;
      this.#body[i] = people[i] && seen ? 1 : 0;
    }
    const { labels, count } = label(this.#body, this.#width, this.#height, this.#labels);
    const mains = new Int32Array(count + 1);
    const areas = new Int32Array(count + 1);
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      areas[region]!++;
      if (this.#portrait.inside[i]) mains[region]!++;
    }
    const elected = this.#election.elect(labels, count, areas, mains, named, time, (region) =>
      this.#resembles(frame, region),
    );
    if (elected.main !== undefined) this.#portrait.forget();
    // Bodies by region; then everything else is whose body is nearer.
    for (let i = 0; i < labels.length; i++) {
      const region = labels[i]!;
      owners[i] = NOBODY;
      if (!region || areas[region]! < LEAST * labels.length) continue;
      const his = elected.main === undefined ? mains[region]! >= BOTH : region === elected.main;
      owners[i] = his ? MAIN : OTHER;
    }
    this.#distance(owners, MAIN, this.#toMain);
    this.#distance(owners, OTHER, this.#toOther);
    for (let i = 0; i < owners.length; i++) {
      if (!people[i] || owners[i] !== NOBODY) continue;
      const reach = probability[i]! >= HARDLY ? LIMB : RIM;
      const near = this.#portrait.inside[i] === 1 || this.#toMain[i]! <= reach;
      owners[i] = near && this.#toMain[i]! < this.#toOther[i]! ? MAIN : OTHER;
    }
    let compared = false;
    if (elected.main === undefined) {
      compared = this.#hasCompany(probability, mains, time);
      if (compared) this.#compare(frame);
      else if (this.#findStrangers(frame)) this.#together = time;
    }
    this.#noteOthers();
    // While somebody is with him he grows by what looks like him alone: nobody else's head is to become his.
    const limit = (i: number) => (this.#portrait.inside[i] ? FOREIGN : LIKE);
    const his = (i: number) => owners[i] === MAIN && (!compared || this.#mine[i]! < limit(i));
    this.#portrait.update(frame, compared ? undefined : probability, his, people, time);
    if (time - this.#together > EXPECTED) this.#learn(frame);
    this.#matcher.remember(frame);
    last.set(owners);
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

  /** Whether somebody is with the main person, or may be behind him. Owners are by region so far. */
  #hasCompany(probability: Float32Array, mains: Int32Array, time: number): boolean {
    const { owners } = this;
    const least = COMPANY * owners.length;
    const near = new Uint8Array(mains.length);
    const followed = new Int32Array(mains.length);
    const areas = new Int32Array(mains.length);
    for (let i = 0; i < owners.length; i++) if (probability[i]! >= SURE) areas[this.#labels[i]!]!++;
    let inside = 0;
    for (let i = 0; i < owners.length; i++) {
      const region = this.#labels[i]!;
      if (!region || areas[region]! < least) continue;
      if (owners[i] === MAIN) inside += this.#otherBodies[i]!;
      else if (mains[region]! < BOTH) {
        if (this.#toMain[i]! <= NEAR) near[region] = 1;
        followed[region]! += this.#company[i]!;
      }
    }
    const here = inside >= least / 4 || near.includes(1);
    // He who was with the main person is seen apart from him by now: nobody is behind him.
    const apart = followed.map((pixels, region) => (pixels >= FOLLOWED * areas[region]! ? 1 : 0));
    for (let i = 0; i < owners.length; i++) {
      const region = this.#labels[i]!;
      this.#company[i] = region && (owners[i] === MAIN || near[region] || (!here && apart[region])) ? 1 : 0;
    }
    this.#touching = inside >= least / 4;
    if (here) {
      this.#together = time;
      this.#left = Number.POSITIVE_INFINITY;
      return true;
    }
    if (!apart.includes(1, 1)) this.#left = Number.POSITIVE_INFINITY;
    else if (this.#left === Number.POSITIVE_INFINITY) this.#left = time;
    if (this.#left < time - LEFT) this.#together = Number.NEGATIVE_INFINITY;
    const hidden = time - this.#together < EXPECTED;
    this.#touching ||= hidden;
    return hidden;
  }

  /** Somebody is with the main person: what speaks for him, pixel by pixel and then with what is around it, is his. */
  #compare(frame: Thumbnail): void {
    const { owners } = this;
    distanceTo(this.#otherBodies, this.#width, this.#height, this.#toOther);
    this.#mine.fill(STRANGE);
    const { inside, certainty } = this.#portrait;
    for (let i = 0; i < owners.length; i++) this.#mask[i] = inside[i] && certainty[i]! >= 0.5 ? 1 : 0;
    distanceTo(this.#mask, this.#width, this.#height, this.#toMain, DEEP);
    for (let i = 0; i < owners.length; i++) this.#mask[i] = 1 - this.#mask[i]!;
    distanceTo(this.#mask, this.#width, this.#height, this.#toEdge, DEEP);
    for (let i = 0; i < owners.length; i++) this.#evidence[i] = owners[i] === MAIN ? this.#evidenceAt(frame, i) : 0;
    this.#weigh();
    this.#dropIslands(MAIN, OTHER);
    this.#dropIslands(OTHER, MAIN);
  }

  /** How much speaks for pixel `i` being the main person's: the logarithm of the odds, up to {@link CERTAIN} either way. */
  #evidenceAt(frame: Thumbnail, i: number): number {
    const portrait = this.#portrait;
    const matcher = this.#matcher;
    const reach = this.#toOther[i]! <= 1.5 * REACH;
    const inside = portrait.inside[i] === 1;
    const stands = this.#last[i] === MAIN && (inside || !this.#body[i]) && matcher.still(frame, i) <= NOISE;
    if (!reach && (stands || (inside && !this.#touching))) {
      this.#mine[i] = 0;
      return CERTAIN;
    }
    const mine = Math.min(STRANGE, portrait.match(frame, i));
    this.#mine[i] = mine;
    const colour = 0.65 * this.#colour(frame, i);
    let odds = stands ? 2 : 0;
    if (inside) odds += 1.5 * portrait.certainty[i]!;
    else odds -= 0.5;
    if (reach) odds += 0.12 * (Math.min(STRANGE, matcher.match(frame, i, this.#otherBodies, 1)) - mine) + colour;
    else odds += 0.2 * (FOREIGN - mine) + (mine < FOREIGN ? colour : colour / 2);
    if (inside && reach) odds -= 0.05 * Math.min(STRANGE, portrait.at(frame, i));
    return Math.max(-CERTAIN, Math.min(CERTAIN, odds));
  }

  /** Bodies of others, for the next frame: neither rims nor specks. */
  #noteOthers(): void {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) {
      const like = this.#portrait.inside[i] === 1 && this.#mine[i]! < LIKE;
      this.#mask[i] = owners[i] === OTHER && this.#body[i] && !like ? 1 : 0;
    }
    const { labels, count } = label(this.#mask, this.#width, this.#height, this.#islands);
    const areas = new Int32Array(count + 1);
    for (const region of labels) areas[region]!++;
    for (let i = 0; i < owners.length; i++) {
      this.#otherBodies[i] = labels[i] && areas[labels[i]!]! >= ISLAND * owners.length ? 1 : 0;
      this.#company[i] = this.#company[i]! & this.#otherBodies[i]!;
    }
  }

  /** Somebody who comes out from behind the main person is strange in all of a region. */
  #findStrangers(frame: Thumbnail): boolean {
    const { owners } = this;
    this.#strange.fill(0);
    for (let i = 0; i < owners.length; i++) {
      if (owners[i] !== MAIN || !this.#body[i] || this.#portrait.inside[i] || !this.#main.known) continue;
      if (this.#main.likeness(frame, i) >= SELDOM || this.#portrait.match(frame, i) < STRANGER) continue;
      this.#strange[i] = 1;
    }
    const { labels, count } = label(this.#strange, this.#width, this.#height, this.#islands);
    const areas = new Int32Array(count + 1);
    for (const region of labels) areas[region]!++;
    let found = false;
    for (let i = 0; i < labels.length; i++) {
      if (!labels[i] || areas[labels[i]!]! < STRANGE_AREA * labels.length) continue;
      owners[i] = OTHER;
      found = true;
    }
    return found;
  }

  /** Doublings by which the pixel's colour is more common in the main person than in others; 0 where that is unknown. */
  #colour(frame: Thumbnail, i: number): number {
    if (!this.#main.known || !this.#others.known) return 0;
    const ratio = this.#main.likeness(frame, i) / this.#others.likeness(frame, i);
    return Math.max(-MOST_DOUBLINGS, Math.min(MOST_DOUBLINGS, Math.log2(ratio)));
  }

  /** How far pixel `i` lies in the main person's known outline, or out of it, below 0; grid pixels, up to 6. */
  #depth(i: number): number {
    return Math.min(DEEP, this.#toEdge[i]!) - Math.min(DEEP, this.#toMain[i]!);
  }

  /** The mean evidence of the neighbourhood decides, without those who are somebody else's for other reasons. */
  #weigh(): void {
    const { owners } = this;
    const width = this.#width;
    this.#mask.set(owners);
    for (let y = 0, i = 0; y < this.#height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (this.#mask[i] !== MAIN) continue;
        let sum = 0;
        for (let v = Math.max(0, y - AROUND); v <= Math.min(this.#height - 1, y + AROUND); v++) {
          for (let u = Math.max(0, x - AROUND); u <= Math.min(width - 1, x + AROUND); u++) sum += this.#evidence[v * width + u]!;
        }
        if (sum <= 0) owners[i] = OTHER;
      }
    }
  }

  /** Small regions of `owner` that lie in the other's become his: of somebody else's only if nothing much speaks for them. */
  #dropIslands(owner: number, heir: number): void {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) this.#mask[i] = owners[i] === owner ? 1 : 0;
    const { labels, count } = label(this.#mask, this.#width, this.#height, this.#islands);
    const areas = new Int32Array(count + 1);
    const evidence = new Float64Array(count + 1);
    for (let i = 0; i < owners.length; i++) {
      const region = labels[i]!;
      areas[region]!++;
      evidence[region]! += this.#evidence[i]!;
    }
    for (let i = 0; i < owners.length; i++) {
      const region = labels[i]!;
      if (!region || areas[region]! >= ISLAND * owners.length) continue;
      if (owner === MAIN || areas[region]! < SPECK || evidence[region]! > DOUBTFUL * areas[region]!) owners[i] = heir;
    }
  }

  #distance(owners: Uint8Array, owner: number, out: Float32Array): void {
    for (let i = 0; i < owners.length; i++) this.#mask[i] = owners[i] === owner ? 1 : 0;
    distanceTo(this.#mask, this.#width, this.#height, out);
  }

  #learn(frame: Thumbnail): void {
    this.#main.learn(frame, (i) => this.owners[i] === MAIN && this.#body[i] === 1);
    this.#others.learn(frame, (i) => this.owners[i] === OTHER && this.#body[i] === 1);
  }
}
