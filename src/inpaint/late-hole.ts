import { HOLE, type Mask } from '../mask.ts';

/** How far a hole's edge moves from one frame to the next at most, share of the mask's diagonal: somebody walking, fast. */
const MAX_MOTION_OF_DIAGONAL = 0.025;

/** Frames for which a place that has come into view may turn out to show somebody whom the mask had missed: 5 s at 30 fps. */
const MAX_LATENESS_FRAMES = 150;

/**
 * Where the mask found somebody late. A mask may miss a head or an elbow at first, or lose somebody for some frames; the plate has then
 * learnt what it missed and would show it, frozen, for as long as they stay. That is told from people who move by how the hole grows: who
 * moves takes the hole's edge along by a little, what was missed becomes hole all at once. Only places that came into view lately are meant,
 * after somebody was found: a room that was seen for long is known, whoever steps before it.
 */
export class LateHole {
  #width = 0;
  #height = 0;
  #frame = 0;
  /** There has been a hole. */
  #began = false;
  /** 1 where the last frame's hole was. */
  #last = new Uint8Array(0);
  /** Frame in which each place was first seen, from 1 on; 0 = never. */
  #seen = new Uint32Array(0);
  /** Of the places that are hole since this frame: 1, 2 reached from the last hole or from another such place. */
  #fresh = new Uint8Array(0);
  #queue = new Int32Array(0);
  #out = new Uint8Array(0);

  /**
   * To be called once a frame.
   *
   * @param hole this frame's
   * @returns what is to be forgotten of the plate, of the mask's size and valid until the next call; undefined where nothing is.
   */
  find({ width, height, data }: Mask): Mask | undefined {
    if (width !== this.#width || height !== this.#height) this.#resize(width, height);
    const seen = this.#seen;
    const last = this.#last;
    const fresh = this.#fresh;
    const frame = ++this.#frame;
    let any = false;
    for (let i = 0; i < last.length; i++) {
      const hidden = data[i]! >= HOLE;
      if (!hidden && seen[i] === 0) seen[i] = frame;
      fresh[i] = hidden && last[i] === 0 ? 1 : 0;
      if (fresh[i] === 1 && seen[i] !== 0 && frame - seen[i]! <= MAX_LATENESS_FRAMES) any = true;
    }
    const found = any && this.#began && this.#findJumps(frame);
    for (let i = 0; i < last.length; i++) {
      last[i] = data[i]! >= HOLE ? 1 : 0;
      if (last[i] === 1) this.#began = true;
    }
    return found ? { width, height, data: this.#out } : undefined;
  }

  #resize(width: number, height: number): void {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.#frame = 0;
    this.#began = false;
    this.#last = new Uint8Array(size);
    this.#seen = new Uint32Array(size);
    this.#fresh = new Uint8Array(size);
    this.#queue = new Int32Array(size);
    this.#out = new Uint8Array(size);
  }

  /** Regions of fresh hole that reach farther from the last one than anybody moves; false where there is none. */
  #findJumps(frame: number): boolean {
    const fresh = this.#fresh;
    const last = this.#last;
    const queue = this.#queue;
    const steps = Math.ceil(MAX_MOTION_OF_DIAGONAL * Math.hypot(this.#width, this.#height));
    let end = 0;
    for (let i = 0; i < last.length; i++) if (last[i] === 1) queue[end++] = i;
    this.#spread(end, steps);
    end = 0;
    for (let i = 0; i < fresh.length; i++) {
      if (fresh[i] !== 1) continue;
      fresh[i] = 3;
      queue[end++] = i;
    }
    if (end === 0) return false;
    // The rest of the same regions: what lies between them and the last hole was missed as well.
    this.#spread(end, Number.POSITIVE_INFINITY, 2, 3);
    let found = false;
    for (let i = 0; i < fresh.length; i++) {
      const late = fresh[i] === 3 && this.#seen[i] !== 0 && frame - this.#seen[i]! <= MAX_LATENESS_FRAMES;
      this.#out[i] = late ? 255 : 0;
      if (!late) continue;
      found = true;
      this.#seen[i] = 0;
    }
    return found;
  }

  /** From the first `end` places of the queue over neighbours marked `from`, which become `to`. */
  #spread(end: number, steps: number, from = 1, to = 2): void {
    const width = this.#width;
    const height = this.#height;
    const fresh = this.#fresh;
    const queue = this.#queue;
    let start = 0;
    for (let step = 0; step < steps && start < end; step++) {
      for (const until = end; start < until; start++) {
        const i = queue[start]!;
        const x = i % width;
        const y = (i - x) / width;
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
            const k = v * width + u;
            if (fresh[k] !== from) continue;
            fresh[k] = to;
            queue[end++] = k;
          }
        }
      }
    }
  }
}
