import type { Segmentation } from '../mask-source.ts';
import { attach } from '../vision/geodesic-dilation.ts';
import { Outline } from '../vision/outline.ts';
import type { Exposure } from '../vision/photometric-fit.ts';
import { eachPixel } from '../vision/rects.ts';
import type { Rect, Thumbnail } from '../vision/thumbnail.ts';
import { Claims, JOIN } from './pixel-ownership.ts';
import { Room, STRONG } from './scene-difference.ts';
import { Newcomers } from './unverified-regions.ts';

/** Difference score (1 = more than noise explains) from which a pixel stays hole if it was one before; {@link JOIN} to become one. */
const STAY = 1;

/** Seconds that a pixel stays hole which only hung on a thing, and no longer does. */
const HOLD = 0.4;

/** A pixel over which a thing hangs together, but of which nothing is known. */
const BRIDGE = 2;

/** Longest gap between frames that counts as time seen, seconds. */
const LONGEST_STEP = 0.5;

/** Where a thing may be by now. What differs from the room in it, and hangs on the thing, is taken for it. */
export interface Zone {
  readonly id: number;
  readonly rect: Rect;
  /** Pixels that are hidden in this frame whatever they show: 1 = hidden. */
  readonly guess?: Uint8Array | undefined;
}

/** How much of a thing is where it was. */
export interface Share {
  /** Pixels of the hole that are this thing's. */
  readonly hole: number;
  /** Of them those that were claimed, and those whose claim still stands. */
  readonly own: number;
  readonly claimed: number;
}

/**
 * The hole over things. A pixel that was claimed for a thing stays hole until the picture says that the thing is gone: the known
 * room is seen there, or something else is and nobody finds the thing any more. Silence of a model says nothing.
 */
export class Things {
  /** What is whose. */
  readonly claims: Claims;
  readonly #width: number;
  readonly #height: number;
  readonly #room: Room;
  readonly #newcomers: Newcomers;
  readonly #outline: Outline;
  /** When something last spoke for the pixel, seconds. */
  readonly #evidence: Float64Array;
  readonly #thing: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #last: Uint8Array;
  readonly #open: Uint8Array;
  readonly #queue: Int32Array;
  #shares = new Map<number, Share>();
  #time = Number.NaN;
  #seconds = 0;
  #newLight = false;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#room = new Room(width, height);
    this.claims = new Claims(width, height, this.#room);
    this.#newcomers = new Newcomers(width, height);
    this.#outline = new Outline(width, height);
    this.#evidence = new Float64Array(size);
    this.#thing = new Uint8Array(size);
    this.#mask = new Uint8Array(size);
    this.#last = new Uint8Array(size);
    this.#open = new Uint8Array(size);
    this.#queue = new Int32Array(size);
  }

  /**
   * Takes a frame in: what differs, what has moved, what is new.
   *
   * @param time seconds
   * @returns boxes of what has come into the room and should be looked at
   */
  begin(frame: Thumbnail, time: number): Rect[] {
    this.#seconds = Number.isNaN(this.#time) ? 1 / 30 : Math.min(LONGEST_STEP, Math.max(0, time - this.#time));
    this.#time = time;
    const newLight = this.#room.measure(frame, this.#outline.covered);
    this.#newLight = newLight;
    this.claims.begin(frame, time, newLight);
    return this.#newcomers.find(this.#room, this.claims.owner, time);
  }

  /** Of the frame that was taken in last, against the room. */
  get exposure(): Exposure {
    return this.#room.exposure;
  }

  /** Whether the light changed in the frame that was taken in last: the room was forgotten. */
  get newLight(): boolean {
    return this.#newLight;
  }

  /** Whether pixel `i` belongs to thing `id`. */
  isOf(i: number, id: number): boolean {
    return this.claims.owner[i] === id;
  }

  /** Whether pixel `i` is hidden because it is new. */
  isNew(i: number): boolean {
    return this.#newcomers.mask[i] === 1;
  }

  /** How much pixel `i` differs from the known room; from 1 on noise does not explain it, 0 where the room is unknown. */
  difference(i: number): number {
    return this.#room.score[i]!;
  }

  /** What is new in `rect` need not be looked at. */
  admit(rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.#newcomers.mask[i]) this.#newcomers.free(i, this.#time);
    });
  }

  /** Whether the room is unknown at pixel `i`, or shows something else there. */
  mayBeThing(i: number): boolean {
    return this.#room.mayHide(i, JOIN);
  }

  /** A model of pixels has drawn thing `id`: what only its box claimed in `rect`, and the drawing does not, is free. */
  dropBoxClaims(id: number, rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.claims.owner[i] === id && this.claims.claim[i] === 1) this.#free(i);
    });
  }

  /** Thing `id` was a mistake, or is not wanted any more. */
  drop(id: number): void {
    for (let i = 0; i < this.claims.owner.length; i++) if (this.claims.owner[i] === id) this.#free(i);
  }

  /** Somebody looked at `rect` and found nothing that he did not claim. */
  looked(rect: Rect): void {
    this.#newcomers.looked(rect, this.#time);
  }

  /** Of the last frame. */
  share(id: number): Share {
    return this.#shares.get(id) ?? { hole: 0, own: 0, claimed: 0 };
  }

  /** Draws the hole, and learns the room from the rest. */
  draw(frame: Thumbnail, zones: readonly Zone[]): Segmentation {
    const { score } = this.#room;
    const { known } = this.#room.background;
    const { covered } = this.#outline;
    const thing = this.#thing;
    for (let i = 0; i < thing.length; i++) {
      thing[i] = this.claims.claim[i] ? 1 : 0;
      this.#open[i] = 0;
    }
    for (const { id, rect } of zones) {
      eachPixel(rect, this.#width, this.#height, (i) => {
        if (score[i]! >= (this.#last[i] ? STAY : JOIN)) this.#open[i] = 1;
        // The safety rim round a thing that always stood there was never seen: what moves out of the thing has to cross it.
        else if (!known[i] && covered[i]) this.#open[i] = BRIDGE;
        // What still differs strongly from the room is the thing as it moves, as long as nobody denies it.
        if (this.#last[i] && this.claims.owner[i] === id && score[i]! >= STRONG && !this.claims.isDenied(i))
          thing[i] = 1;
      });
    }
    this.#mask.set(thing);
    attach(this.#mask, this.#open, this.#width, this.#height, Number.POSITIVE_INFINITY, this.#queue);
    for (let i = 0; i < thing.length; i++) if (this.#open[i] === BRIDGE && !thing[i]) this.#mask[i] = 0;
    for (const { guess } of zones) {
      if (guess) for (let i = 0; i < thing.length; i++) if (guess[i]) this.#mask[i] = 1;
    }
    this.#adopt(zones);
    this.#hold(frame);
    for (let i = 0; i < thing.length; i++) {
      if (!this.#newcomers.mask[i]) continue;
      this.#mask[i] = 1;
      thing[i] = 1;
    }
    this.#outline.draw(thing, this.#mask, this.#room.background.clean);
    this.#learn(frame);
    this.#last.set(this.#mask);
    return { hole: { width: this.#width, height: this.#height, data: this.#outline.hole }, confidence: 1 };
  }

  /** What hangs on a thing becomes its own. */
  #adopt(zones: readonly Zone[]): void {
    for (const { id, rect } of zones) {
      eachPixel(rect, this.#width, this.#height, (i) => {
        if (this.#mask[i] && !this.claims.owner[i]) this.claims.hang(i, id);
      });
    }
    for (let i = 0; i < this.#mask.length; i++) if (this.#mask[i]) this.#evidence[i] = this.#time;
  }

  /** A pixel leaves the hole only on evidence. */
  #hold(frame: Thumbnail): void {
    const { known } = this.#room.background;
    const { score } = this.#room;
    const gone = this.claims.gone(frame);
    const shares = new Map<number, { hole: number; own: number; claimed: number }>();
    for (let i = 0; i < this.claims.owner.length; i++) {
      const id = this.claims.owner[i]!;
      if (!id) continue;
      const hung = this.claims.hangs(i);
      if (!this.#mask[i]) {
        const denied = this.claims.isDenied(i);
        let leaves: boolean;
        if (known[i]) leaves = score[i]! < STAY || denied || (hung && this.#time - this.#evidence[i]! > HOLD);
        else leaves = denied && (this.claims.hasChanged(frame, i) || gone.has(id));
        if (leaves) {
          this.#free(i);
          if (denied) this.#newcomers.free(i, this.#time);
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
      if (!hung) share.own++;
      if (this.claims.claim[i]) share.claimed++;
    }
    this.#shares = shares;
  }

  #learn(frame: Thumbnail): void {
    const { background, exposure } = this.#room;
    const { covered } = this.#outline;
    for (let i = 0; i < covered.length; i++) {
      if (!covered[i]) background.learn(i, frame, exposure, this.#seconds, this.#outline.isFar(i));
    }
  }

  #free(i: number): void {
    this.claims.free(i);
    this.#mask[i] = 0;
    this.#last[i] = 0;
  }
}
