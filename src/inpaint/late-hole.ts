import { HOLE, type Mask } from '../mask.ts';

/** How far a hole's edge moves at most, share of the mask's diagonal a second: somebody walking, fast. */
const MAX_SPEED_DIAGONALS = 0.75;
/** Seconds that count between two frames at most: over more a head could be anybody's way. */
const MAX_STEP_S = 0.1;

/** Seconds for which a place that has come into view may turn out to show somebody whom the mask had missed. */
const MAX_LATENESS_S = 1;

/**
 * Least share of the hole for such a region: a head is a fifth of somebody at a desk. Less is mostly a shadow or a
 * reflection that comes and goes in the mask, and the room that was seen there would be lost for it (cold-2: `seen`
 * 30.8 -> 23.8 dB with no limit).
 */
const MIN_SHARE_OF_HOLE = 0.08;

/**
 * Somebody who comes in is found a piece at a time, however fast they are: so long after a piece, seconds, the next one
 * beside it is theirs too, over places that were seen for at least so long before.
 */
const ENTRANCE_S = 0.1;
const SEEN_BEFORE_ENTRANCE_S = 0.5;

/** Left and top of a region, and what is just beyond its right and bottom, places. */
type Box = readonly [number, number, number, number];

/**
 * Of a place that has become hole with this frame: the hole's edge does not get there by moving, it does, it was looked
 * at.
 */
const FAR = 1;
const NEAR = 2;
const DONE = 3;

/**
 * Where the mask found somebody late. A mask may miss a head or an elbow at first, or lose somebody for some frames;
 * the plate has then learnt what it missed and would show it, frozen, for as long as they stay. The way the hole grows
 * distinguishes that from motion: somebody who moves shifts the hole's edge a little, what was missed becomes hole all
 * at once, beside the hole or where it was a moment ago. Only places that came into view lately are meant: a
 * room that was seen for long is known, whoever steps before it.
 */
export class LateHole {
  #width = 0;
  #height = 0;
  /** Times of this frame and of the one before, seconds. */
  #now = Number.NaN;
  #before = Number.NaN;
  /** When each place was first seen, and was hole last, seconds; NaN = never. */
  #seen = new Float64Array(0);
  #hidden = new Float64Array(0);
  /** {@link FAR}, {@link NEAR} or {@link DONE} where it is hole since this frame, else 0. */
  #fresh = new Uint8Array(0);
  #queue = new Int32Array(0);
  /** Where somebody came in last, and when they were still doing so, seconds. */
  #entrance: Box = [0, 0, 0, 0];
  #enteredAt = Number.NEGATIVE_INFINITY;
  #out = new Uint8Array(0);

  /**
   * To be called once a frame.
   *
   * @param hole this frame's
   * @param timestamp this frame's, microseconds; one that steps back starts anew
   * @returns what is to be forgotten of the plate, of the mask's size and valid until the next call; undefined where
   *   nothing is.
   */
  find({ width, height, data }: Mask, timestamp: number): Mask | undefined {
    const now = timestamp / 1e6;
    if (width !== this.#width || height !== this.#height || now < this.#now) this.#resize(width, height);
    this.#before = this.#now;
    this.#now = now;
    const seen = this.#seen;
    const hidden = this.#hidden;
    const fresh = this.#fresh;
    const before = this.#before;
    let any = false;
    let area = 0;
    for (let i = 0; i < fresh.length; i++) {
      fresh[i] = 0;
      if (data[i]! < HOLE) {
        if (Number.isNaN(seen[i])) seen[i] = now;
        continue;
      }
      area++;
      if (hidden[i] === before) continue;
      fresh[i] = FAR;
      if (now - seen[i]! <= MAX_LATENESS_S) any = true;
    }
    const found = any && this.#findJumps(MIN_SHARE_OF_HOLE * area);
    for (let i = 0; i < fresh.length; i++) if (data[i]! >= HOLE) hidden[i] = now;
    return found ? { width, height, data: this.#out } : undefined;
  }

  #resize(width: number, height: number): void {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#now = Number.NaN;
    this.#enteredAt = Number.NEGATIVE_INFINITY;
    this.#seen = new Float64Array(size).fill(Number.NaN);
    this.#hidden = new Float64Array(size).fill(Number.NaN);
    this.#fresh = new Uint8Array(size);
    this.#queue = new Int32Array(size);
    this.#out = new Uint8Array(size);
  }

  /**
   * Marks in `#out` what is late of the regions of `least` places and more that reach farther than anybody moves; false
   * where nothing is.
   */
  #findJumps(least: number): boolean {
    const fresh = this.#fresh;
    const queue = this.#queue;
    const seen = this.#seen;
    const hidden = this.#hidden;
    const now = this.#now;
    const before = this.#before;
    const seconds = Math.min(MAX_STEP_S, this.#now - this.#before) || 0;
    const steps = Math.ceil(MAX_SPEED_DIAGONALS * seconds * Math.hypot(this.#width, this.#height));
    let n = 0;
    for (let i = 0; i < fresh.length; i++) if (hidden[i] === before) queue[n++] = i;
    this.#spread(n, steps, FAR, NEAR);
    this.#out.fill(0);
    let found = false;
    for (let i = 0; i < fresh.length; i++) {
      if (fresh[i] !== FAR) continue;
      // All of its region, down to the last hole: the neck was missed as well.
      queue[0] = i;
      fresh[i] = DONE;
      let beside = false;
      const end = this.#spread(1, Number.POSITIVE_INFINITY, FAR, DONE, () => {
        beside = true;
      });
      if (end < least) continue;
      for (let k = 0; k < end && !beside; k++) beside = now - hidden[queue[k]!]! <= MAX_LATENESS_S;
      const enters = this.#enters(this.#boxOf(end), beside);
      for (let k = 0; k < end && beside; k++) {
        const place = queue[k]!;
        const since = now - seen[place]!;
        if (!(since <= MAX_LATENESS_S) || (enters && since >= SEEN_BEFORE_ENTRANCE_S)) continue;
        this.#out[place] = 255;
        seen[place] = Number.NaN;
        found = true;
      }
    }
    return found;
  }

  /** Whether a region is a piece of somebody who comes in: the first, away from every hole, or one that goes on. */
  #enters(box: Box, beside: boolean): boolean {
    const [x0, y0, x1, y1] = this.#entrance;
    const touches = box[0] <= x1 && box[2] >= x0 && box[1] <= y1 && box[3] >= y0;
    const goesOn = touches && this.#now - this.#enteredAt <= ENTRANCE_S;
    if (beside && !goesOn) return false;
    this.#enteredAt = this.#now;
    this.#entrance = goesOn
      ? [Math.min(x0, box[0]), Math.min(y0, box[1]), Math.max(x1, box[2]), Math.max(y1, box[3])]
      : box;
    return true;
  }

  /** Of the first `n` places of the queue. */
  #boxOf(n: number): Box {
    let [x0, y0, x1, y1] = [this.#width, this.#height, 0, 0];
    for (let k = 0; k < n; k++) {
      const x = this.#queue[k]! % this.#width;
      const y = (this.#queue[k]! - x) / this.#width;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x + 1);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y + 1);
    }
    return [x0, y0, x1, y1];
  }

  /**
   * From the first `n` places of the queue, at most so many steps, over fresh places marked `from`, which become `to`;
   * with `onNear` also over those that are {@link NEAR}; it is called for each.
   *
   * @returns how many places are in the queue then.
   */
  #spread(n: number, steps: number, from: number, to: number, onNear?: () => void): number {
    const width = this.#width;
    const height = this.#height;
    const fresh = this.#fresh;
    const queue = this.#queue;
    let start = 0;
    let end = n;
    for (let step = 0; step < steps && start < end; step++) {
      for (const until = end; start < until; start++) {
        const i = queue[start]!;
        const x = i % width;
        const y = (i - x) / width;
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
            const k = v * width + u;
            const near = onNear !== undefined && fresh[k] === NEAR;
            if (fresh[k] !== from && !near) continue;
            if (near) onNear();
            fresh[k] = to;
            queue[end++] = k;
          }
        }
      }
    }
    return end;
  }
}
