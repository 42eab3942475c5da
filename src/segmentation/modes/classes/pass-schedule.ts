import type { Track } from '../../tracking/tracks.ts';
import { squareAround, tiles } from '../../vision/rects.ts';
import type { Rect } from '../../vision/thumbnail.ts';

/** What is done next. `rect` in grid pixels. */
export type Look =
  /** The detector sees the whole frame, a part in which nothing is known to be, or the surroundings of one thing or newcomer. */
  | { readonly kind: 'frame' | 'tile' | 'close'; readonly rect: Rect }
  /** The segmenter draws a thing. */
  | { readonly kind: 'draw'; readonly rect: Rect; readonly track: Track };

/** Seconds from one look of a kind to the next. */
const FRAME_EVERY = 0.1;
const TILE_EVERY = 0.5;
/** A thing that the last looks at the frame did not find is looked at close up; one that was lost for long, more rarely. */
const CLOSE_EVERY = 0.1;
const CLOSE_EVERY_LATER = 0.5;
const LATER = 1;
const UNCONFIRMED = 0.15;
/** A thing in motion is drawn so often at most, one that stands so often at least. */
const DRAW_MOVING = 0.15;
const DRAW_STILL = 2;
/** After so many drawings that came to nothing it is left at the box, and tried again as rarely as for a thing that stands. */
const TRIES = 3;

/** Times the longer side of its box that a look at a thing is high and wide, in turn; and the same for drawing. */
const CLOSE_SCALES = [1.4, 2] as const;
const DRAW_SCALE = 1.3;

/** Least side of a look, share of the frame's shorter side: closer up there is only texture. */
const CLOSEST = 0.2;

/** Which look is the most overdue. */
export class Looks {
  readonly #frame: { readonly width: number; readonly height: number };
  readonly #tiles: readonly Rect[];
  readonly #canDraw: (track: Track) => boolean;
  readonly #queue: Look[] = [];
  #lastFrame = Number.NEGATIVE_INFINITY;
  #lastTile = Number.NEGATIVE_INFINITY;
  #lastNew = Number.NEGATIVE_INFINITY;
  #tile = 0;
  #turn = 0;

  /** @param canDraw whether the segmenter knows a thing's class */
  constructor(width: number, height: number, canDraw: (track: Track) => boolean) {
    this.#frame = { width, height };
    this.#tiles = tiles(width, height);
    this.#canDraw = canDraw;
  }

  get whole(): Rect {
    return { x: 0, y: 0, ...this.#frame };
  }

  /** Asks for a look at everything: a scene that nothing is known of. */
  everywhere(): void {
    this.#queue.push({ kind: 'frame', rect: this.whole });
    this.#queue.push(...this.#tiles.map((rect) => ({ kind: 'tile', rect }) as const));
  }

  /** Asks for a closer look at something that a tile showed. */
  closer(box: Rect): void {
    if (this.#queue.length < this.#tiles.length + 8) this.#queue.push({ kind: 'close', rect: this.#around(box) });
  }

  /**
   * @param time seconds
   * @param newcomers boxes of what must be looked at before it is shown
   * @returns the look that is most overdue, or undefined where nothing is
   */
  next(time: number, tracks: readonly Track[], newcomers: readonly Rect[]): Look | undefined {
    const undrawn = tracks.find((track) => this.#canDraw(track) && track.drawn === Number.NEGATIVE_INFINITY);
    if (undrawn) return this.#draw(undrawn, time);
    const queued = this.#queue.shift();
    if (queued) {
      if (queued.kind === 'frame') this.#lastFrame = time;
      return queued;
    }
    let most = 1;
    let best: (() => Look) | undefined;
    const consider = (waited: number, every: number, look: () => Look) => {
      if (waited / every < most) return;
      most = waited / every;
      best = look;
    };
    consider(time - this.#lastFrame, FRAME_EVERY, () => {
      this.#lastFrame = time;
      return { kind: 'frame', rect: this.whole };
    });
    const rect = this.#tiles[this.#tile % this.#tiles.length];
    if (rect) {
      consider(time - this.#lastTile, TILE_EVERY, () => {
        this.#lastTile = time;
        this.#tile++;
        return { kind: 'tile', rect };
      });
    }
    for (const track of tracks) {
      const unseen = time - track.seen;
      if (unseen > UNCONFIRMED) {
        consider(time - track.looked, unseen > LATER ? CLOSE_EVERY_LATER : CLOSE_EVERY, () => {
          track.looked = time;
          return { kind: 'close', rect: this.#around(track.box) };
        });
      }
      if (!this.#canDraw(track) || unseen > UNCONFIRMED) continue;
      const often = track.wantsDrawing && track.failures < TRIES;
      consider(time - track.drawn, often ? DRAW_MOVING : DRAW_STILL, () => this.#draw(track, time));
    }
    const newest = newcomers[this.#turn % Math.max(1, newcomers.length)];
    // Hidden until somebody has looked: the sooner, the better, but not so that nothing else is done.
    if (newest) {
      consider(time - this.#lastNew, 0.02, () => {
        this.#lastNew = time;
        return { kind: 'close', rect: this.#around(newest) };
      });
    }
    return best?.();
  }

  #draw(track: Track, time: number): Look {
    track.drawn = time;
    return { kind: 'draw', rect: squareAround(track.box, DRAW_SCALE, this.#closest, this.#frame), track };
  }

  #around(box: Rect): Rect {
    const scale = CLOSE_SCALES[this.#turn++ % CLOSE_SCALES.length] ?? CLOSE_SCALES[0];
    return squareAround(box, scale, this.#closest, this.#frame);
  }

  get #closest(): number {
    return CLOSEST * Math.min(this.#frame.width, this.#frame.height);
  }
}
