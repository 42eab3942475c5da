import { logStage } from '../log.ts';

/**
 * `loading`: models are loading; the output is covered. `running`: clean frames (with `'nothing'`, the source's own).
 * `degraded`: clean, but late frames are dropped. `covered`: no clean frame can be made just now. `paused`: no frames
 * come. `failed`: the output stays covered for good. `closed`: the remover was closed.
 */
export type RemoverState = 'loading' | 'running' | 'covered' | 'paused' | 'degraded' | 'failed' | 'closed';

/** Figures of the last half second, unless noted. */
export interface RemoverStats {
  /** As {@link Remover.state}. */
  readonly state: RemoverState;
  /** Why, if the state needs a reason; otherwise empty. */
  readonly reason: string;
  /** Where the hole is filled; `none` until something is removed. */
  readonly backend: 'webgpu' | 'cpu' | 'none';
  /** Width of the output in pixels; 0 before the first frame. */
  readonly width: number;
  /** Height of the output in pixels; 0 before the first frame. */
  readonly height: number;
  /** Output frames per second. */
  readonly fps: number;
  /** Frames written since the start. */
  readonly frames: number;
  /** Those that were covered entirely. */
  readonly coveredFrames: number;
  /** Share of the last frame that is hole, 0..1. */
  readonly hole: number;
  /** Share of that hole whose background was seen, 0..1. */
  readonly known: number;
  /** Share of that hole that a remembered room shows, 0..1. */
  readonly remembered: number;
  /** Share of that hole that was completed from what was seen elsewhere, 0..1; what is left is filled in smoothly. */
  readonly completed: number;
  /** Share of the picture whose background is known, 0..1. */
  readonly coverage: number;
  /** Share of the last frame that was covered because somebody may be there, 0..1. */
  readonly doubt: number;
  /** Mean milliseconds by stage (docs/performance.md); `total`: from frame in to frame out. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Before the first frame. */
export const NO_STATS: RemoverStats = {
  state: 'paused',
  reason: '',
  backend: 'none',
  width: 0,
  height: 0,
  fps: 0,
  frames: 0,
  coveredFrames: 0,
  hole: 0,
  known: 0,
  remembered: 0,
  completed: 0,
  coverage: 0,
  doubt: 0,
  ms: {},
};

/** Collects the figures of a half second. */
export class Meter {
  #since = performance.now();
  #written = 0;
  #sums = new Map<string, { sum: number; n: number }>();
  #frame: Record<string, number> = {};
  #last: { fps: number; ms: Record<string, number> } = { fps: 0, ms: {} };

  add(stage: string, ms: number): void {
    logStage(stage, ms);
    const entry = this.#sums.get(stage) ?? { sum: 0, n: 0 };
    entry.sum += ms;
    entry.n++;
    this.#sums.set(stage, entry);
    this.#frame[stage] = ms;
  }

  /** The stages of the frame that was just made, and starts the next one's. */
  takeFrame(): Readonly<Record<string, number>> {
    const frame = this.#frame;
    this.#frame = {};
    return frame;
  }

  wrote(): void {
    this.#written++;
  }

  /** Closes the window and gives its means. */
  turn(): { readonly fps: number; readonly ms: Readonly<Record<string, number>> } {
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    const ms = Object.fromEntries([...this.#sums].map(([stage, { sum, n }]) => [stage, sum / n]));
    this.#last = { fps: seconds > 0 ? this.#written / seconds : 0, ms };
    this.#since = now;
    this.#written = 0;
    this.#sums.clear();
    return this.#last;
  }

  get last(): { readonly fps: number; readonly ms: Readonly<Record<string, number>> } {
    return this.#last;
  }
}
