import { HOLE, type Mask } from '../mask.ts';

/**
 * How far a hole's edge moves from one frame to the next at most, share of the mask's diagonal: somebody walking, fast.
 */
const MAX_MOTION_OF_DIAGONAL = 0.025;

/**
 * Frames for which a place that has come into view may turn out to show somebody whom the mask had missed: 1 s at 30
 * fps.
 */
const MAX_LATENESS_FRAMES = 30;

/**
 * Least share of the hole for such a region: a head is a fifth of somebody at a desk. Less is mostly a shadow or a
 * reflection that comes and goes in the mask, and the room that was seen there would be lost for it (cold-2: `seen`
 * 30.8 -> 23.8 dB with no limit).
 */
const MIN_SHARE_OF_HOLE = 0.08;

/**
 * Of a place that has become hole with this frame: the hole's edge does not get there by moving, it does, it was looked
 * at.
 */
const FAR = 1;
const NEAR = 2;
const DONE = 3;

/**
 * Where the mask found somebody late. A mask may miss a head or an elbow at first, or lose somebody for some frames;
 * the plate has then learnt what it missed and would show it, frozen, for as long as they stay. That is told from
 * people who move by how the hole grows: who moves takes the hole's edge along by a little, what was missed becomes
 * hole all at once, beside the hole or where it was a moment ago. Only places that came into view lately are meant: a
 * room that was seen for long is known, whoever steps before it.
 */
export class LateHole {
  #width = 0;
  #height = 0;
  #frame = 0;
  /** Frames from 1 on in which each place was first seen, and was hole last; 0 = never. */
  #seen = new Uint32Array(0);
  #hidden = new Uint32Array(0);
  /** {@link FAR}, {@link NEAR} or {@link DONE} where it is hole since this frame, else 0. */
  #fresh = new Uint8Array(0);
  #queue = new Int32Array(0);
  #out = new Uint8Array(0);

  /**
   * To be called once a frame.
   *
   * @param hole this frame's
   * @returns what is to be forgotten of the plate, of the mask's size and valid until the next call; undefined where
   *   nothing is.
   */
  find({ width, height, data }: Mask): Mask | undefined {
    if (width !== this.#width || height !== this.#height) this.#resize(width, height);
    const hidden = this.#hidden;
    const fresh = this.#fresh;
    const frame = ++this.#frame;
    let any = false;
    let area = 0;
    for (let i = 0; i < fresh.length; i++) {
      const hole = data[i]! >= HOLE;
      if (hole) area++;
      else if (this.#seen[i] === 0) this.#seen[i] = frame;
      fresh[i] = hole && (frame === 1 || hidden[i] !== frame - 1) ? FAR : 0;
      any ||= fresh[i] === FAR && this.#isRecent(this.#seen[i]!);
    }
    const found = any && this.#findJumps(MIN_SHARE_OF_HOLE * area);
    for (let i = 0; i < fresh.length; i++) if (data[i]! >= HOLE) hidden[i] = frame;
    return found ? { width, height, data: this.#out } : undefined;
  }

  #resize(width: number, height: number): void {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#frame = 0;
    this.#seen = new Uint32Array(size);
    this.#hidden = new Uint32Array(size);
    this.#fresh = new Uint8Array(size);
    this.#queue = new Int32Array(size);
    this.#out = new Uint8Array(size);
  }

  #isRecent(frame: number): boolean {
    return frame !== 0 && this.#frame - frame <= MAX_LATENESS_FRAMES;
  }

  /**
   * Marks in `#out` what is late of the regions of `least` places and more that reach farther than anybody moves; false
   * where nothing is.
   */
  #findJumps(least: number): boolean {
    const fresh = this.#fresh;
    const queue = this.#queue;
    const last = this.#frame - 1;
    const steps = Math.ceil(MAX_MOTION_OF_DIAGONAL * Math.hypot(this.#width, this.#height));
    let n = 0;
    if (last > 0) for (let i = 0; i < fresh.length; i++) if (this.#hidden[i] === last) queue[n++] = i;
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
      for (let k = 0; k < end && !beside; k++) beside = this.#isRecent(this.#hidden[queue[k]!]!);
      for (let k = 0; k < end && beside; k++) {
        const place = queue[k]!;
        if (!this.#isRecent(this.#seen[place]!)) continue;
        this.#out[place] = 255;
        this.#seen[place] = 0;
        found = true;
      }
    }
    return found;
  }

  /**
   * From the first `n` places of the queue, at most so many steps, over fresh places marked `from`, which become `to`;
   * with `onNear` over those that are {@link NEAR} too, which it is told of.
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
