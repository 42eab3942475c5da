import type { Completer } from './completer.ts';
import type { Completion, CompletionInput } from './completion.ts';
import type { FromCompletion, ToCompletion } from './completion-worker.ts';

/** The part of a `Worker` that is used here. */
export type CompletionPort = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

/** Where the guide of a completer comes from. */
export interface GuideSource {
  /** The weights, at the first run. */
  load(): Promise<Uint8Array<ArrayBuffer>>;
  /** Milliseconds for which that run waits for them; a later one has them. */
  readonly patience: number;
  /** Called once, where they cannot be had or are of no use. Runs go on without a guide. */
  onError(error: unknown): void;
}

interface Run {
  readonly id: number;
  readonly resolve: (completion: Completion | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A {@link Completer} in a worker of its own (`completion-worker.ts`), which is made at the first run. */
export class WorkerCompleter implements Completer {
  readonly #open: () => Promise<CompletionPort>;
  readonly #source: GuideSource | undefined;
  #guide: Promise<void> | undefined;
  #worker: Promise<CompletionPort> | undefined;
  #run: Run | undefined;
  #runs = 0;
  #closed = false;

  /** @param open makes the worker; rejects where its script cannot be had. */
  constructor(open: () => Promise<CompletionPort>, guide?: GuideSource) {
    this.#open = open;
    this.#source = guide;
  }

  async complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    this.#guide ??= this.#followGuide(worker);
    await this.#guide;
    signal.throwIfAborted();
    if (this.#closed) throw new Error('The completer is closed.');
    const post = (message: ToCompletion, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
    const id = ++this.#runs;
    const end = () => {
      post({ type: 'cancel' });
      this.#end(signal.reason);
    };
    signal.addEventListener('abort', end);
    try {
      return await new Promise((resolve, reject) => {
        this.#run = { id, resolve, reject };
        post({ type: 'complete', id, input }, [input.rgb.buffer, input.role.buffer]);
      });
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  close(): void {
    this.#closed = true;
    this.#end(new Error('The completer was closed.'));
    void this.#worker?.then(
      (worker) => worker.terminate(),
      () => {},
    );
  }

  async #start(): Promise<CompletionPort> {
    const worker = await this.#open();
    if (this.#closed) worker.terminate();
    worker.onmessage = ({ data }: MessageEvent<FromCompletion>) => {
      if (data.type === 'guide-failed') return this.#source?.onError(new Error(data.message));
      const run = this.#run;
      // What a run that was cancelled had to say may come late.
      if (run?.id !== data.id) return;
      if (data.type === 'failed') return this.#end(new Error(`The completion failed: ${data.message}`));
      this.#run = undefined;
      run.resolve(data.completion);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`The completion's worker failed: ${event.message || 'its script could not be loaded'}`));
    };
    return worker;
  }

  /** Resolves when the worker has the guide, will never have it, or is not to be waited for. */
  #followGuide(worker: CompletionPort): Promise<void> {
    const source = this.#source;
    if (!source) return Promise.resolve();
    const loaded = source.load().then(
      (weights) => {
        const message: ToCompletion = { type: 'guide', weights };
        if (!this.#closed) worker.postMessage(message, [weights.buffer]);
      },
      (error) => {
        if (!this.#closed) source.onError(error);
      },
    );
    if (source.patience === Number.POSITIVE_INFINITY) return loaded;
    return Promise.race([loaded, new Promise<void>((resolve) => setTimeout(resolve, source.patience))]);
  }

  #end(error: unknown): void {
    this.#run?.reject(error);
    this.#run = undefined;
  }
}
