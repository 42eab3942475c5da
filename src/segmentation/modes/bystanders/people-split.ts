import type { PicturePoint } from '../../../geometry.ts';
import { STAY_SCORE } from '../../vision/background-subtraction.ts';
import { ColourHistogram } from '../../vision/colour-histogram.ts';
import { distanceTo } from '../../vision/morphology.ts';
import { type Regions, regions } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { AppearanceModel } from './appearance-model.ts';
import { MainPersonSelection, MIN_PRESENT_PIXELS } from './main-person-selection.ts';
import { OcclusionState } from './occlusion-state.ts';
import { MAIN, NOBODY, OTHER } from './owners.ts';
import { PatchMatcher, SEARCH_RADIUS_PX } from './patch-matcher.ts';
import { NOISE_LEVELS, PixelClassifier } from './pixel-classifier.ts';
import { Visibility } from './visibility.ts';

/** Probability from which on a pixel is somebody's body, and not the rim or the shadow that the hole adds. */
const MIN_BODY_PROBABILITY = 0.35;

/**
 * The same where somebody else was in the last frame: whoever moves is given this much until MediaPipe sees them again.
 */
const MIN_KEPT_BODY_PROBABILITY = 0.29;

/** Share of a region from which on it is the main person's where they are in it: others step on their rim. */
const MIN_MAIN_SHARE = 0.05;

/**
 * Grid pixels from the main person's body within which their rim lies; and limbs that the model hardly sees, from this
 * probability on.
 */
const RIM_PX = 7;
const LIMB_PX = 14;
const MIN_LIMB_PROBABILITY = 0.1;

/** Levels up to which a pixel looks as the main person does there. */
const SAME_LEVELS = 10;

/** Share of the frame below which a region is too small to be taken for somebody. */
const MIN_REGION_SHARE = 0.001;

/**
 * A patch that differs by so many levels from all of the main person's, in a colour that they seldom have, is somebody
 * else's.
 */
const MIN_STRANGE_LEVELS = 20;
const MAX_STRANGE_LIKENESS = 0.15;

/** Share of the frame from which on a strange region is somebody: less of it is a fold of a sleeve. */
const MIN_STRANGE_SHARE = 0.002;

/** Share of the frame from which on a body is followed. */
const MIN_FOLLOWED_SHARE = 0.003;

/** Doublings of a colour's likeness that count. */
const MAX_DOUBLINGS = 3;

/** Divides people's pixels between the main person and everybody else, from frame to frame. */
export class PeopleSplit {
  /** {@link NOBODY}, {@link MAIN} or {@link OTHER} per pixel. */
  readonly owners: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #last: Uint8Array;
  readonly #body: Uint8Array;
  /** 1 where somebody else's body was in the last frame. */
  readonly #others: Uint8Array;
  readonly #labels: Int32Array;
  readonly #parts: Int32Array;
  readonly #mask: Uint8Array;
  readonly #toMain: Float32Array;
  readonly #toOther: Float32Array;
  /** Distance from somebody else's body in the last frame, grid pixels. */
  readonly #toOthers: Float32Array;
  readonly #matcher: PatchMatcher;
  readonly #appearance: AppearanceModel;
  readonly #selection: MainPersonSelection;
  readonly #occlusion: OcclusionState;
  readonly #classifier: PixelClassifier;
  readonly #visibility = new Visibility();
  readonly #mainColours = new ColourHistogram();
  readonly #otherColours = new ColourHistogram();

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.owners = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#body = new Uint8Array(size);
    this.#others = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#parts = new Int32Array(size);
    this.#mask = new Uint8Array(size);
    this.#toMain = new Float32Array(size);
    this.#toOther = new Float32Array(size);
    this.#toOthers = new Float32Array(size);
    this.#matcher = new PatchMatcher(width, height);
    this.#appearance = new AppearanceModel(width, height);
    this.#selection = new MainPersonSelection(width, height);
    this.#occlusion = new OcclusionState(size);
    this.#classifier = new PixelClassifier(width, height);
  }

  /**
   * @param people 1 where anybody is, with rim and shadow
   * @param probability of a person, 0..1
   * @param score how much each pixel differs from the known background, see `Difference`; 0 where that is not known
   * @param named where the main person is, if the app says so: 0..1 of width and height
   * @param time seconds
   */
  divide(
    frame: Thumbnail,
    people: Uint8Array,
    probability: Float32Array,
    score: Float32Array,
    named: PicturePoint | undefined,
    time: number,
  ): void {
    const { owners } = this;
    const last = this.#last;
    const appearance = this.#appearance;
    appearance.follow(frame, (i) => last[i] === MAIN);
    for (let i = 0; i < owners.length; i++) {
      // No body is where the known background shows, whatever MediaPipe takes a table for. MediaPipe loses people for a
      // moment; who looks as they did where they were is still there.
      const empty = score[i]! > 0 && score[i]! < STAY_SCORE;
      const found = probability[i]! >= (last[i] === OTHER ? MIN_KEPT_BODY_PROBABILITY : MIN_BODY_PROBABILITY) && !empty;
      this.#body[i] = people[i] && (found || appearance.at(frame, i) <= NOISE_LEVELS) ? 1 : 0;
    }
    const bodies = regions(this.#body, this.#width, this.#height, this.#labels);
    const mains = bodies.countWhere((i) => appearance.inside[i] && appearance.certainty[i]! >= MIN_BODY_PROBABILITY);
    const { main } = this.#selection.select(bodies, mains, named, time, (region) => this.#resembles(frame, region));
    const isMain = (region: number) =>
      main === undefined
        ? mains[region]! >= Math.max(MIN_PRESENT_PIXELS, MIN_MAIN_SHARE * bodies.areas[region]!)
        : region === main;
    this.#byRegion(frame, people, probability, bodies, isMain);
    let compared = false;
    if (main !== undefined) appearance.forget();
    else {
      const shown = { bodies, isMain, owners, probability, toMain: this.#toMain };
      compared = this.#occlusion.update(shown, this.#others, time);
      if (compared) this.#compare(frame);
      else if (this.#findStrangers(frame)) this.#occlusion.noteReappearance(time);
    }
    this.#noteOthers(compared);
    this.#visibility.note(this.#areaOfOthers(score), !compared);
    // While somebody is with them the appearance model grows by what looks like them alone: nobody else's head becomes
    // theirs.
    const isTheirs = (i: number) =>
      owners[i] === MAIN && (!compared || this.#classifier.isLearnable(i, appearance.inside[i] === 1));
    appearance.update(frame, compared ? undefined : probability, isTheirs, people, time);
    if (!compared) this.#learnColours(frame);
    this.#matcher.remember(frame);
    last.set(owners);
    if (compared) this.#classifier.giveRims(owners, this.#body, !this.#visibility.partlyHidden);
  }

  /**
   * Bodies are whose region it is; everything else, such as rims, is whose body is nearer, and others' far from any.
   */
  #byRegion(
    frame: Thumbnail,
    people: Uint8Array,
    probability: Float32Array,
    { labels, areas }: Regions,
    isMain: (region: number) => boolean,
  ): void {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) {
      const region = labels[i]!;
      const somebody = region > 0 && areas[region]! >= MIN_REGION_SHARE * owners.length;
      owners[i] = somebody ? (isMain(region) ? MAIN : OTHER) : NOBODY;
    }
    this.#distance(MAIN, this.#toMain);
    this.#distance(OTHER, this.#toOther);
    distanceTo(this.#others, this.#width, this.#height, this.#toOthers, SEARCH_RADIUS_PX + 1);
    for (let i = 0; i < owners.length; i++) {
      if (!people[i] || owners[i] !== NOBODY) continue;
      const reach = probability[i]! >= MIN_LIMB_PROBABILITY ? LIMB_PX : RIM_PX;
      const near = this.#appearance.inside[i] === 1 || this.#toMain[i]! <= reach;
      // MediaPipe may not have seen yet where somebody else has moved on.
      const was =
        this.#toOthers[i]! <= SEARCH_RADIUS_PX &&
        this.#last[i] === OTHER &&
        this.#appearance.at(frame, i) > SAME_LEVELS;
      owners[i] = near && !was && this.#toMain[i]! < this.#toOther[i]! ? MAIN : OTHER;
    }
  }

  /** Whether a region has mostly colours of the main person rather than of others. */
  #resembles(frame: Thumbnail, region: number): boolean {
    if (!this.#mainColours.known) return false;
    let own = 0;
    let all = 0;
    for (let i = 0; i < this.#labels.length; i++) {
      if (this.#labels[i] !== region) continue;
      all++;
      const likeness = this.#mainColours.likeness(frame, i);
      if (
        likeness > MAX_STRANGE_LIKENESS &&
        (!this.#otherColours.known || likeness > this.#otherColours.likeness(frame, i))
      )
        own++;
    }
    return own > 0.6 * all;
  }

  #compare(frame: Thumbnail): void {
    this.#classifier.divide(frame, this.owners, {
      appearance: this.#appearance,
      matcher: this.#matcher,
      last: this.#last,
      others: this.#others,
      body: this.#body,
      touching: this.#occlusion.touching && !this.#visibility.complete,
      hardlySeen: this.#visibility.hardlySeen,
      colour: (i) => this.#colour(frame, i),
    });
  }

  /** Bodies of others, for the next frame: neither rims nor specks. */
  #noteOthers(compared: boolean): void {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) {
      const like = compared && this.#appearance.inside[i] === 1 && this.#classifier.isLike(i);
      this.#mask[i] = owners[i] === OTHER && this.#body[i] && !like ? 1 : 0;
    }
    this.#dropSmall(MIN_FOLLOWED_SHARE);
    this.#others.set(this.#mask);
    this.#occlusion.note(this.#others);
  }

  /** What differs from the known background, also where the model misses them; their bodies where it is not known. */
  #areaOfOthers(score: Float32Array): number {
    let area = 0;
    for (let i = 0; i < score.length; i++) {
      if (this.owners[i] === OTHER && (score[i]! > 0 ? score[i]! >= STAY_SCORE : this.#body[i])) area++;
    }
    return area;
  }

  /** Somebody who comes out from behind the main person unexpectedly is strange in all of a region. */
  #findStrangers(frame: Thumbnail): boolean {
    const { owners } = this;
    for (let i = 0; i < owners.length; i++) {
      const candidate = owners[i] === MAIN && this.#body[i] && !this.#appearance.inside[i] && this.#mainColours.known;
      const seldom = () => this.#mainColours.likeness(frame, i) < MAX_STRANGE_LIKENESS;
      this.#mask[i] = candidate && seldom() && this.#appearance.match(frame, i) >= MIN_STRANGE_LEVELS ? 1 : 0;
    }
    this.#dropSmall(MIN_STRANGE_SHARE);
    for (let i = 0; i < owners.length; i++) if (this.#mask[i]) owners[i] = OTHER;
    return this.#mask.includes(1);
  }

  /** Clears the mask's regions of less than this share of the frame. */
  #dropSmall(least: number): void {
    const found = regions(this.#mask, this.#width, this.#height, this.#parts);
    found.keep(this.#mask, (region) => found.areas[region]! >= least * this.#mask.length);
  }

  #colour(frame: Thumbnail, i: number): number {
    if (!this.#mainColours.known || !this.#otherColours.known) return 0;
    const ratio = this.#mainColours.likeness(frame, i) / this.#otherColours.likeness(frame, i);
    return Math.max(-MAX_DOUBLINGS, Math.min(MAX_DOUBLINGS, Math.log2(ratio)));
  }

  #distance(owner: number, out: Float32Array): void {
    for (let i = 0; i < this.owners.length; i++) this.#mask[i] = this.owners[i] === owner ? 1 : 0;
    distanceTo(this.#mask, this.#width, this.#height, out);
  }

  #learnColours(frame: Thumbnail): void {
    this.#mainColours.learn(frame, (i) => this.owners[i] === MAIN && this.#body[i] === 1);
    this.#otherColours.learn(frame, (i) => this.owners[i] === OTHER && this.#body[i] === 1);
  }
}
