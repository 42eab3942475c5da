import type { Rect } from '../../geometry.ts';
import { type BackgroundSubtraction, JOIN_SCORE } from '../vision/background-subtraction.ts';
import { eachPixel } from '../vision/rects.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';

/** Levels by which a pixel has changed since it was claimed when the claim no longer holds: the object has moved. */
const CHANGED_LUMA_LEVELS = 16;
/** The same for the sum of both colour differences. */
const CHANGED_CHROMA_LEVELS = 12;

/** Seconds for which a claim stands that nothing confirms. The pixel stays hole all the same, on other grounds. */
const VALID_SECONDS = 1.5;

/** Passes that find nothing where an object was before what changed there is believed to be something else. */
const MIN_DENIALS = 5;

/**
 * Passes after which the rest of an object goes too, if half of what was hidden shows something else by now: a glass
 * bottle on a white table leaves pixels that look as before.
 */
const MIN_DENIALS_OF_OBJECT = 8;
const MIN_CHANGED_SHARE = 0.5;

/** Which pixel belongs to which object, who says so, and whether it still looks as it did then. */
export class PixelOwnership {
  readonly #width: number;
  readonly #height: number;
  readonly #subtraction: BackgroundSubtraction;
  /** The object that a pixel belongs to; 0 none. */
  readonly owner: Uint16Array;
  /** 2 = a model of pixels says so, 1 = a box does, 0 = nobody does, now. */
  readonly claim: Uint8Array;
  readonly #claimedAt: Float64Array;
  readonly #appearance: { readonly luma: Float32Array; readonly cb: Float32Array; readonly cr: Float32Array };
  readonly #denied: Uint8Array;
  #time = Number.NaN;

  constructor(width: number, height: number, subtraction: BackgroundSubtraction) {
    const size = width * height;
    const plane = () => new Float32Array(size);
    this.#width = width;
    this.#height = height;
    this.#subtraction = subtraction;
    this.owner = new Uint16Array(size);
    this.claim = new Uint8Array(size);
    this.#claimedAt = new Float64Array(size);
    this.#appearance = { luma: plane(), cb: plane(), cr: plane() };
    this.#denied = new Uint8Array(size);
  }

  /**
   * Ends the claims that a new frame contradicts, and those that are too old.
   *
   * @param time seconds
   * @param lightingChanged whether the light changed in this frame
   */
  begin(frame: Thumbnail, time: number, lightingChanged: boolean): void {
    this.#time = time;
    for (let i = 0; i < this.owner.length; i++) {
      if (!this.owner[i]) continue;
      // In new light everything looks different; objects stay what and where they are until a model has seen them.
      if (lightingChanged) this.#remember(frame, i);
      if (this.claim[i] && (time - this.#claimedAt[i]! > VALID_SECONDS || this.hasChanged(frame, i))) this.claim[i] = 0;
    }
  }

  /** Pixel `i` is object `id`'s. `certain` where a model of pixels says so, not only a box. */
  make(frame: Thumbnail, i: number, id: number, certain: boolean): void {
    this.owner[i] = id;
    this.claim[i] = Math.max(certain ? 2 : 1, this.claim[i]!);
    this.#denied[i] = 0;
    this.#remember(frame, i);
  }

  /** Claims pixel `i`, which may show what was taken for a part of the background so far. */
  take(frame: Thumbnail, i: number, id: number): void {
    const { known, clean } = this.#subtraction.background;
    known[i] = 0;
    clean[i] = 0;
    this.make(frame, i, id, true);
  }

  /** Pixel `i` is only attached to object `id`: it is its own, but nobody claims it. */
  attach(i: number, id: number): void {
    this.owner[i] = id;
    this.#denied[i] = 0;
    this.#claimedAt[i] = Number.NEGATIVE_INFINITY;
  }

  isAttached(i: number): boolean {
    return this.#claimedAt[i] === Number.NEGATIVE_INFINITY;
  }

  /** Object `id` was seen to be where it was: its claims in `rect` stand for longer. */
  confirm(id: number, rect: Rect): void {
    eachPixel(rect, this.#width, this.#height, (i) => {
      if (this.owner[i] !== id) return;
      if (this.claim[i]) this.#claimedAt[i] = this.#time;
      this.#denied[i] = 0;
    });
  }

  /**
   * Claims of object `id` on pixels that show the known background end: the rim of an object has much of the background
   * in its appearance.
   */
  endInRoom(id: number): void {
    for (let i = 0; i < this.owner.length; i++) {
      if (this.owner[i] === id && this.claim[i] && !this.#subtraction.mayHide(i, JOIN_SCORE)) this.claim[i] = 0;
    }
  }

  /** A model looked for object `id` and did not find it, or found it in `except` alone. */
  deny(id: number, except?: Rect): void {
    const { x, y, width, height } = except ?? { x: 0, y: 0, width: 0, height: 0 };
    this.denyWhere(id, (i) => {
      const u = i % this.#width;
      const v = (i - u) / this.#width;
      return u < x || v < y || u >= x + width || v >= y + height;
    });
  }

  /** A model saw the pixels of object `id` that `where` names and found something else. */
  denyWhere(id: number, where: (i: number) => boolean): void {
    for (let i = 0; i < this.owner.length; i++) {
      if (this.owner[i] === id && this.#denied[i]! < 255 && where(i)) this.#denied[i]!++;
    }
  }

  /** Whether pixel `i` was denied often enough for what changed there to be something else. */
  isDenied(i: number): boolean {
    return this.#denied[i]! >= MIN_DENIALS;
  }

  /** Objects most of whose denied part shows something else by now. */
  gone(frame: Thumbnail): Set<number> {
    const parts = new Map<number, { denied: number; changed: number }>();
    for (let i = 0; i < this.owner.length; i++) {
      const id = this.owner[i]!;
      if (!id || this.#denied[i]! < MIN_DENIALS_OF_OBJECT) continue;
      const part = parts.get(id) ?? { denied: 0, changed: 0 };
      parts.set(id, part);
      part.denied++;
      if (this.hasChanged(frame, i)) part.changed++;
    }
    return new Set(
      [...parts].filter(([, { denied, changed }]) => changed >= MIN_CHANGED_SHARE * denied).map(([id]) => id),
    );
  }

  /** Whether pixel `i` no longer looks as it did when it was claimed. */
  hasChanged(frame: Thumbnail, i: number): boolean {
    const { luma, cb, cr } = this.#appearance;
    const { fit } = this.#subtraction;
    if (Math.abs(this.#subtraction.luma(frame, i) - luma[i]!) > CHANGED_LUMA_LEVELS) return true;
    return Math.abs(frame.cb[i]! - fit.cb - cb[i]!) + Math.abs(frame.cr[i]! - fit.cr - cr[i]!) > CHANGED_CHROMA_LEVELS;
  }

  free(i: number): void {
    this.owner[i] = 0;
    this.claim[i] = 0;
    this.#denied[i] = 0;
  }

  #remember(frame: Thumbnail, i: number): void {
    this.#appearance.luma[i] = this.#subtraction.luma(frame, i);
    this.#appearance.cb[i] = frame.cb[i]! - this.#subtraction.fit.cb;
    this.#appearance.cr[i] = frame.cr[i]! - this.#subtraction.fit.cr;
    this.#claimedAt[i] = this.#time;
  }
}
