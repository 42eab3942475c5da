import type { Rect } from '../../geometry.ts';
import type { Detection } from '../models/model.ts';
import { area, grown, overlap, within } from '../vision/rects.ts';

/** Score from which on a detection starts something new; weaker ones confirm what is there. */
const MIN_START_SCORE = 0.4;

/**
 * Overlap (intersection over union) from which on two boxes are the same object, and the same object in the same place.
 */
const MIN_SAME_OBJECT_IOU = 0.3;
const MIN_SAME_PLACE_IOU = 0.75;

/** So many objects are followed; a model gives no more in a frame. */
export const MAX_TRACKS = 64;

/** Confirmations that make an object more than a model's mistake, and denials that take one back that has fewer. */
const MIN_CONFIRMATIONS = 3;
const MAX_DENIALS = 5;

/** Seconds between two passes in vain that count: an object in motion is blurred for some frames. */
const DENIAL_PERIOD_SECONDS = 0.09;

/** An object as it was last found. Boxes in grid pixels. */
export interface Track {
  readonly id: number;
  readonly name: string;
  box: Rect;
  score: number;
  /** Seconds; when it was last found. */
  seen: number;
  /** Seconds; when it was last looked for in a crop of its own. */
  inspected: number;
  /** Frames in which it was found. */
  confirmed: number;
  denied: number;
  /** When that was last counted, seconds. */
  deniedAt: number;
  /** When its pixels were last drawn, and round which box; -Infinity while never. */
  segmentedAt: number;
  segmentedBox: Rect | undefined;
  /** Whether drawing it makes sense now: it is new, or it has moved. */
  needsSegmentation: boolean;
  /** Drawings in a row that came to nothing. */
  failures: number;
}

/** What became of the boxes of one pass. */
export interface Matches {
  /** Found again, or new. */
  readonly found: readonly Track[];
  /** Followed objects that lie in what the detector saw and were not found. */
  readonly missed: readonly Track[];
}

/** The objects that are followed, from pass to pass. */
export class Tracks {
  readonly list: Track[] = [];
  #nextId = 1;

  /**
   * @param boxes in grid pixels
   * @param seen what the detector saw
   * @param cut whether a box ends at the edge of that because that ends there
   */
  match(boxes: readonly Detection[], seen: Rect, time: number, cut: (box: Rect) => boolean): Matches {
    const found = new Set<Track>();
    for (const { name, box, score } of [...boxes].sort((a, b) => b.score - a.score)) {
      const part = cut(box);
      const track = this.list.find(
        (each) => overlap(each.box, box) >= MIN_SAME_OBJECT_IOU || (part && within(box, each.box) >= 0.6),
      );
      if (track) {
        if (found.has(track)) continue;
        found.add(track);
        track.score = score;
        if (time > track.seen) track.confirmed++;
        track.denied = 0;
        track.seen = time;
        // A weak detection says that it is there, not where its edges are.
        if (!part && (score >= MIN_START_SCORE || overlap(track.box, box) >= 0.5)) track.box = box;
        if (!track.segmentedBox || overlap(track.segmentedBox, track.box) < MIN_SAME_PLACE_IOU)
          track.needsSegmentation = true;
      } else if (score >= MIN_START_SCORE && !part && this.list.length < MAX_TRACKS) {
        if ([...found].some((each) => within(box, each.box) > 0.6)) continue;
        const started = this.#start(name, box, score, time);
        found.add(started);
      }
    }
    const missed = this.list.filter((each) => !found.has(each) && within(each.box, seen) > 0.7);
    return { found: [...found], missed };
  }

  /**
   * Nobody found it where it was. `counts`: whether that is news; `mistake`: whether it was never more than a model's
   * mistake.
   */
  miss(track: Track, time: number): { readonly counts: boolean; readonly mistake: boolean } {
    const counts = time - track.deniedAt >= DENIAL_PERIOD_SECONDS;
    if (counts) {
      track.denied++;
      track.deniedAt = time;
    }
    return { counts, mistake: track.confirmed < MIN_CONFIRMATIONS && track.denied >= MAX_DENIALS };
  }

  remove(track: Track): void {
    const at = this.list.indexOf(track);
    if (at >= 0) this.list.splice(at, 1);
  }

  #start(name: string, box: Rect, score: number, time: number): Track {
    const track: Track = {
      id: this.#nextId,
      name,
      box,
      score,
      seen: time,
      inspected: time,
      confirmed: 1,
      denied: 0,
      deniedAt: Number.NEGATIVE_INFINITY,
      segmentedAt: Number.NEGATIVE_INFINITY,
      segmentedBox: undefined,
      needsSegmentation: true,
      failures: 0,
    };
    // Pixels hold their object's number in 16 bits.
    this.#nextId = (this.#nextId % 0xffff) + 1;
    this.list.push(track);
    return track;
  }
}

/** Share of a box's longer side by which an object may reach beyond it. */
const MARGIN_SHARE = 0.15;

/** Frame widths that an object in motion may go in a second, and seconds after which nobody knows. */
const MAX_SPEED_FRAMES_PER_SECOND = 1;
const MAX_PREDICTION_SECONDS = 0.5;

/** The box with what may belong to it. */
export function withMargin(box: Rect): Rect {
  return grown(box, MARGIN_SHARE * Math.max(box.width, box.height));
}

/** Where an object may be `seconds` after it was found. */
export function searchRect(track: { readonly box: Rect }, moving: boolean, seconds: number, frameWidth: number): Rect {
  const way = moving ? MAX_SPEED_FRAMES_PER_SECOND * frameWidth * Math.min(MAX_PREDICTION_SECONDS, seconds) : 0;
  return grown(withMargin(track.box), Math.min(way, Math.sqrt(area(track.box))));
}
