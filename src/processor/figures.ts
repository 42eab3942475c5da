import type { Outcome } from './clean-picture.ts';
import type { Status } from './state.ts';
import { Meter, NO_STATS, type RemoverStats } from './stats.ts';

/** Slower than the source by this factor is called degraded: one frame in three is dropped. */
const DEGRADED = 0.67;
/**
 * Milliseconds of work a second. A camera may simply give less than it said, in low light for one: only work that fills
 * the time is overload.
 */
const BUSY_MS = 800;

/** What a worker counts and measures. */
export class Figures {
  readonly #meter = new Meter();
  #rate = 0;
  #counts = { frames: 0, coveredFrames: 0, hole: 0, known: 0, remembered: 0, completed: 0, coverage: 0, doubt: 0 };
  #size = { width: 0, height: 0 };
  #layout = '';
  /** When the last frame was done; the present time while one is in hand, which may take longer than a pause. */
  #doneAt: number | undefined = performance.now();

  readonly measure = (stage: string, ms: number): void => this.#meter.add(stage, ms);

  /** @param rate frames per second that it says it gives; 0 where it says nothing */
  otherSource(rate: number): void {
    this.#rate = rate;
    this.#doneAt = performance.now();
  }

  began(): void {
    this.#doneAt = undefined;
  }

  ended(): void {
    this.#doneAt = performance.now();
  }

  /** Milliseconds without a frame. */
  get idle(): number {
    return this.#doneAt === undefined ? 0 : performance.now() - this.#doneAt;
  }

  /**
   * Notes the size of a frame.
   *
   * @param layout what else must be alike for two pictures to be of one scene; empty for a frame that nothing is learnt
   *   from
   * @returns whether it is of another scene than the last
   */
  sees({ width, height }: { width: number; height: number }, layout: string): boolean {
    const same = this.#size.width === width && this.#size.height === height;
    if (same && (layout === this.#layout || !layout)) return false;
    const other = this.#layout !== '';
    this.#size = { width, height };
    this.#layout = layout;
    return other && layout !== '';
  }

  counted(outcome: Outcome): void {
    this.#counts.doubt = outcome.kind === 'doubted' ? 1 : outcome.doubt;
    if (outcome.kind !== 'clean') return;
    const { hole, known, coverage, remembered = 0, completed = 0 } = outcome.report;
    this.#counts = { ...this.#counts, hole, known, remembered, completed, coverage };
  }

  /** @param covered as a whole */
  wrote(covered: boolean): void {
    this.#counts.frames++;
    if (covered) this.#counts.coveredFrames++;
    this.#meter.wrote();
  }

  /** The stages of the frame that was just made. */
  takeFrame(): Readonly<Record<string, number>> {
    return this.#meter.takeFrame();
  }

  /**
   * Closes a half second.
   *
   * @param late what was said of the last one
   * @returns how work does not keep up with the camera; empty where it does
   */
  turn(late: string): string {
    const { fps, ms } = this.#meter.turn();
    if (!this.#rate || !ms.total || fps >= this.#rate * DEGRADED) return '';
    if (!late && ms.total * fps <= BUSY_MS) return '';
    return `${fps.toFixed(0)} of ${this.#rate.toFixed(0)} frames a second; late frames are dropped`;
  }

  stats(status: Status, backend: RemoverStats['backend']): RemoverStats {
    return { ...NO_STATS, ...status, backend, ...this.#size, ...this.#meter.last, ...this.#counts };
  }
}
