import { HOLE } from '../mask.ts';
import { attach } from './attach.ts';
import { Background } from './background.ts';
import { label } from './components.ts';
import { DifferenceMeter } from './difference.ts';
import { type Exposure, fitExposure, SAME_EXPOSURE } from './exposure.ts';
import type { Segmentation } from './mask-source.ts';
import { close, distanceTo } from './morphology.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Probability from which on a pixel counts as person. Low: a pixel too much costs nothing, a missed one is a leak. */
const PERSON = 0.2;

/** A region counts as a person if its probability reaches this somewhere. */
const SURE = 0.5;

/** Gaps up to twice this are closed, share of the frame's diagonal: between arm and body nothing is worth showing. */
const CLOSING = 0.01;

/** Growth of the mask, share of the frame's diagonal: what no evidence shows, such as a motion blurred rim. */
const GROWTH = 0.009;

/** How far a difference reaches from the person that it hangs on, share of the diagonal: about a shadow's length. */
const REACH = 0.25;

/** Difference scores (1 = more than noise) from which a pixel joins, and stays if it was hole before. */
const JOIN = 1.6;
const STAY = 1;

/** A region of this score and share of the frame that comes in at the edge or touches the last hole is taken for somebody. */
const STRONG = 4;
const SUSPECT_AREA = 0.002;

/** Seconds without any sign of a person after which a region that stays put is a thing, not somebody. */
const RELEASED_AFTER = 4;

/** Probability down to which a pixel stays hole if it was one before. */
const STILL_PERSON = 0.1;

/**
 * Seconds that a pixel stays hole after the last evidence for it, where nothing says that it shows the empty room. MediaPipe
 * drops a hand for a few frames at a time.
 */
const HOLD = 0.4;

/** Longest gap between frames that counts as time seen, seconds. */
const LONGEST_STEP = 0.5;

/** Probability map + frame -> hole mask, with a memory of the empty room. */
export class Refiner {
  readonly #width: number;
  readonly #height: number;
  readonly #diagonal: number;
  readonly #background: Background;
  readonly #difference: DifferenceMeter;
  readonly #mask: Uint8Array;
  readonly #open: Uint8Array;
  readonly #strong: Uint8Array;
  /** The last frame's hole before growth, and grown. */
  readonly #last: Uint8Array;
  readonly #grown: Uint8Array;
  /** When something last spoke for each pixel being hole, seconds. */
  readonly #evidence: Float64Array;
  /** When each pixel last belonged to a region in which MediaPipe was sure of a person, seconds. */
  readonly #sign: Float64Array;
  readonly #labels: Int32Array;
  readonly #queue: Int32Array;
  readonly #distance: Float32Array;
  readonly #hole: Uint8Array;
  #exposure: Exposure = SAME_EXPOSURE;
  #time = Number.NaN;

  constructor(width: number, height: number) {
    const size = width * height;
    const bytes = () => new Uint8Array(size);
    this.#width = width;
    this.#height = height;
    this.#diagonal = Math.hypot(width, height);
    this.#background = new Background(size);
    this.#difference = new DifferenceMeter(width, height);
    this.#mask = bytes();
    this.#open = bytes();
    this.#strong = bytes();
    this.#last = bytes();
    this.#grown = bytes();
    this.#evidence = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#sign = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#labels = new Int32Array(size);
    this.#queue = new Int32Array(size);
    this.#distance = new Float32Array(size);
    this.#hole = bytes();
  }

  refine(frame: Thumbnail, probability: Float32Array, timestamp: number): Segmentation {
    const time = timestamp / 1e6;
    const seconds = Number.isNaN(this.#time) ? 0.033 : Math.min(LONGEST_STEP, Math.max(0, time - this.#time));
    this.#time = time;
    const width = this.#width;
    const height = this.#height;
    const mask = this.#mask;
    const background = this.#background;
    const diagonal = this.#diagonal;

    this.#exposure = fitExposure(frame, background, this.#grown, this.#exposure);
    const { score, shade } = this.#difference.measure(frame, background, this.#exposure);

    for (let i = 0; i < mask.length; i++) mask[i] = probability[i]! >= (this.#last[i] ? STILL_PERSON : PERSON) ? 1 : 0;
    this.#addSuspects(score, shade);
    for (let i = 0; i < mask.length; i++) {
      this.#open[i] = score[i]! >= (this.#last[i] ? STAY : JOIN) ? 1 : 0;
    }
    attach(mask, this.#open, width, height, REACH * diagonal, this.#queue);
    this.#hold(score, time);
    this.#noteSigns(probability, time);
    this.#release(frame, time, seconds);

    this.#last.set(mask);
    close(mask, width, height, CLOSING * diagonal, this.#distance);
    distanceTo(mask, width, height, this.#distance);
    // A ramp two pixels wide instead of a step: scaled up to the picture, its middle is a smooth line.
    const radius = GROWTH * diagonal;
    for (let i = 0; i < mask.length; i++) {
      const inside = radius - this.#distance[i]!;
      this.#hole[i] = Math.max(0, Math.min(255, HOLE + inside * 127));
      this.#grown[i] = inside > -1 ? 1 : 0;
    }
    for (let i = 0; i < mask.length; i++) {
      if (!this.#grown[i]) background.learn(i, frame, this.#exposure, seconds);
    }
    return { hole: { width, height, data: this.#hole }, confidence: 1 };
  }

  /** Regions of strong difference that come in at the edge or touch the last hole. */
  #addSuspects(score: Float32Array, shade: Uint8Array): void {
    const width = this.#width;
    const height = this.#height;
    for (let i = 0; i < score.length; i++) this.#strong[i] = score[i]! >= STRONG && !shade[i] ? 1 : 0;
    const { labels, count } = label(this.#strong, width, height, this.#labels);
    const area = new Int32Array(count + 1);
    const touches = new Uint8Array(count + 1);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const region = labels[i]!;
        if (region === 0) continue;
        area[region]!++;
        if (x === 0 || y === 0 || x === width - 1 || y === height - 1 || this.#last[i]) touches[region] = 1;
      }
    }
    const least = SUSPECT_AREA * score.length;
    for (let i = 0; i < score.length; i++) {
      const region = labels[i]!;
      if (region > 0 && touches[region] && area[region]! >= least) this.#mask[i] = 1;
    }
  }

  /** A pixel leaves the hole only on evidence: it shows the known background, or nothing spoke for it for a while. */
  #hold(score: Float32Array, time: number): void {
    const { known } = this.#background;
    for (let i = 0; i < score.length; i++) {
      if (this.#mask[i]) this.#evidence[i] = time;
      else if (this.#last[i]) {
        const empty = known[i] === 1 && score[i]! < STAY;
        const strange = known[i] === 1 && score[i]! >= STRONG;
        if (strange || (!empty && time - this.#evidence[i]! < HOLD)) this.#mask[i] = 1;
      }
    }
  }

  /** Regions in which MediaPipe is sure somewhere are somebody, all of them. */
  #noteSigns(probability: Float32Array, time: number): void {
    const { labels, count } = label(this.#mask, this.#width, this.#height, this.#labels);
    const sure = new Uint8Array(count + 1);
    for (let i = 0; i < labels.length; i++) if (probability[i]! >= SURE) sure[labels[i]!] = 1;
    sure[0] = 0;
    for (let i = 0; i < labels.length; i++) if (sure[labels[i]!]) this.#sign[i] = time;
  }

  /** What differs but stays put without any sign of a person is a thing that was moved: it is learnt, and shown. */
  #release(frame: Thumbnail, time: number, seconds: number): void {
    for (let i = 0; i < this.#mask.length; i++) {
      if (!this.#mask[i] || this.#sign[i]! === time) continue;
      const steady = this.#background.watch(i, frame, this.#exposure, seconds);
      if (time - this.#sign[i]! > RELEASED_AFTER && steady > RELEASED_AFTER / 2) {
        this.#background.adopt(i);
        this.#mask[i] = 0;
      }
    }
  }
}
