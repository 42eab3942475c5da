import type { Rect } from '../../../geometry.ts';
import type { Segmentation } from '../../mask-source.ts';
import type { Part } from '../../parts.ts';
import { MIN_CONFIDENCE, UncertainRegions } from '../../tracking/uncertain-regions.ts';
import { BackgroundModel } from '../../vision/background-model.ts';
import { linkAlongBorder } from '../../vision/border.ts';
import { type Difference, DifferenceMeter } from '../../vision/difference.ts';
import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import { Outline } from '../../vision/outline.ts';
import { fitPhotometry, IDENTITY_FIT, type PhotometricFit } from '../../vision/photometric-fit.ts';
import { sameTexture } from '../../vision/texture.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { ForegroundBlobs } from './foreground-blobs.ts';
import { PersonEvidence } from './person-evidence.ts';

/** Probability from which on a pixel counts as person. Low: a pixel too much costs nothing, a missed one is a leak. */
const MIN_PERSON_PROBABILITY = 0.2;

/** Probability down to which a pixel of somebody stays hole if it was one before. */
const MIN_KEPT_PERSON_PROBABILITY = 0.1;

/** Difference scores (1 = more than noise explains) from which a pixel joins a person, and stays if it was hole before. */
const JOIN_SCORE = 1.8;
const STAY_SCORE = 1;

/** Difference score that speaks for something being there, whatever else is known. */
const STRONG_SCORE = 4;

/** How far a difference reaches from the person that it is attached to, share of the frame's diagonal: about a shadow's length. */
const MAX_ATTACHED_OF_DIAGONAL = 0.25;

/**
 * Seconds that a pixel stays hole after the last evidence for it, where nothing says that it shows the background. MediaPipe
 * drops a hand for a few frames at a time.
 */
const HOLD_SECONDS = 0.4;

/** Seconds without any sign of a person after which a region that stays put is an object that was moved, not somebody. */
const RELEASE_SECONDS = 4;

/**
 * Seconds for which a region must stay perfectly still if nobody was seen anywhere when it came: an object is moved by
 * somebody, so what comes by itself may be a person whom MediaPipe does not see. The same where MediaPipe is undecided.
 */
const UNEXPLAINED_RELEASE_SECONDS = 60;

/** Seconds after which more light on the same texture, away from MediaPipe's person, is a lamp's. */
const LAMP_RELEASE_SECONDS = 8;

/** Share of the visible, known background that changes at once: the light was switched, or the camera was moved. */
const LIGHTING_CHANGE_SHARE = 0.35;

/** Seconds for which what was hole stays hole after the light changed: MediaPipe needs them where it had the background's help. */
const RELIGHT_HOLD_SECONDS = 1;

/** Longest gap between frames that counts as time seen, seconds. */
const MAX_STEP_SECONDS = 0.5;

/** A frame that was refined and not yet learnt from. Times in seconds. */
interface Unsettled {
  readonly frame: Thumbnail;
  readonly probability: Float32Array;
  readonly time: number;
  readonly seconds: number;
}

/** Probability map + frame -> hole mask, with a memory of the background and of what was hole. */
export class Refiner {
  readonly #without: readonly Part[];
  readonly #width: number;
  readonly #height: number;
  readonly #diagonal: number;
  readonly #background: BackgroundModel;
  readonly #difference: DifferenceMeter;
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
  #fit: PhotometricFit = IDENTITY_FIT;
  #time = Number.NaN;
  #unsettled: Unsettled | undefined;
  #lightingChanged = Number.NEGATIVE_INFINITY;

  constructor(width: number, height: number, without: readonly Part[] = []) {
    const size = width * height;
    this.#without = without;
    this.#width = width;
    this.#height = height;
    this.#diagonal = Math.hypot(width, height);
    this.#background = new BackgroundModel(size);
    this.#difference = new DifferenceMeter(width, height);
    this.#foregroundBlobs = new ForegroundBlobs(width, height);
    this.#outline = new Outline(width, height);
    this.#uncertain = new UncertainRegions(width, height);
    this.#person = new Uint8Array(size);
    this.#mask = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#scratch = new Uint8Array(size);
    this.#evidence = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#personEvidence = new PersonEvidence(width, height);
    this.#queue = new Int32Array(size);
  }

  /** Boxes of the last hole's regions, pixels of the grid. */
  get regions(): readonly Rect[] {
    return this.#personEvidence.regions;
  }

  /** Of the last frame from the background as it was known then. */
  get difference(): Difference {
    return this.#difference;
  }

  /**
   * @param frame the picture on the refiner's grid
   * @param probability of a person per pixel of the grid, 0..1
   * @param timestamp microseconds, rising
   */
  refine(frame: Thumbnail, probability: Float32Array, timestamp: number): Segmentation {
    // What cannot be seen is not compared, and not learnt either.
    const confidence = this.#uncertain.inFrame(frame);
    if (confidence < MIN_CONFIDENCE) return this.#answer(confidence);
    const time = timestamp / 1e6;
    const seconds = Number.isNaN(this.#time) ? 1 / 30 : Math.min(MAX_STEP_SECONDS, Math.max(0, time - this.#time));
    this.#time = time;

    this.#fit = fitPhotometry(frame, this.#background, this.#outline.covered, this.#fit);
    const score = this.#difference.measure(frame, this.#background, this.#fit).score;
    this.#findPeople(score, probability, time);
    if (this.#hasLightingChanged(score)) this.#startAnew(score, probability, time);
    this.#addAttached(score);
    this.#hold(score, time);
    this.#outline.draw(this.#person, this.#mask, this.#background.clean);
    this.#doubtMask(score, probability, time);
    this.#unsettled = { frame, probability, time, seconds };
    return this.#answer(1);
  }

  #answer(confidence: number): Segmentation {
    const mask = (data: Uint8Array) => ({ width: this.#width, height: this.#height, data });
    return { hole: mask(this.#outline.hole), doubt: mask(this.#uncertain.region), confidence };
  }

  /**
   * Learns from the frame that was refined last, which the next one needs and its own mask did not. To be called once a
   * frame, while `frame` and `probability` still hold what they did.
   */
  settle(): void {
    if (!this.#unsettled) return;
    const { frame, probability, time, seconds } = this.#unsettled;
    this.#unsettled = undefined;
    this.#personEvidence.note(probability, this.#outline.covered, time);
    if (!this.#without.includes('plate')) {
      this.#release(frame, probability, time, seconds);
      this.#learn(frame, seconds);
    }
    if (!this.#without.includes('time')) this.#last.set(this.#mask);
  }

  #findPeople(score: Float32Array, probability: Float32Array, time: number): void {
    const { shade } = this.#difference;
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

  /** Far more of the background than a person could cover differs, where nobody was. */
  #hasLightingChanged(score: Float32Array): boolean {
    const { covered } = this.#outline;
    let visible = 0;
    let changed = 0;
    for (let i = 0; i < score.length; i++) {
      if (covered[i] || !this.#background.known[i]) continue;
      visible++;
      if (score[i]! >= STRONG_SCORE) changed++;
    }
    return visible > 0.1 * score.length && changed > LIGHTING_CHANGE_SHARE * visible;
  }

  /** Forgets the background; keeps what was hole until MediaPipe has had time to find it by itself. */
  #startAnew(score: Float32Array, probability: Float32Array, time: number): void {
    this.#background.forget();
    this.#fit = IDENTITY_FIT;
    this.#lightingChanged = time;
    score.fill(0);
    for (let i = 0; i < score.length; i++) {
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

  /** A pixel leaves the hole only on evidence: it shows the known background, or nothing has spoken for it for a while. */
  #hold(score: Float32Array, time: number): void {
    const { known } = this.#background;
    for (let i = 0; i < score.length; i++) {
      if (this.#mask[i]) this.#evidence[i] = Math.max(this.#evidence[i]!, time);
      else if (this.#last[i]) {
        const empty = known[i] === 1 && score[i]! < STAY_SCORE;
        const strange = known[i] === 1 && score[i]! >= STRONG_SCORE;
        if (strange || (!empty && time - this.#evidence[i]! < HOLD_SECONDS)) this.#mask[i] = 1;
      }
    }
  }

  /** Where somebody may be whom the mask misses becomes hole too. */
  #doubtMask(score: Float32Array, probability: Float32Array, time: number): void {
    const { known } = this.#background;
    const { covered } = this.#outline;
    this.#uncertain.clear();
    const empty = (i: number) => known[i] === 1 && score[i]! < STAY_SCORE;
    this.#uncertain.addUndecided(probability, MIN_PERSON_PROBABILITY, (i) => covered[i] === 1 || empty(i));
    if (time - this.#lightingChanged < RELIGHT_HOLD_SECONDS) {
      this.#uncertain.addLost(this.#last, (i) => probability[i]! >= MIN_KEPT_PERSON_PROBABILITY);
    }
    this.#outline.add(this.#uncertain.withRim());
  }

  /**
   * What differs but stays put without any sign of a person is an object that was moved; the same texture in more light, even
   * beside a person, is the background under a lamp. Both are learnt, and shown
   * from the next frame on.
   */
  #release(frame: Thumbnail, probability: Float32Array, time: number, seconds: number): void {
    const { known } = this.#background;
    const { lit } = this.#difference;
    const width = this.#width;
    let count = 0;
    for (let i = 0; i < this.#mask.length; i++) {
      const doubtful = this.#uncertain.region[i] !== 0;
      if (!doubtful && (!this.#mask[i] || !known[i] || probability[i]! >= MIN_PERSON_PROBABILITY)) continue;
      const steady = this.#background.watch(i, frame, this.#fit, seconds);
      const explained = !doubtful && time - this.#personEvidence.anybody <= steady + RELEASE_SECONDS;
      const lasted = steady > (explained ? RELEASE_SECONDS / 2 : UNEXPLAINED_RELEASE_SECONDS);
      const thing = lasted && time - this.#personEvidence.last[i]! > RELEASE_SECONDS;
      const lamp = () =>
        sameTexture(frame.luma, this.#background.luma, i % width, Math.floor(i / width), width, this.#height);
      if (thing || (steady > LAMP_RELEASE_SECONDS && lit[i] && lamp())) this.#queue[count++] = i;
    }
    // Only now, since the textures of neighbours are compared with what was known.
    for (const i of this.#queue.subarray(0, count)) {
      this.#background.adopt(i);
      this.#mask[i] = 0;
    }
  }

  #learn(frame: Thumbnail, seconds: number): void {
    const { covered } = this.#outline;
    for (let i = 0; i < covered.length; i++) {
      if (!covered[i]) this.#background.learn(i, frame, this.#fit, seconds, this.#outline.isFar(i));
    }
  }
}
