import type { Completer } from './completer.ts';
import type { Completion, CompletionInput } from './completion.ts';
import type { FromCompletion, ToCompletion } from './completion-worker.ts';

/** The part of a `Worker` that is used here. */
export type CompletionPort = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>;

/** Where the guide of a completer comes from. */
export interface GuideSource {
  /** The weights, when a first run is to be expected. */
  load(): Promise<Uint8Array<ArrayBuffer>>;
  /** Milliseconds from then on for which that run waits for them; a later one has them. */
  readonly patience: number;
  /** Called once, where they cannot be had or are of no use. Runs go on without a guide. */
  onError(error: unknown): void;
}

interface Run {
  readonly id: number;
  readonly resolve: (completion: Completion | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A {@link Completer} in a worker of its own (`completion-worker.ts`), which is made when a first run is to be
 * expected.
 */
export class WorkerCompleter implements Completer {
  readonly #open: () => Promise<CompletionPort>;
  readonly #source: GuideSource | undefined;
  #worker: Promise<CompletionPort> | undefined;
  #prepared: Promise<CompletionPort> | undefined;
  #run: Run | undefined;
  #runs = 0;
  #closed = false;

  /** @param open makes the worker; rejects where its script cannot be had. */
  constructor(open: () => Promise<CompletionPort>, guide?: GuideSource) {
    this.#open = open;
    this.#source = guide;
  }

  prepare(): void {
    if (!this.#prepared) this.#prepare().catch(() => {}); // the run says so
  }

  async complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    const worker = await this.#prepare();
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

  /** The worker, with its guide. */
  #prepare(): Promise<CompletionPort> {
    this.#worker ??= this.#start();
    this.#prepared ??= this.#worker.then((worker) => this.#followGuide(worker));
    return this.#prepared;
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

  /** Resolves to the worker when it has the guide, will never have it, or is not to be waited for. */
  async #followGuide(worker: CompletionPort): Promise<CompletionPort> {
    const source = this.#source;
    if (!source) return worker;
    const loaded = source.load().then(
      (weights) => {
        const message: ToCompletion = { type: 'guide', weights };
        if (!this.#closed) worker.postMessage(message, [weights.buffer]);
      },
      (error) => {
        if (!this.#closed) source.onError(error);
      },
    );
    const over = new Promise<void>((resolve) => {
      if (source.patience !== Number.POSITIVE_INFINITY) setTimeout(resolve, source.patience);
    });
    await Promise.race([loaded, over]);
    return worker;
  }

  #end(error: unknown): void {
    this.#run?.reject(error);
    this.#run = undefined;
  }
}
