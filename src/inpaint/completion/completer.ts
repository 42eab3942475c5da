import { complete } from './complete.ts';
import type { Completion, CompletionInput } from './completion.ts';

/** Makes completions, one at a time, off the frame path. */
export interface Completer {
  /**
   * Resolves to undefined where there is nothing to fill or to copy from; rejects with the signal's reason when it ends
   * the run, and with what went wrong otherwise. The input's buffers are the completer's from then on.
   */
  complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined>;
  close(): void;
}

/** Milliseconds of work after which others get a turn. */
const TURN = 12;

/**
 * A {@link Completer} in the thread that it is called in. Messages are heard in between, so that a run can be ended.
 */
export class LocalCompleter implements Completer {
  async complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    const work = complete(input);
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
}
