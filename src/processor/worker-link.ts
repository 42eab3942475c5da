import type { FromWorker, StartOptions, ToWorker } from './protocol.ts';
import { type Desired, type Observed, UNOBSERVED } from './state.ts';
import { NO_STATS, type RemoverStats } from './stats.ts';

/**
 * Beats without a word from the worker, which sends a pulse every two, until it is given up. While it loads it may have
 * to compile for long. Beats, not time: a device that slept has not heard anything either.
 */
const SILENT_BEATS = { running: 12, loading: 60 };
/** A worker that sends its pulse but keeps a frame for so many beats hangs in something that never comes back. */
const HUNG_BEATS = 40;

export interface WorkerLinkTools {
  /** `observed` has changed. */
  onObserved(observed: Observed): void;
  onEnded(): void;
  /** What is passed on to the page as it is. */
  onMessage(message: Exclude<FromWorker, { type: 'observed' | 'stats' | 'started' | 'ended' }>): void;
}

/** The guardian's connection to one worker: messages to it, its last report, and how long ago that was. */
export class WorkerLink {
  /** Its last report. */
  observed: Observed = UNOBSERVED;
  stats: RemoverStats = NO_STATS;

  readonly #port: MessagePort;
  /** It has sent its first pulse. */
  #greeted = false;
  #silentBeats = 0;
  #hungBeats = 0;

  constructor(port: MessagePort, tools: WorkerLinkTools) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(data, tools);
  }

  start(sink: MessagePort, options: StartOptions): void {
    this.#post({ type: 'start', sink: { kind: 'port', port: sink }, options }, [sink]);
  }

  feed(port: MessagePort, frameRate: number): void {
    // Without a size: the first cover is the guardian's.
    const hint = { width: 0, height: 0, frameRate };
    this.#post({ type: 'source', handle: { kind: 'port', port }, hint }, [port]);
  }

  want(desired: Desired): void {
    this.#post({ type: 'desired', desired });
  }

  askPlate(id: number): void {
    this.#post({ type: 'plate', id });
  }

  /** Asks it to end; `onEnded` is called when it has. */
  end(): void {
    this.#post({ type: 'close' });
  }

  /** Ignores it from now on. */
  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
  }

  /**
   * To be called with every beat.
   *
   * @param keeps it has kept a frame since before the last beat
   * @returns what is wrong with it, in words; undefined while it lives
   */
  beat(keeps: boolean): string | undefined {
    this.#silentBeats++;
    this.#hungBeats = keeps ? this.#hungBeats + 1 : 0;
    const loading = !this.#greeted || this.observed.parts === 'loading';
    if (this.#silentBeats > (loading ? SILENT_BEATS.loading : SILENT_BEATS.running)) return 'stopped answering';
    return this.#hungBeats > (loading ? SILENT_BEATS.loading : HUNG_BEATS) ? 'hangs in a frame' : undefined;
  }

  #hear(message: FromWorker, { onObserved, onEnded, onMessage }: WorkerLinkTools): void {
    this.#silentBeats = 0;
    switch (message.type) {
      case 'started':
        break;
      case 'ended':
        onEnded();
        break;
      case 'stats':
        this.#greeted = true;
        this.stats = message.stats;
        break;
      case 'observed':
        this.observed = message.observed;
        onObserved(message.observed);
        break;
      default:
        onMessage(message);
    }
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
