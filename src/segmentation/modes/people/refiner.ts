import type { Homography, Rect } from '../../../geometry.ts';
import { HOLE, type Mask } from '../../../mask.ts';
import type { Segmentation } from '../../mask-source.ts';
import type { Part } from '../../parts.ts';
import { UncertainRegions } from '../../tracking/uncertain-regions.ts';
import { BackgroundSubtraction, JOIN_SCORE, STAY_SCORE, STRONG_SCORE } from '../../vision/background-subtraction.ts';
import { linkAlongBorder } from '../../vision/border.ts';
import type { Difference } from '../../vision/difference.ts';
import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import { Outline } from '../../vision/outline.ts';
import { regions } from '../../vision/regions.ts';
import { hidesTexture, sameTexture } from '../../vision/texture.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { ForegroundBlobs } from './foreground-blobs.ts';
import { PersonEvidence } from './person-evidence.ts';

/** Probability from which on a pixel counts as person. Low: a pixel too much costs nothing, a missed one is a leak. */
const MIN_PERSON_PROBABILITY = 0.2;

/** Probability down to which a pixel of somebody stays hole if it was one before. */
const MIN_KEPT_PERSON_PROBABILITY = 0.1;

/**
 * How far a difference reaches from the person that it is attached to, share of the frame's diagonal: about a shadow's
 * length.
 */
const MAX_ATTACHED_OF_DIAGONAL = 0.25;

/**
 * Seconds that a pixel stays hole after the last evidence for it, where nothing says that it shows the background.
 * MediaPipe drops a hand for a few frames at a time.
 */
const HOLD_SECONDS = 0.4;

/**
 * Seconds without any sign of a person after which a region that stays put is an object that was moved, not somebody.
 */
const RELEASE_SECONDS = 4;

/**
 * Seconds for which a region must stay perfectly still if nobody was seen anywhere when it came: an object is moved by
 * somebody, so what comes by itself may be a person whom MediaPipe does not see. The same where MediaPipe is undecided.
 */
const UNEXPLAINED_RELEASE_SECONDS = 60;

/**
 * Seconds after MediaPipe was last sure of somebody from which their region is covered, if they did not leave it: those
 * who watch are then told that something is hidden there of which nobody knows any more who it is.
 */
const LOST_COVER_SECONDS = 60;

/** Least share of such a region that must be more than light on the background. */
const MIN_STRANGE_SHARE = 0.3;

/** Why, for users. */
const LOST_REASON = 'somebody who was there has not been found for a minute';

/** Seconds after which more light on the same texture, away from MediaPipe's person, is a lamp's. */
const LAMP_RELEASE_SECONDS = 8;

/**
 * Seconds for which what was hole stays hole after the light changed: MediaPipe needs them where it had the
 * background's help.
 */
const RELIGHT_HOLD_SECONDS = 1;

/** A frame that was refined and not yet learnt from. Times in seconds. */
interface Unsettled {
  readonly frame: Thumbnail;
  readonly probability: Float32Array;
  readonly time: number;
}

/** Probability map + frame -> hole mask, with a memory of the background and of what was hole. */
export class Refiner {
  readonly #without: readonly Part[];
  readonly #width: number;
  readonly #height: number;
  readonly #diagonal: number;
  readonly #subtraction: BackgroundSubtraction;
  readonly #foregroundBlobs: ForegroundBlobs;
  readonly #outline: Outline;
  readonly #uncertain: UncertainRegions;
  /** People, then with all that is attached to them; 0 or 1. */
  readonly #person: Uint8Array;
  readonly #mask: Uint8Array;
  /** The last frame's mask. */
  readonly #last: Uint8Array;
  /** When something last spoke for each pixel being hole, seconds. */
  readonly #evidence: Float64Array;
  readonly #personEvidence: PersonEvidence;
  readonly #scratch: Uint8Array;
  readonly #queue: Int32Array;
  #unsettled: Unsettled | undefined;
  #lightingChanged = Number.NEGATIVE_INFINITY;
  #anybodyLost = false;

  constructor(width: number, height: number, without: readonly Part[] = []) {
    const size = width * height;
    this.#without = without;
    this.#width = width;
    this.#height = height;
    this.#diagonal = Math.hypot(width, height);
    this.#subtraction = new BackgroundSubtraction(width, height);
    this.#foregroundBlobs = new ForegroundBlobs(width, height);
    this.#outline = new Outline(width, height, 'people');
    this.#uncertain = new UncertainRegions(width, height);
    this.#person = new Uint8Array(size);
    this.#mask = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#scratch = new Uint8Array(size);
    this.#evidence = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#personEvidence = new PersonEvidence(width, height);
    this.#queue = new Int32Array(size);
  }

  /** 1 on the last hole and round it: what is not the background. */
  get covered(): Uint8Array {
    return this.#outline.covered;
  }

  /** Boxes of the last hole's regions, pixels of the grid. */
  get regions(): readonly Rect[] {
    return this.#personEvidence.regions;
  }

  /** Of the last frame from the background as it was known then. */
  get difference(): Difference {
    return this.#subtraction.difference;
  }

  /**
   * @param frame the picture on the refiner's grid
   * @param probability of a person per pixel of the grid, 0..1
   * @param timestamp microseconds, rising
   */
  refine(frame: Thumbnail, probability: Float32Array, timestamp: number): Segmentation {
    const time = timestamp / 1e6;
    const lightingChanged = this.#subtraction.measure(frame, this.#outline.covered, time);
    const { score } = this.#subtraction;
    if (lightingChanged) this.#startAnew(probability, time);
    else this.#findPeople(score, probability, time);
    this.#addAttached(score);
    this.#hold(frame, score, time);
    this.#outline.draw(this.#person, this.#mask, this.#subtraction.background.clean);
    this.#doubtMask(frame, probability, time);
    this.#unsettled = { frame, probability, time };
    return this.#answer(1);
  }

  /** For a frame in which nothing can be told: it is not compared, and not learnt either. */
  skip(reason: string): Segmentation {
    this.#unsettled = undefined;
    return { ...this.#answer(0), reason };
  }

  #answer(confidence: number): Segmentation {
    const mask = (data: Uint8Array) => ({ width: this.#width, height: this.#height, data });
    const reason = this.#anybodyLost ? LOST_REASON : undefined;
    return { hole: mask(this.#outline.hole), doubt: mask(this.#uncertain.region), confidence, reason };
  }

  /**
   * The camera moved with the frame that was refined last; `map` says where what is at (x, y) now was before, on the
   * grid.
   */
  follow(map: Homography): void {
    this.#subtraction.follow(map);
  }

  /** Forgets the background where `mask`, of the grid's size, is hole: somebody was taken for it. */
  forget({ data }: Mask): void {
    this.#subtraction.background.forget((i) => data[i]! >= HOLE);
  }

  /**
   * Learns from the frame that was refined last, which the next one needs and its own mask did not. To be called once a
   * frame, while `frame` and `probability` still hold what they did.
   */
  settle(): void {
    if (!this.#unsettled) return;
    const { frame, probability, time } = this.#unsettled;
    this.#unsettled = undefined;
    this.#personEvidence.note(frame, probability, this.#outline.covered, time, this.#subtraction.seconds);
    if (!this.#without.includes('plate')) {
      this.#release(frame, probability, time);
      this.#subtraction.learn(frame, this.#outline);
    }
    if (!this.#without.includes('time')) this.#last.set(this.#mask);
  }

  #findPeople(score: Float32Array, probability: Float32Array, time: number): void {
    const { shade } = this.#subtraction.difference;
    for (let i = 0; i < score.length; i++) {
      const still = this.#last[i] === 1 && time - this.#personEvidence.last[i]! < RELEASE_SECONDS;
      this.#person[i] = probability[i]! >= (still ? MIN_KEPT_PERSON_PROBABILITY : MIN_PERSON_PROBABILITY) ? 1 : 0;
      this.#scratch[i] = score[i]! >= STRONG_SCORE && !shade[i] ? 1 : 0;
    }
    this.#foregroundBlobs.addTo(this.#person, this.#scratch);
    // Beside somebody at the picture's edge a dark sleeve is more likely than a shadow.
    for (let i = 0; i < score.length; i++) this.#scratch[i] = score[i]! >= STRONG_SCORE ? 1 : 0;
    linkAlongBorder(this.#person, this.#scratch, this.#width, this.#height, MAX_ATTACHED_OF_DIAGONAL * this.#diagonal);
  }

  /** The background was forgotten: keeps what was hole until MediaPipe has had time to find it by itself. */
  #startAnew(probability: Float32Array, time: number): void {
    this.#lightingChanged = time;
    for (let i = 0; i < probability.length; i++) {
      if (this.#last[i]) this.#evidence[i] = time + RELIGHT_HOLD_SECONDS;
      this.#person[i] = probability[i]! >= MIN_PERSON_PROBABILITY ? 1 : 0;
    }
  }

  #addAttached(score: Float32Array): void {
    const open = this.#scratch;
    for (let i = 0; i < open.length; i++) open[i] = score[i]! >= (this.#last[i] ? STAY_SCORE : JOIN_SCORE) ? 1 : 0;
    this.#mask.set(this.#person);
    geodesicDilate(this.#mask, open, this.#width, this.#height, MAX_ATTACHED_OF_DIAGONAL * this.#diagonal, this.#queue);
  }

  /**
   * A pixel leaves the hole only on evidence: it shows the known background, or nothing has spoken for it for a while.
   */
  #hold(frame: Thumbnail, score: Float32Array, time: number): void {
    const { known } = this.#subtraction.background;
    const person = this.#personEvidence;
    for (let i = 0; i < score.length; i++) {
      if (this.#mask[i]) this.#evidence[i] = Math.max(this.#evidence[i]!, time);
      else if (this.#last[i]) {
        const empty = this.#subtraction.isEmpty(i);
        const strange = known[i] === 1 && score[i]! >= STRONG_SCORE;
        // Where the background was never seen, nothing but their own looks tells somebody who keeps still from it.
        const still = known[i] === 0 && (person.isSame(frame, i) || (person.isLost(i) && person.isAlike(i)));
        if (strange || still || (!empty && time - this.#evidence[i]! < HOLD_SECONDS)) this.#mask[i] = 1;
      }
    }
  }

  /** Where somebody may be whom the mask misses becomes hole too. */
  #doubtMask(frame: Thumbnail, probability: Float32Array, time: number): void {
    const { covered } = this.#outline;
    this.#uncertain.clear();
    this.#uncertain.addUndecided(
      probability,
      MIN_PERSON_PROBABILITY,
      (i) => covered[i] === 1 || this.#subtraction.isEmpty(i),
    );
    if (time - this.#lightingChanged < RELIGHT_HOLD_SECONDS) {
      this.#uncertain.addLost(this.#last, (i) => probability[i]! >= MIN_KEPT_PERSON_PROBABILITY);
    }
    this.#anybodyLost = this.#uncertain.addRegions(this.#findLost(frame, time));
    this.#outline.add(this.#uncertain.withRim());
  }

  /**
   * Regions in which somebody was, has not been found for a minute, and may still be: they have the colours of people,
   * or nobody was seen to leave them and there is more to them than light, which changes when somebody goes, too.
   */
  #findLost(frame: Thumbnail, time: number): Uint8Array {
    const person = this.#personEvidence;
    const lost = this.#scratch;
    let any = false;
    for (let i = 0; i < lost.length; i++) {
      const late = this.#mask[i] === 1 && person.isLost(i) && time - person.lineage[i]! > LOST_COVER_SECONDS;
      lost[i] = late && (person.isAlike(i) || !person.hasLeft(i)) ? 1 : 0;
      any ||= late;
    }
    if (!any) return lost;
    const found = regions(lost, this.#width, this.#height, this.#queue);
    const alike = found.countWhere((i) => person.isAlike(i));
    const strange = found.countWhere((i) => this.#isObject(frame, i));
    found.keep(lost, (region) => alike[region]! > 0 || strange[region]! >= MIN_STRANGE_SHARE * found.areas[region]!);
    return lost;
  }

  /** Whether pixel `i` shows something before the background, and no light on it explains it. */
  #isObject(frame: Thumbnail, i: number): boolean {
    const { difference, background, score } = this.#subtraction;
    if (score[i]! < STRONG_SCORE) return false;
    if (!difference.shade[i] && !difference.lit[i]) return true;
    const width = this.#width;
    return hidesTexture(frame.luma, background.luma, i % width, Math.floor(i / width), width, this.#height);
  }

  /**
   * What differs but stays put without any sign of a person is an object that was moved; the same texture in more
   * light, even beside a person, is the background under a lamp. Both are learnt, and shown from the next frame on.
   * Somebody who was seen and then lost stays put as well: what was one region with somebody is only an object once
   * somebody was seen apart from it, and not as long as it has the colours of people.
   */
  #release(frame: Thumbnail, probability: Float32Array, time: number): void {
    const { background, difference, fit, seconds } = this.#subtraction;
    const { known } = background;
    const { lit } = difference;
    const width = this.#width;
    const person = this.#personEvidence;
    let count = 0;
    for (let i = 0; i < this.#mask.length; i++) {
      const doubtful = this.#uncertain.region[i] !== 0;
      if (!doubtful && (!this.#mask[i] || !known[i] || probability[i]! >= MIN_PERSON_PROBABILITY)) continue;
      const steady = background.watch(i, frame, fit, seconds);
      const explained = !doubtful && time - person.anybody <= steady + RELEASE_SECONDS;
      const lasted = steady > (explained ? RELEASE_SECONDS / 2 : UNEXPLAINED_RELEASE_SECONDS);
      const thing = lasted && time - person.last[i]! > RELEASE_SECONDS && !this.#mayBeSomebody(i, time - steady);
      const lamp = () =>
        sameTexture(frame.luma, background.luma, i % width, Math.floor(i / width), width, this.#height);
      if (thing || (steady > LAMP_RELEASE_SECONDS && lit[i] && lamp())) this.#queue[count++] = i;
    }
    // Only now, since the textures of neighbours are compared with what was known.
    for (const i of this.#queue.subarray(0, count)) {
      background.adopt(i);
      this.#mask[i] = 0;
    }
  }
  /** Whether pixel `i`, which has shown the same since `still`, may be a part of somebody who was seen before. */
  #mayBeSomebody(i: number, still: number): boolean {
    const { lineage, apart } = this.#personEvidence;
    if (lineage[i] === Number.NEGATIVE_INFINITY) return false;
    return apart[i]! < still || this.#personEvidence.isAlike(i);
  }
}
