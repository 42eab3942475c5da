import type { Segmentation } from '../../mask-source.ts';
import type { Part } from '../../parts.ts';
import { Doubt, TRUST } from '../../tracking/uncertain-regions.ts';
import { Background } from '../../vision/background-model.ts';
import { joinAlongEdge } from '../../vision/border.ts';
import { type Difference, DifferenceMeter } from '../../vision/difference.ts';
import { attach } from '../../vision/geodesic-dilation.ts';
import { Outline } from '../../vision/outline.ts';
import { type Exposure, fitExposure, SAME_EXPOSURE } from '../../vision/photometric-fit.ts';
import { sameTexture } from '../../vision/texture.ts';
import type { Rect, Thumbnail } from '../../vision/thumbnail.ts';
import { Suspects } from './foreground-blobs.ts';
import { Signs } from './person-evidence.ts';

/** Probability from which on a pixel counts as person. Low: a pixel too much costs nothing, a missed one is a leak. */
const PERSON = 0.2;

/** Probability down to which a pixel of somebody stays hole if it was one before. */
const STILL_PERSON = 0.1;

/** Difference scores (1 = more than noise explains) from which a pixel joins a person, and stays if it was hole before. */
const JOIN = 1.8;
const STAY = 1;

/** Difference score that speaks for something being there, whatever else is known. */
const STRONG = 4;

/** How far a difference reaches from the person that it hangs on, share of the frame's diagonal: about a shadow's length. */
const REACH = 0.25;

/**
 * Seconds that a pixel stays hole after the last evidence for it, where nothing says that it shows the empty room. MediaPipe
 * drops a hand for a few frames at a time.
 */
const HOLD = 0.4;

/** Seconds without any sign of a person after which a region that stays put is a thing that was moved, not somebody. */
const RELEASED_AFTER = 4;

/**
 * Seconds for which a region must stay perfectly still if nobody was seen anywhere when it came: a thing is moved by
 * somebody, so what comes by itself may be a person whom MediaPipe does not see. The same where MediaPipe is undecided.
 */
const UNEXPLAINED_AFTER = 60;

/** Seconds after which more light on the same texture, away from MediaPipe's person, is a lamp's. */
const LAMP_AFTER = 8;

/** Share of the visible, known room that changes at once: the light was switched, or the camera was moved. */
const NEW_LIGHT = 0.35;

/** Seconds for which what was hole stays hole after the light changed: MediaPipe needs them where it had the room's help. */
const AFTER_NEW_LIGHT = 1;

/** Longest gap between frames that counts as time seen, seconds. */
const LONGEST_STEP = 0.5;

/** A frame that was refined and not yet learnt from. Times in seconds. */
interface Unsettled {
  readonly frame: Thumbnail;
  readonly probability: Float32Array;
  readonly time: number;
  readonly seconds: number;
}

/** Probability map + frame -> hole mask, with a memory of the empty room and of what was hole. */
export class Refiner {
  readonly #without: readonly Part[];
  readonly #width: number;
  readonly #height: number;
  readonly #diagonal: number;
  readonly #background: Background;
  readonly #difference: DifferenceMeter;
  readonly #suspects: Suspects;
  readonly #outline: Outline;
  readonly #doubt: Doubt;
  /** People, then with all that hangs on them; 0 or 1. */
  readonly #person: Uint8Array;
  readonly #mask: Uint8Array;
  /** The last frame's mask. */
  readonly #last: Uint8Array;
  /** When something last spoke for each pixel being hole, seconds. */
  readonly #evidence: Float64Array;
  readonly #signs: Signs;
  readonly #scratch: Uint8Array;
  readonly #queue: Int32Array;
  #exposure: Exposure = SAME_EXPOSURE;
  #time = Number.NaN;
  #unsettled: Unsettled | undefined;
  #newLight = Number.NEGATIVE_INFINITY;

  constructor(width: number, height: number, without: readonly Part[] = []) {
    const size = width * height;
    this.#without = without;
    this.#width = width;
    this.#height = height;
    this.#diagonal = Math.hypot(width, height);
    this.#background = new Background(size);
    this.#difference = new DifferenceMeter(width, height);
    this.#suspects = new Suspects(width, height);
    this.#outline = new Outline(width, height);
    this.#doubt = new Doubt(width, height);
    this.#person = new Uint8Array(size);
    this.#mask = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#scratch = new Uint8Array(size);
    this.#evidence = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#signs = new Signs(width, height);
    this.#queue = new Int32Array(size);
  }

  /** Boxes of the last hole's regions, pixels of the grid. */
  get regions(): readonly Rect[] {
    return this.#signs.regions;
  }

  /** Of the last frame from the room as it was known then. */
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
    const confidence = this.#doubt.inFrame(frame);
    if (confidence < TRUST) return this.#answer(confidence);
    const time = timestamp / 1e6;
    const seconds = Number.isNaN(this.#time) ? 1 / 30 : Math.min(LONGEST_STEP, Math.max(0, time - this.#time));
    this.#time = time;

    this.#exposure = fitExposure(frame, this.#background, this.#outline.covered, this.#exposure);
    const score = this.#difference.measure(frame, this.#background, this.#exposure).score;
    this.#findPeople(score, probability, time);
    if (this.#isNewLight(score)) this.#startAnew(score, probability, time);
    this.#addAttached(score);
    this.#hold(score, time);
    this.#outline.draw(this.#person, this.#mask, this.#background.clean);
    this.#doubtMask(score, probability, time);
    this.#unsettled = { frame, probability, time, seconds };
    return this.#answer(1);
  }

  #answer(confidence: number): Segmentation {
    const mask = (data: Uint8Array) => ({ width: this.#width, height: this.#height, data });
    return { hole: mask(this.#outline.hole), doubt: mask(this.#doubt.region), confidence };
  }

  /**
   * Learns from the frame that was refined last, which the next one needs and its own mask did not. To be called once a
   * frame, while `frame` and `probability` still hold what they did.
   */
  settle(): void {
    if (!this.#unsettled) return;
    const { frame, probability, time, seconds } = this.#unsettled;
    this.#unsettled = undefined;
    this.#signs.note(probability, this.#outline.covered, time);
    if (!this.#without.includes('plate')) {
      this.#release(frame, probability, time, seconds);
      this.#learn(frame, seconds);
    }
    if (!this.#without.includes('time')) this.#last.set(this.#mask);
  }

  #findPeople(score: Float32Array, probability: Float32Array, time: number): void {
    const { shade } = this.#difference;
    for (let i = 0; i < score.length; i++) {
      const still = this.#last[i] === 1 && time - this.#signs.last[i]! < RELEASED_AFTER;
      this.#person[i] = probability[i]! >= (still ? STILL_PERSON : PERSON) ? 1 : 0;
      this.#scratch[i] = score[i]! >= STRONG && !shade[i] ? 1 : 0;
    }
    this.#suspects.addTo(this.#person, this.#scratch);
    // Beside somebody at the picture's edge a dark sleeve is more likely than a shadow.
    for (let i = 0; i < score.length; i++) this.#scratch[i] = score[i]! >= STRONG ? 1 : 0;
    joinAlongEdge(this.#person, this.#scratch, this.#width, this.#height, REACH * this.#diagonal);
  }

  /** Far more of the room than a person could cover differs, where nobody was. */
  #isNewLight(score: Float32Array): boolean {
    const { covered } = this.#outline;
    let visible = 0;
    let changed = 0;
    for (let i = 0; i < score.length; i++) {
      if (covered[i] || !this.#background.known[i]) continue;
      visible++;
      if (score[i]! >= STRONG) changed++;
    }
    return visible > 0.1 * score.length && changed > NEW_LIGHT * visible;
  }

  /** Forgets the room; keeps what was hole until MediaPipe has had time to find it by itself. */
  #startAnew(score: Float32Array, probability: Float32Array, time: number): void {
    this.#background.forget();
    this.#exposure = SAME_EXPOSURE;
    this.#newLight = time;
    score.fill(0);
    for (let i = 0; i < score.length; i++) {
      if (this.#last[i]) this.#evidence[i] = time + AFTER_NEW_LIGHT;
      this.#person[i] = probability[i]! >= PERSON ? 1 : 0;
    }
  }

  #addAttached(score: Float32Array): void {
    const open = this.#scratch;
    for (let i = 0; i < open.length; i++) open[i] = score[i]! >= (this.#last[i] ? STAY : JOIN) ? 1 : 0;
    this.#mask.set(this.#person);
    attach(this.#mask, open, this.#width, this.#height, REACH * this.#diagonal, this.#queue);
  }

  /** A pixel leaves the hole only on evidence: it shows the known room, or nothing has spoken for it for a while. */
  #hold(score: Float32Array, time: number): void {
    const { known } = this.#background;
    for (let i = 0; i < score.length; i++) {
      if (this.#mask[i]) this.#evidence[i] = Math.max(this.#evidence[i]!, time);
      else if (this.#last[i]) {
        const empty = known[i] === 1 && score[i]! < STAY;
        const strange = known[i] === 1 && score[i]! >= STRONG;
        if (strange || (!empty && time - this.#evidence[i]! < HOLD)) this.#mask[i] = 1;
      }
    }
  }

  /** Where somebody may be whom the mask misses becomes hole too. */
  #doubtMask(score: Float32Array, probability: Float32Array, time: number): void {
    const { known } = this.#background;
    const { covered } = this.#outline;
    this.#doubt.clear();
    const empty = (i: number) => known[i] === 1 && score[i]! < STAY;
    this.#doubt.addUndecided(probability, PERSON, (i) => covered[i] === 1 || empty(i));
    if (time - this.#newLight < AFTER_NEW_LIGHT) {
      this.#doubt.addLost(this.#last, (i) => probability[i]! >= STILL_PERSON);
    }
    this.#outline.add(this.#doubt.withRim());
  }

  /**
   * What differs but stays put without any sign of a person is a thing that was moved; the same texture in more light, even
   * beside a person, is the room under a lamp. Both are learnt, and shown
   * from the next frame on.
   */
  #release(frame: Thumbnail, probability: Float32Array, time: number, seconds: number): void {
    const { known } = this.#background;
    const { lit } = this.#difference;
    const width = this.#width;
    let count = 0;
    for (let i = 0; i < this.#mask.length; i++) {
      const doubtful = this.#doubt.region[i] !== 0;
      if (!doubtful && (!this.#mask[i] || !known[i] || probability[i]! >= PERSON)) continue;
      const steady = this.#background.watch(i, frame, this.#exposure, seconds);
      const explained = !doubtful && time - this.#signs.anybody <= steady + RELEASED_AFTER;
      const lasted = steady > (explained ? RELEASED_AFTER / 2 : UNEXPLAINED_AFTER);
      const thing = lasted && time - this.#signs.last[i]! > RELEASED_AFTER;
      const lamp = () =>
        sameTexture(frame.luma, this.#background.luma, i % width, Math.floor(i / width), width, this.#height);
      if (thing || (steady > LAMP_AFTER && lit[i] && lamp())) this.#queue[count++] = i;
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
      if (!covered[i]) this.#background.learn(i, frame, this.#exposure, seconds, this.#outline.isFar(i));
    }
  }
}
