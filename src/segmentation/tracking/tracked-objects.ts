import type { Rect } from '../../geometry.ts';
import type { Segmentation } from '../mask-source.ts';
import { BackgroundSubtraction, JOIN_SCORE, STAY_SCORE, STRONG_SCORE } from '../vision/background-subtraction.ts';
import { geodesicDilate } from '../vision/geodesic-dilation.ts';
import { Outline } from '../vision/outline.ts';
import type { PhotometricFit } from '../vision/photometric-fit.ts';
import { eachPixel } from '../vision/rects.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';
import { PixelOwnership } from './pixel-ownership.ts';
import { UnverifiedRegions } from './unverified-regions.ts';

/** Seconds that a pixel stays hole which was only attached to an object, and no longer does. */
const HOLD_SECONDS = 0.4;

/** A pixel over which an object is connected, but of which nothing is known. */
const BRIDGE = 2;

/**
 * Where an object may be by now. What differs from the background in it, and is attached to the object, is taken for
 * it.
 */
export interface SearchZone {
  readonly id: number;
  readonly rect: Rect;
  /** Pixels that are hidden in this frame whatever they show: 1 = hidden. */
  readonly guess?: Uint8Array | undefined;
}

/** How much of an object is where it was. */
export interface PixelCounts {
  /** Pixels of the hole that are this object's. */
  readonly hole: number;
  /** Of them those that were claimed, and those whose claim still stands. */
  readonly own: number;
  readonly claimed: number;
}

/**
 * The hole over objects. A pixel that was claimed for an object stays hole until the picture says that the object is
 * gone: the known background is seen there, or something else is and nobody finds the object any more. Silence of a
 * model says nothing.
 */
export class TrackedObjects {
  /** What is whose. */
  readonly ownership: PixelOwnership;
  readonly #width: number;
  readonly #height: number;
  readonly #subtraction: BackgroundSubtraction;
  readonly #unverified: UnverifiedRegions;
  readonly #outline: Outline;
  /** When something last spoke for the pixel, seconds. */
  readonly #evidence: Float64Array;
  readonly #object: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #last: Uint8Array;
  readonly #open: Uint8Array;
  readonly #queue: Int32Array;
  #pixelCounts = new Map<number, PixelCounts>();
  #time = Number.NaN;
  #lightingChanged = false;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#subtraction = new BackgroundSubtraction(width, height);
    this.ownership = new PixelOwnership(width, height, this.#subtraction);
    this.#unverified = new UnverifiedRegions(width, height);
    this.#outline = new Outline(width, height);
    this.#evidence = new Float64Array(size);
    this.#object = new Uint8Array(size);
    this.#mask = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#open = new Uint8Array(size);
    this.#queue = new Int32Array(size);
  }

  /**
   * Takes a frame in: what differs, what has moved, what is new.
   *
   * @param time seconds
   * @returns boxes of what has come into the picture and should be inspected
   */
  begin(frame: Thumbnail, time: number): Rect[] {
    this.#time = time;
    const lightingChanged = this.#subtraction.measure(frame, this.#outline.covered, time);
    this.#lightingChanged = lightingChanged;
    this.ownership.begin(frame, time, lightingChanged);
    return this.#unverified.find(this.#subtraction, this.ownership.owner, time);
  }

  /** Of the frame that was taken in last, against the background. */
  get fit(): PhotometricFit {
    return this.#subtraction.fit;
  }

  /** Whether the light changed in the frame that was taken in last: the background was forgotten. */
  get lightingChanged(): boolean {
    return this.#lightingChanged;
  }

  /** Whether pixel `i` belongs to object `id`. */
  isOf(i: number, id: number): boolean {
    return this.ownership.owner[i] === id;
  }

  /** Whether pixel `i` is hidden because it is new. */
  isNew(i: number): boolean {
    return this.#unverified.mask[i] === 1;
  }

  /**
   * How much pixel `i` differs from the known background; from 1 on noise does not explain it, 0 where the background
   * is unknown.
   */
  difference(i: number): number {
    return this.#subtraction.score[i]!;
  }

  /** What is new in `rect` need not be inspected. */
  admit(rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.#unverified.mask[i]) this.#unverified.free(i, this.#time);
    });
  }

  /** Whether the background is unknown at pixel `i`, or shows something else there. */
  mayBeObject(i: number): boolean {
    return this.#subtraction.mayHide(i, JOIN_SCORE);
  }

  /**
   * A model of pixels has drawn object `id`: what only its box claimed in `rect`, and the drawing does not, is free.
   */
  dropBoxClaims(id: number, rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.ownership.owner[i] === id && this.ownership.claim[i] === 1) this.#free(i);
    });
  }

  /** Object `id` was a mistake, or is not wanted any more. */
  drop(id: number): void {
    for (let i = 0; i < this.ownership.owner.length; i++) if (this.ownership.owner[i] === id) this.#free(i);
  }

  /** A model saw `rect`, and everything that it found there is claimed. */
  noteInspection(rect: Rect): void {
    this.#unverified.noteInspection(rect, this.#time);
  }

  /** Of the last frame. */
  countsOf(id: number): PixelCounts {
    return this.#pixelCounts.get(id) ?? { hole: 0, own: 0, claimed: 0 };
  }

  /** Draws the hole, and learns the background from the rest. */
  draw(frame: Thumbnail, zones: readonly SearchZone[]): Segmentation {
    const { score } = this.#subtraction;
    const { known } = this.#subtraction.background;
    const { covered } = this.#outline;
    const object = this.#object;
    for (let i = 0; i < object.length; i++) {
      object[i] = this.ownership.claim[i] ? 1 : 0;
      this.#open[i] = 0;
    }
    for (const { id, rect } of zones) {
      eachPixel(rect, this.#width, this.#height, (i) => {
        if (score[i]! >= (this.#last[i] ? STAY_SCORE : JOIN_SCORE)) this.#open[i] = 1;
        // The safety rim round an object that always stood there was never seen: what moves out of the object has to
        // cross it.
        else if (!known[i] && covered[i]) this.#open[i] = BRIDGE;
        // What still differs strongly from the background is the object as it moves, as long as nobody denies it.
        if (this.#last[i] && this.ownership.owner[i] === id && score[i]! >= STRONG_SCORE && !this.ownership.isDenied(i))
          object[i] = 1;
      });
    }
    this.#mask.set(object);
    geodesicDilate(this.#mask, this.#open, this.#width, this.#height, Number.POSITIVE_INFINITY, this.#queue);
    for (let i = 0; i < object.length; i++) if (this.#open[i] === BRIDGE && !object[i]) this.#mask[i] = 0;
    for (const { guess } of zones) {
      if (guess) for (let i = 0; i < object.length; i++) if (guess[i]) this.#mask[i] = 1;
    }
    this.#adopt(zones);
    this.#hold(frame);
    for (let i = 0; i < object.length; i++) {
      if (!this.#unverified.mask[i]) continue;
      this.#mask[i] = 1;
      object[i] = 1;
    }
    this.#outline.draw(object, this.#mask, this.#subtraction.background.clean);
    this.#subtraction.learn(frame, this.#outline);
    this.#last.set(this.#mask);
    return { hole: { width: this.#width, height: this.#height, data: this.#outline.hole }, confidence: 1 };
  }

  /** What is attached to an object becomes its own. */
  #adopt(zones: readonly SearchZone[]): void {
    for (const { id, rect } of zones) {
      eachPixel(rect, this.#width, this.#height, (i) => {
        if (this.#mask[i] && !this.ownership.owner[i]) this.ownership.attach(i, id);
      });
    }
    for (let i = 0; i < this.#mask.length; i++) if (this.#mask[i]) this.#evidence[i] = this.#time;
  }

  /** A pixel leaves the hole only on evidence. */
  #hold(frame: Thumbnail): void {
    const { known } = this.#subtraction.background;
    const { score } = this.#subtraction;
    const gone = this.ownership.gone(frame);
    const shares = new Map<number, { hole: number; own: number; claimed: number }>();
    for (let i = 0; i < this.ownership.owner.length; i++) {
      const id = this.ownership.owner[i]!;
      if (!id) continue;
      const attached = this.ownership.isAttached(i);
      if (!this.#mask[i]) {
        const denied = this.ownership.isDenied(i);
        let leaves: boolean;
        if (known[i])
          leaves = score[i]! < STAY_SCORE || denied || (attached && this.#time - this.#evidence[i]! > HOLD_SECONDS);
        else leaves = denied && (this.ownership.hasChanged(frame, i) || gone.has(id));
        if (leaves) {
          this.#free(i);
          if (denied) this.#unverified.free(i, this.#time);
          continue;
        }
        this.#mask[i] = 1;
      }
      let share = shares.get(id);
      if (!share) {
        share = { hole: 0, own: 0, claimed: 0 };
        shares.set(id, share);
      }
      share.hole++;
      if (!attached) share.own++;
      if (this.ownership.claim[i]) share.claimed++;
    }
    this.#pixelCounts = shares;
  }

  #free(i: number): void {
    this.ownership.free(i);
    this.#mask[i] = 0;
    this.#last[i] = 0;
  }
}
