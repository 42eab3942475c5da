import { allCompiled } from '../assets/compiled.ts';
import { RemovalError } from './errors.ts';
import type { FirstMessage, FromGuardian, ToGuardian } from './protocol.ts';
import { startWorker, whatFailed } from './start-worker.ts';

/**
 * The guardian sends figures twice a second; one that is silent for this long, and does not answer then, is lost.
 * Milliseconds.
 */
const SILENCE_MS = 4000;
/** A worker that has not released everything by then is terminated, milliseconds. */
const END_MS = 2000;

export interface WorkersTools {
  readonly createWorker: (() => Worker) | undefined;
  onMessage(message: Exclude<FromGuardian, { type: 'started' | 'ended' | 'replace' }>): void;
  /** An uncaught error in a worker; what it broke shows by its silence. */
  onUnhandled(error: RemovalError): void;
  /** The guardian is gone, or no worker can be made: for good. */
  onLost(error: RemovalError): void;
}

/**
 * The page's two workers: the guardian, with which it exchanges messages, and the one that works, which it replaces on
 * the guardian's request.
 */
export class Workers {
  readonly #tools: WorkersTools;
  readonly #guardian: Worker;
  readonly #watch: ReturnType<typeof setInterval>;
  #worker: Worker | undefined;
  #lastMessageAt = performance.now();
  #ended: () => void = () => {};

  constructor(guardian: Worker, tools: WorkersTools) {
    this.#tools = tools;
    this.#guardian = guardian;
    guardian.onmessage = ({ data }: MessageEvent<FromGuardian>) => this.#onMessage(data);
    guardian.onerror = (event) => this.#reportUnhandled(event);
    this.#watch = setInterval(() => this.#checkHeartbeat(), SILENCE_MS / 4);
  }

  post(message: ToGuardian, transfer: Transferable[] = []): void {
    this.#guardian.postMessage(message, transfer);
  }

  /** Starts the one that works, instead of the last one. */
  start(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    try {
      const worker = startWorker(this.#tools.createWorker);
      worker.onerror = (event) => this.#reportUnhandled(event);
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ type: 'work', port: port1, compiled: allCompiled() } satisfies FirstMessage, [port1]);
      this.post({ type: 'worker', port: port2 }, [port2]);
      this.#worker = worker;
    } catch (error) {
      this.#tools.onLost(RemovalError.from(error, 'worker-failed', 'The worker could not be created'));
    }
  }

  /** Lets them release what they own, then ends them. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
      setTimeout(resolve, END_MS);
    });
    this.post({ type: 'close' });
    await ended;
    this.terminate();
  }

  terminate(): void {
    clearInterval(this.#watch);
    this.#worker?.terminate();
    this.#guardian.terminate();
  }

  #onMessage(message: FromGuardian): void {
    this.#lastMessageAt = performance.now();
    switch (message.type) {
      case 'started':
        break;
      case 'ended':
        this.#ended();
        break;
      case 'replace':
        if (message.again) this.start();
        else this.#worker?.terminate();
        break;
      default:
        this.#tools.onMessage(message);
    }
  }

  #reportUnhandled(event: ErrorEvent): void {
    event.preventDefault();
    const message = `An error in the worker was not handled: ${whatFailed(event)}`;
    this.#tools.onUnhandled(new RemovalError('worker-failed', message));
  }

  /** A page that was stuck itself first receives the messages that piled up: hence the second timer. */
  #checkHeartbeat(): void {
    if (performance.now() - this.#lastMessageAt < SILENCE_MS) return;
    const silentSince = this.#lastMessageAt;
    setTimeout(() => {
      if (this.#lastMessageAt !== silentSince) return;
      const words = 'The guardian of the output stopped answering: it crashed or was terminated.';
      this.#tools.onLost(new RemovalError('worker-lost', `${words} Close this remover and create another one.`));
    }, SILENCE_MS / 4);
  }
}
