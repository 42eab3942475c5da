import { eachPixel } from '../vision/rects.ts';
import type { Rect, Thumbnail } from '../vision/thumbnail.ts';
import type { Room } from './scene-difference.ts';

/** Difference score (1 = more than noise explains) from which a pixel joins a thing. */
export const JOIN = 1.8;

/** Levels by which a pixel has changed since it was claimed when the claim no longer holds: the thing has moved. */
const MOVED = 16;
/** The same for the sum of both colour differences. */
const MOVED_COLOUR = 12;

/** Seconds for which a claim stands that nothing confirms. The pixel stays hole all the same, on other grounds. */
const STANDS = 1.5;

/** Looks that find nothing where a thing was before what changed there is believed to be something else. */
const DENIALS = 5;

/**
 * Looks after which the rest of a thing goes too, if half of what was hidden shows something else by now: a glass bottle on a white
 * table leaves pixels that look as before.
 */
const DENIALS_OF_ALL = 8;
const HALF = 0.5;

/** Which pixel belongs to which thing, who says so, and whether it still looks as it did then. */
export class Claims {
  readonly #width: number;
  readonly #height: number;
  readonly #room: Room;
  /** The thing that a pixel belongs to; 0 none. */
  readonly owner: Uint16Array;
  /** 2 = a model of pixels says so, 1 = a box does, 0 = nobody does, now. */
  readonly claim: Uint8Array;
  readonly #claimedAt: Float64Array;
  readonly #looks: { readonly luma: Float32Array; readonly cb: Float32Array; readonly cr: Float32Array };
  readonly #denied: Uint8Array;
  #time = Number.NaN;

  constructor(width: number, height: number, room: Room) {
    const size = width * height;
    const plane = () => new Float32Array(size);
    this.#width = width;
    this.#height = height;
    this.#room = room;
    this.owner = new Uint16Array(size);
    this.claim = new Uint8Array(size);
    this.#claimedAt = new Float64Array(size);
    this.#looks = { luma: plane(), cb: plane(), cr: plane() };
    this.#denied = new Uint8Array(size);
  }

  /**
   * Ends the claims that a new frame contradicts, and those that are too old.
   *
   * @param time seconds
   * @param newLight whether the light changed in this frame
   */
  begin(frame: Thumbnail, time: number, newLight: boolean): void {
    this.#time = time;
    for (let i = 0; i < this.owner.length; i++) {
      if (!this.owner[i]) continue;
      // In new light everything looks different; things stay what and where they are until somebody has looked.
      if (newLight) this.#remember(frame, i);
      if (this.claim[i] && (time - this.#claimedAt[i]! > STANDS || this.hasChanged(frame, i))) this.claim[i] = 0;
    }
  }

  /** Pixel `i` is thing `id`'s. `certain` where a model of pixels says so, not only a box. */
  make(frame: Thumbnail, i: number, id: number, certain: boolean): void {
    this.owner[i] = id;
    this.claim[i] = Math.max(certain ? 2 : 1, this.claim[i]!);
    this.#denied[i] = 0;
    this.#remember(frame, i);
  }

  /** Claims pixel `i`, which may show what was taken for a part of the room so far. */
  take(frame: Thumbnail, i: number, id: number): void {
    const { known, clean } = this.#room.background;
    known[i] = 0;
    clean[i] = 0;
    this.make(frame, i, id, true);
  }

  /** Pixel `i` only hangs on thing `id`: it is its own, but nobody claims it. */
  hang(i: number, id: number): void {
    this.owner[i] = id;
    this.#denied[i] = 0;
    this.#claimedAt[i] = Number.NEGATIVE_INFINITY;
  }

  hangs(i: number): boolean {
    return this.#claimedAt[i] === Number.NEGATIVE_INFINITY;
  }

  /** Thing `id` was seen to be where it was: its claims in `rect` stand for longer. */
  confirm(id: number, rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.owner[i] !== id) return;
      if (this.claim[i]) this.#claimedAt[i] = this.#time;
      this.#denied[i] = 0;
    });
  }

  /** Claims of thing `id` on pixels that show the known room end: the rim of a thing has much of the room in its looks. */
  endInRoom(id: number): void {
    for (let i = 0; i < this.owner.length; i++) {
      if (this.owner[i] === id && this.claim[i] && !this.#room.mayHide(i, JOIN)) this.claim[i] = 0;
    }
  }

  /** Somebody looked for thing `id` and did not find it, or found it in `except` alone. */
  deny(id: number, except?: Rect): void {
    const { x, y, width, height } = except ?? { x: 0, y: 0, width: 0, height: 0 };
    this.denyWhere(id, (i) => {
      const u = i % this.#width;
      const v = (i - u) / this.#width;
      return u < x || v < y || u >= x + width || v >= y + height;
    });
  }

  /** Somebody looked at the pixels of thing `id` that `where` names and found something else. */
  denyWhere(id: number, where: (i: number) => boolean): void {
    for (let i = 0; i < this.owner.length; i++) {
      if (this.owner[i] === id && this.#denied[i]! < 255 && where(i)) this.#denied[i]!++;
    }
  }

  /** Whether pixel `i` was denied often enough for what changed there to be something else. */
  isDenied(i: number): boolean {
    return this.#denied[i]! >= DENIALS;
  }

  /** Things most of whose denied part shows something else by now. */
  gone(frame: Thumbnail): Set<number> {
    const parts = new Map<number, { denied: number; changed: number }>();
    for (let i = 0; i < this.owner.length; i++) {
      const id = this.owner[i]!;
      if (!id || this.#denied[i]! < DENIALS_OF_ALL) continue;
      const part = parts.get(id) ?? { denied: 0, changed: 0 };
      parts.set(id, part);
      part.denied++;
      if (this.hasChanged(frame, i)) part.changed++;
    }
    return new Set([...parts].filter(([, { denied, changed }]) => changed >= HALF * denied).map(([id]) => id));
  }

  /** Whether pixel `i` no longer looks as it did when it was claimed. */
  hasChanged(frame: Thumbnail, i: number): boolean {
    const { luma, cb, cr } = this.#looks;
    const { exposure } = this.#room;
    if (Math.abs(this.#room.luma(frame, i) - luma[i]!) > MOVED) return true;
    return Math.abs(frame.cb[i]! - exposure.cb - cb[i]!) + Math.abs(frame.cr[i]! - exposure.cr - cr[i]!) > MOVED_COLOUR;
  }

  free(i: number): void {
    this.owner[i] = 0;
    this.claim[i] = 0;
    this.#denied[i] = 0;
  }

  #remember(frame: Thumbnail, i: number): void {
    this.#looks.luma[i] = this.#room.luma(frame, i);
    this.#looks.cb[i] = frame.cb[i]! - this.#room.exposure.cb;
    this.#looks.cr[i] = frame.cr[i]! - this.#room.exposure.cr;
    this.#claimedAt[i] = this.#time;
  }
}
