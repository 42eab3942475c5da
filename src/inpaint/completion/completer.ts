import { COLUMNS, type GuideNetwork, ROWS } from '../guide/guide-network.ts';
import { smallPictureOf } from '../guide/small-picture.ts';
import { complete } from './complete.ts';
import { type Completion, type CompletionInput, ROLE } from './completion.ts';

/** Makes completions, one at a time, off the frame path. */
export interface Completer {
  /** A run is to be expected: loads what it needs. What fails is reported by the run. */
  prepare?(): void;
  /**
   * Resolves to undefined where there is nothing to fill or to copy from; rejects with the signal's reason when it ends
   * the run, and with what went wrong otherwise. The input's buffers are the completer's from then on.
   */
  complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined>;
  close(): void;
}

/** Milliseconds of work after which others get a turn. */
const TURN = 12;

/** What a guide is to a completer: see `GuideNetwork`. */
export type Guide = Pick<GuideNetwork, 'paint'>;

/**
 * A {@link Completer} in the thread that it is called in. Messages are received in between, so that a run can be ended.
 */
export class LocalCompleter implements Completer {
  readonly #onGuideError: (error: unknown) => void;
  #guide: Guide | undefined;

  /** @param onGuideError called when a guide failed; this run and the later ones go on without it. */
  constructor(onGuideError: (error: unknown) => void = () => {}) {
    this.#onGuideError = onGuideError;
  }

  /** Says what is likely where, from the next run on. */
  follow(guide: Guide): void {
    this.#guide = guide;
  }

  async complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    const work = this.#work(input);
    for (let since = performance.now(); ; ) {
      signal.throwIfAborted();
      const { done, value } = work.next();
      if (done) return value;
      if (performance.now() - since < TURN) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
  }

  close(): void {}

  *#work(input: CompletionInput): Generator<void, Completion | undefined> {
    const rgb = yield* this.#guideTo(input);
    return yield* complete(rgb ? { ...input, guide: { width: COLUMNS, height: ROWS, rgb } } : input);
  }

  *#guideTo(input: CompletionInput): Generator<void, Float32Array<ArrayBuffer> | undefined> {
    if (!this.#guide || !input.role.includes(ROLE.unknown)) return undefined;
    try {
      return yield* this.#guide.paint(smallPictureOf(input));
    } catch (error) {
      this.#guide = undefined;
      this.#onGuideError(error);
      return undefined;
    }
  }
}
