import type { CompletionPort } from '../completion/worker-completer.ts';
import type { RecallInput, Recollection } from './recall.ts';
import type { FromRecaller, ToRecaller } from './recall-messages.ts';
import type { Recaller } from './recaller.ts';
import { buffersOf } from './room.ts';

/** A {@link Recaller} with a worker for each search: searches are rare, and what they need is large. */
export class WorkerRecaller implements Recaller {
  readonly #open: () => Promise<CompletionPort>;
  #end: ((error: Error) => void) | undefined;
  #closed = false;

  /** @param open makes the worker; rejects where its script cannot be had. */
  constructor(open: () => Promise<CompletionPort>) {
    this.#open = open;
  }

  async recall(input: RecallInput): Promise<Recollection | undefined> {
    const worker = await this.#open();
    try {
      if (this.#closed) throw new Error('The recaller is closed.');
      return await new Promise((resolve, reject) => {
        this.#end = reject;
        worker.onmessage = ({ data }: MessageEvent<FromRecaller>) => {
          if (data.type === 'recalled') resolve(data.recollection);
          else reject(new Error(`The search for the room failed: ${data.message}`));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(`The search's worker failed: ${event.message || 'its script could not be loaded'}`));
        };
        worker.postMessage({ type: 'recall', input } satisfies ToRecaller, buffersOf(input.view));
      });
    } finally {
      this.#end = undefined;
      worker.terminate();
    }
  }

  close(): void {
    this.#closed = true;
    this.#end?.(new Error('The recaller was closed.'));
  }
}
