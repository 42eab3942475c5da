import type { NamedRoom } from './memory.ts';
import type { FromWorker, StartOptions, ToWorker } from './protocol.ts';
import { type Desired, type Observed, UNOBSERVED } from './state.ts';
import { NO_STATS, type RemoverStats } from './stats.ts';

/**
 * The guardian's ticks without a message from the worker, which sends a heartbeat every two, until it counts as lost.
 * While it loads it may compile for long. Ticks, not time: a device that slept has received nothing either.
 */
const SILENT_TICKS = { running: 12, loading: 60 };
/** A worker that sends its heartbeat but keeps a frame for so many ticks hangs in something that never comes back. */
const HUNG_TICKS = 40;

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
  /** It has sent its first heartbeat. */
  #ready = false;
  #silentTicks = 0;
  #hungTicks = 0;

  constructor(port: MessagePort, tools: WorkerLinkTools) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#onMessage(data, tools);
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

  /** What may be recognised. */
  remember(rooms: readonly NamedRoom[]): void {
    this.#post({ type: 'rooms', rooms });
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
   * To be called with every tick.
   *
   * @param keeps it has kept a frame since before the last tick
   * @returns what is wrong with it, in words; undefined while it lives
   */
  tick(keeps: boolean): string | undefined {
    this.#silentTicks++;
    this.#hungTicks = keeps ? this.#hungTicks + 1 : 0;
    const loading = !this.#ready || this.observed.parts === 'loading';
    if (this.#silentTicks > (loading ? SILENT_TICKS.loading : SILENT_TICKS.running)) return 'stopped answering';
    return this.#hungTicks > (loading ? SILENT_TICKS.loading : HUNG_TICKS) ? 'hangs in a frame' : undefined;
  }

  #onMessage(message: FromWorker, { onObserved, onEnded, onMessage }: WorkerLinkTools): void {
    this.#silentTicks = 0;
    switch (message.type) {
      case 'started':
        break;
      case 'ended':
        onEnded();
        break;
      case 'stats':
        this.#ready = true;
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
