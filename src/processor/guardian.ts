import type { FrameSink, SourceHandle } from '../transport/frames.ts';
import { receiveSource } from '../transport/receive.ts';
import { RemovalError } from './errors.ts';
import { FrameGuard } from './frame-guard.ts';
import type {
  FromGuardian,
  FromWorker,
  SourceHint,
  StartOptions,
  ToGuardian,
  ToWorker,
  WorkerOptions,
} from './protocol.ts';
import { NO_STATS, type RemoverState, type RemoverStats } from './stats.ts';
import { withoutFrames } from './targets.ts';

const BEAT_MS = 250;
/**
 * Beats without a word from the worker, which sends a pulse every two, until it is given up. While it loads it may have
 * to compile for long. Beats, not time: a device that slept has not heard anything either.
 */
const SILENT_BEATS = { running: 12, loading: 60 };
/** A worker that sends its pulse but keeps a frame for so many beats hangs in something that never comes back. */
const HUNG_BEATS = 40;
/** Milliseconds until another worker is asked for, by how many were lost within {@link CALM_MS}; then no more. */
const PAUSES = [0, 1000, 5000];
const CALM_MS = 60_000;
/** A worker that has not given everything back by then is ended by force, milliseconds. */
const END_MS = 1500;

export interface GuardianTools {
  readonly sink: FrameSink;
  readonly options: StartOptions;
  send(message: FromGuardian, transfer?: Transferable[]): void;
}

/**
 * Keeps the output alive whatever becomes of the worker: {@link FrameGuard} covers while there is none that answers, and
 * a worker that crashed, was ended or hangs is replaced, a few times. It runs in a worker of its own, which does
 * nothing that takes long, so that neither the page's nor the worker's business holds it up.
 */
export class Guardian {
  readonly #tools: GuardianTools;
  readonly #frames: FrameGuard;
  readonly #timer: ReturnType<typeof setInterval>;
  #worker: MessagePort | undefined;
  #options: StartOptions;
  /** What the worker is to do, to tell it to the next one too; the page waits for an answer to `id`. */
  #wanted: { id: number; options: Partial<WorkerOptions> } = { id: 0, options: {} };
  #hint: SourceHint | undefined;

  #state: RemoverState = 'paused';
  #reason = '';
  #told = '';
  #stalled = false;
  /** The worker has sent its first pulse. */
  #greeted = false;
  #silentBeats = 0;
  #hungBeats = 0;
  #beats = 0;
  #lostAt: number[] = [];
  #restarting = false;
  /** Looks at the plate that the worker has not answered. */
  readonly #looks = new Set<number>();
  #failed: RemovalError | undefined;
  #ended: () => void = () => {};
  #closed = false;

  #stats: RemoverStats = NO_STATS;
  /** Frames that workers before this one covered. */
  #coveredBefore = 0;
  #writtenBefore = 0;
  #turnedAt = performance.now();

  constructor(tools: GuardianTools) {
    this.#tools = tools;
    this.#options = tools.options;
    this.#frames = new FrameGuard({
      sink: tools.sink,
      onStall: (stalled) => {
        this.#stalled = stalled;
        this.#tell();
      },
      onGone: () => this.#fail(new RemovalError('worker-failed', 'The output track was stopped.')),
    });
    this.#frames.cover = tools.options.cover;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  hear(message: ToGuardian): void {
    switch (message.type) {
      case 'worker':
        this.#connect(message.port);
        break;
      case 'source':
        void this.#setSource(message.id, message.handle, message.hint);
        break;
      case 'update':
        this.#update(message.id, message.options);
        break;
      case 'plate':
        this.#look(message.id);
        break;
      case 'close':
        void this.#close();
        break;
      default:
        message satisfies never;
    }
  }

  #connect(port: MessagePort): void {
    if (this.#closed || this.#failed) {
      port.close();
      return;
    }
    this.#worker = port;
    this.#greeted = false;
    this.#silentBeats = 0;
    this.#hungBeats = 0;
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hearWorker(data);
    const sink = this.#frames.attach();
    this.#post({ type: 'start', sink: { kind: 'port', port: sink }, options: this.#options }, [sink]);
    if (this.#hint) this.#feed(this.#hint);
    const { id, options } = this.#wanted;
    if (Object.keys(options).length) this.#post({ type: 'update', id, options });
  }

  async #setSource(id: number, handle: SourceHandle, hint: SourceHint): Promise<void> {
    const source = receiveSource(handle);
    if (this.#closed) {
      await source.close();
      return;
    }
    this.#hint = hint;
    const set = this.#frames.setSource(source, hint);
    if (this.#worker) this.#feed(hint);
    await set;
    this.#tools.send({ type: 'done', id });
  }

  #feed({ frameRate }: SourceHint): void {
    const port = this.#frames.feed();
    // Without a size: the first cover is written here.
    const hint = { width: 0, height: 0, frameRate };
    this.#post({ type: 'source', id: 0, handle: { kind: 'port', port }, hint }, [port]);
  }

  #update(id: number, options: Partial<WorkerOptions>): void {
    this.#wanted = { id, options: { ...this.#wanted.options, ...options } };
    if (options.cover) this.#frames.cover = options.cover;
    if (options.remove) this.#frames.removing = options.remove !== 'nothing';
    if (this.#failed) this.#tools.send({ type: 'done', id, error: this.#failed.toWire() });
    else this.#post({ type: 'update', id, options });
  }

  #look(id: number): void {
    this.#looks.add(id);
    if (this.#worker) this.#post({ type: 'plate', id });
    else this.#showNothing();
  }

  #hearPlate({ id, view }: Extract<FromWorker, { type: 'plate' }>): void {
    if (!this.#looks.delete(id)) return;
    if (view && !this.#stalled) this.#tools.send({ type: 'plate', id, view }, [view.data.buffer]);
    else this.#tools.send({ type: 'plate', id, view: undefined });
  }

  /** Answers all that look at the plate: there is none to be seen. */
  #showNothing(): void {
    for (const id of [...this.#looks]) this.#hearPlate({ type: 'plate', id, view: undefined });
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #hearWorker(message: FromWorker): void {
    this.#silentBeats = 0;
    switch (message.type) {
      case 'started':
        break;
      case 'ended':
        this.#ended();
        break;
      case 'state':
        this.#state = message.state;
        this.#reason = message.reason;
        this.#tell();
        break;
      case 'stats':
        this.#greeted = true;
        this.#stats = message.stats;
        break;
      case 'done':
        this.#hearDone(message);
        break;
      case 'plate':
        this.#hearPlate(message);
        break;
      default:
        this.#tools.send(message);
    }
  }

  #hearDone(message: Extract<FromWorker, { type: 'done' }>): void {
    if (message.id === 0 || message.id !== this.#wanted.id) return; // nobody waits for it
    if (this.#restarting) {
      this.#restarting = false;
      if (!message.error) this.#tools.send({ type: 'recovered', what: 'worker' });
      else if (message.error.code !== 'aborted') this.#tools.send({ type: 'error', error: message.error });
    }
    this.#tools.send(message);
  }

  #beat(): void {
    if (++this.#beats % 2 === 0) this.#sendStats();
    this.#frames.beat();
    if (!this.#worker || this.#closed) return;
    const loading = this.#state === 'loading' || !this.#greeted;
    this.#hungBeats = this.#frames.keptFor > BEAT_MS ? this.#hungBeats + 1 : 0;
    if (++this.#silentBeats > (loading ? SILENT_BEATS.loading : SILENT_BEATS.running)) this.#lose('stopped answering');
    else if (this.#hungBeats > (loading ? SILENT_BEATS.loading : HUNG_BEATS)) this.#lose('hangs in a frame');
  }

  /** Gives the worker up. What it covered is counted, what it owed is asked of the next one. */
  #lose(how: string): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#frames.detach();
    this.#coveredBefore += this.#stats.coveredFrames;
    // A GPU that took its worker with it is not tried again.
    if (this.#stats.backend === 'webgpu') this.#options = { ...this.#options, tier: 'light' };
    this.#stats = { ...NO_STATS, width: this.#stats.width, height: this.#stats.height };
    this.#forgetPicks();
    this.#showNothing();
    const now = performance.now();
    this.#lostAt = [...this.#lostAt.filter((at) => now - at < CALM_MS), now];
    const pause = PAUSES[this.#lostAt.length - 1];
    if (pause === undefined) {
      const times = `${this.#lostAt.length} times within a minute`;
      this.#fail(
        new RemovalError('worker-lost', `The worker ${how}, ${times}. Close this remover and make another one.`),
      );
      return;
    }
    const error = new RemovalError(
      'worker-lost',
      `The worker ${how}: it crashed or was ended. Another one is started.`,
    );
    this.#restarting = true;
    this.#enter('covered', error.message);
    this.#tools.send({ type: 'error', error: error.toWire() });
    setTimeout(() => {
      if (!this.#closed) this.#tools.send({ type: 'replace', again: true });
    }, pause);
  }

  /** The next worker has not seen what was picked, and it may have moved. */
  #forgetPicks(): void {
    const { id, options } = this.#wanted;
    if (options.remove) this.#wanted = { id, options: { ...options, remove: withoutFrames(options.remove) } };
  }

  /** Nothing but covers from now on, where anything can be shown at all. */
  #fail(error: RemovalError): void {
    if (this.#closed || this.#failed) return;
    this.#failed = error;
    this.#worker?.close();
    this.#worker = undefined;
    this.#frames.detach();
    this.#showNothing();
    this.#enter('failed', error.message);
    this.#tools.send({ type: 'error', error: error.toWire() });
    this.#tools.send({ type: 'done', id: this.#wanted.id, error: error.toWire() });
    this.#tools.send({ type: 'replace', again: false });
  }

  #enter(state: RemoverState, reason: string): void {
    this.#state = state;
    this.#reason = reason;
    this.#stalled = false;
    this.#tell();
  }

  /** What holds for the output: the worker's own word, unless it keeps a frame for too long. */
  get #shown(): { readonly state: RemoverState; readonly reason: string } {
    const shown = this.#stalled && this.#state !== 'loading' && this.#state !== 'failed';
    return shown
      ? { state: 'covered', reason: 'the worker does not answer' }
      : { state: this.#state, reason: this.#reason };
  }

  #tell(): void {
    const { state, reason } = this.#shown;
    if (this.#told === `${state} ${reason}`) return;
    this.#told = `${state} ${reason}`;
    this.#tools.send({ type: 'state', state, reason });
  }

  #sendStats(): void {
    const now = performance.now();
    const { written, covered } = this.#frames;
    const fps = ((written - this.#writtenBefore) * 1000) / (now - this.#turnedAt);
    this.#writtenBefore = written;
    this.#turnedAt = now;
    const coveredFrames = this.#coveredBefore + covered + this.#stats.coveredFrames;
    this.#tools.send({ type: 'stats', stats: { ...this.#stats, ...this.#shown, fps, frames: written, coveredFrames } });
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    if (this.#worker) {
      const ended = new Promise<void>((resolve) => {
        this.#ended = resolve;
        setTimeout(resolve, END_MS);
      });
      this.#post({ type: 'close' });
      await Promise.all([this.#frames.close(), ended]);
    } else await this.#frames.close();
    this.#tools.sink.close();
    this.#tools.send({ type: 'ended' });
  }
}
