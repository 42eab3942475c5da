import type { Rect } from '../../../geometry.ts';
import type { Track } from '../../tracking/tracks.ts';
import { squareAround, tiles } from '../../vision/rects.ts';

/** What is done next. `rect` in grid pixels. */
export type ModelPass =
  /**
   * The detector sees the whole frame, a part in which nothing is known to be, or a crop round one object or unverified
   * region.
   */
  | { readonly kind: 'frame' | 'tile' | 'crop'; readonly rect: Rect }
  /** The segmenter finds the pixels of an object. */
  | { readonly kind: 'segment'; readonly rect: Rect; readonly track: Track };

/** Seconds from one pass of a kind to the next. */
const FRAME_PERIOD_SECONDS = 0.1;
const TILE_PERIOD_SECONDS = 0.5;
/**
 * An object that the last passes over the frame did not find gets a crop of its own; one that was lost for long, more
 * rarely.
 */
const CROP_PERIOD_SECONDS = 0.1;
const LOST_CROP_PERIOD_SECONDS = 0.5;
const LOST_AFTER_SECONDS = 1;
const UNCONFIRMED_AFTER_SECONDS = 0.15;
/** An object in motion is segmented so often at most, one that stands so often at least. */
const MOVING_SEGMENT_PERIOD_SECONDS = 0.15;
const STILL_SEGMENT_PERIOD_SECONDS = 2;
/**
 * After so many segmentations that came to nothing it is left at the box, and tried again as rarely as for an object
 * that stands.
 */
const MAX_FAILURES = 3;

/** Times the longer side of its box that an object's crop is high and wide, in turn; and the same for the segmenter. */
const CROP_SCALES = [1.4, 2] as const;
const SEGMENT_SCALE = 1.3;

/** Least side of a crop, share of the frame's shorter side: closer up there is only texture. */
const MIN_CROP_SHARE = 0.2;

/** Which pass of a model is the most overdue. */
export class PassSchedule {
  readonly #frame: { readonly width: number; readonly height: number };
  readonly #tiles: readonly Rect[];
  readonly #canSegment: (track: Track) => boolean;
  readonly #queue: ModelPass[] = [];
  #lastFrame = Number.NEGATIVE_INFINITY;
  #lastTile = Number.NEGATIVE_INFINITY;
  #lastNew = Number.NEGATIVE_INFINITY;
  #tile = 0;
  #turn = 0;

  /** @param canSegment whether the segmenter knows an object's class */
  constructor(width: number, height: number, canSegment: (track: Track) => boolean) {
    this.#frame = { width, height };
    this.#tiles = tiles(width, height);
    this.#canSegment = canSegment;
  }

  get whole(): Rect {
    return { x: 0, y: 0, ...this.#frame };
  }

  /** Asks for passes over everything: a picture that nothing is known of. */
  everywhere(): void {
    this.#queue.push({ kind: 'frame', rect: this.whole });
    this.#queue.push(...this.#tiles.map((rect) => ({ kind: 'tile', rect }) as const));
  }

  /** Asks for a crop of something that a tile showed. */
  crop(box: Rect): void {
    if (this.#queue.length < this.#tiles.length + 8) this.#queue.push({ kind: 'crop', rect: this.#around(box) });
  }

  /**
   * @param time seconds
   * @param unverified boxes of what must be inspected before it is shown
   * @returns the pass that is most overdue, or undefined where nothing is
   */
  next(time: number, tracks: readonly Track[], unverified: readonly Rect[]): ModelPass | undefined {
    const unsegmented = tracks.find(
      (track) => this.#canSegment(track) && track.segmentedAt === Number.NEGATIVE_INFINITY,
    );
    if (unsegmented) return this.#segmentCrop(unsegmented, time);
    const queued = this.#queue.shift();
    if (queued) {
      if (queued.kind === 'frame') this.#lastFrame = time;
      return queued;
    }
    let most = 1;
    let best: (() => ModelPass) | undefined;
    const consider = (waited: number, every: number, pass: () => ModelPass) => {
      if (waited / every < most) return;
      most = waited / every;
      best = pass;
    };
    consider(time - this.#lastFrame, FRAME_PERIOD_SECONDS, () => {
      this.#lastFrame = time;
      return { kind: 'frame', rect: this.whole };
    });
    const rect = this.#tiles[this.#tile % this.#tiles.length];
    if (rect) {
      consider(time - this.#lastTile, TILE_PERIOD_SECONDS, () => {
        this.#lastTile = time;
        this.#tile++;
        return { kind: 'tile', rect };
      });
    }
    for (const track of tracks) {
      const unseen = time - track.seen;
      if (unseen > UNCONFIRMED_AFTER_SECONDS) {
        consider(
          time - track.inspected,
          unseen > LOST_AFTER_SECONDS ? LOST_CROP_PERIOD_SECONDS : CROP_PERIOD_SECONDS,
          () => {
            track.inspected = time;
            return { kind: 'crop', rect: this.#around(track.box) };
          },
        );
      }
      if (!this.#canSegment(track) || unseen > UNCONFIRMED_AFTER_SECONDS) continue;
      const often = track.needsSegmentation && track.failures < MAX_FAILURES;
      consider(time - track.segmentedAt, often ? MOVING_SEGMENT_PERIOD_SECONDS : STILL_SEGMENT_PERIOD_SECONDS, () =>
        this.#segmentCrop(track, time),
      );
    }
    const newest = unverified[this.#turn % Math.max(1, unverified.length)];
    // Hidden until inspected: the sooner, the better, but not so that nothing else is done.
    if (newest) {
      consider(time - this.#lastNew, 0.02, () => {
        this.#lastNew = time;
        return { kind: 'crop', rect: this.#around(newest) };
      });
    }
    return best?.();
  }

  #segmentCrop(track: Track, time: number): ModelPass {
    track.segmentedAt = time;
    return { kind: 'segment', rect: squareAround(track.box, SEGMENT_SCALE, this.#closest, this.#frame), track };
  }

  #around(box: Rect): Rect {
    const scale = CROP_SCALES[this.#turn++ % CROP_SCALES.length] ?? CROP_SCALES[0];
    return squareAround(box, scale, this.#closest, this.#frame);
  }

  get #closest(): number {
    return MIN_CROP_SHARE * Math.min(this.#frame.width, this.#frame.height);
  }
}
