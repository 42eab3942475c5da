import type { FrameSink } from '../transport/frames.ts';
import { receiveSource } from '../transport/receive.ts';
import { RemovalError } from './errors.ts';
import { FrameGuard } from './frame-guard.ts';
import { Losses } from './losses.ts';
import type { NamedRoom } from './memory.ts';
import type { FromGuardian, FromWorker, StartOptions, ToGuardian } from './protocol.ts';
import { type Desired, HEALTHY, type Health, INITIAL, UNOBSERVED } from './state.ts';
import { NO_STATS } from './stats.ts';
import { withoutFrames } from './targets.ts';
import { WorkerLink } from './worker-link.ts';

const TICK_MS = 250;
/** A worker that has not given everything back by then is ended by force, milliseconds. */
const END_MS = 1500;

export interface GuardianTools {
  readonly sink: FrameSink;
  readonly options: StartOptions;
  send(message: FromGuardian, transfer?: Transferable[]): void;
}

/**
 * Keeps the output alive if the worker fails: {@link FrameGuard} covers while none answers, and a worker that crashed,
 * was ended or hangs is replaced, a few times. It forwards what the page wants and reports what the worker does; the
 * page derives states from both. It runs in a worker of its own and does nothing slow, so neither a busy page nor a
 * busy worker delays it.
 */
export class Guardian {
  readonly #tools: GuardianTools;
  readonly #frames: FrameGuard;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #losses = new Losses();
  /** Requests for the plate that the worker has not answered. */
  readonly #plateRequests = new Set<number>();
  #options: StartOptions;
  #desired = INITIAL;
  #health = HEALTHY;
  #worker: WorkerLink | undefined;
  /** Of the present source; undefined before the first. */
  #frameRate: number | undefined;
  #ended: () => void = () => {};
  /** Frames that workers before this one covered, and what was counted at the last tick but one. */
  #count = { coveredBefore: 0, written: 0, at: performance.now(), ticks: 0, width: 0, height: 0 };

  constructor(tools: GuardianTools) {
    this.#tools = tools;
    this.#options = tools.options;
    this.#frames = new FrameGuard({
      sink: tools.sink,
      onStall: (stalled) => this.#fare({ worker: stalled ? 'stalled' : 'alive' }),
      onGone: () => this.#fail(new RemovalError('worker-failed', 'The output track was stopped.')),
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  onMessage(message: ToGuardian): void {
    switch (message.type) {
      case 'worker':
        this.#connect(message.port);
        break;
      case 'source':
        void this.#setSource(message);
        break;
      case 'desired':
        this.#want(message.desired);
        break;
      case 'rooms':
        this.#remember(message.rooms, (id) => id === '');
        this.#worker?.remember(message.rooms);
        break;
      case 'plate':
        this.#plateRequests.add(message.id);
        if (this.#worker) this.#worker.askPlate(message.id);
        else this.#showNothing();
        break;
      case 'close':
        void this.#close();
        break;
      default:
        message satisfies never;
    }
  }

  #want(desired: Desired): void {
    // A wish that a worker was lost with is not made anew by a change of something else.
    const remove = desired.wish === this.#desired.wish ? this.#desired.remove : desired.remove;
    this.#desired = { ...desired, remove };
    this.#frames.cover = desired.cover;
    this.#frames.order = desired.enabled ? desired.remove : 'nothing';
    this.#worker?.want(this.#desired);
  }

  #connect(port: MessagePort): void {
    if (this.#desired.closed || this.#health.failed) {
      port.close();
      return;
    }
    const worker = new WorkerLink(port, {
      onObserved: ({ settled }) => {
        if (this.#health.lost && settled >= this.#desired.wish) this.#fare({ lost: undefined });
        else this.#report();
      },
      onEnded: () => this.#ended(),
      onMessage: (message) => {
        if (message.type === 'plate') this.#onPlate(message);
        else this.#tools.send(message);
        if (message.type === 'room') this.#remember([{ id: '', file: message.file }], (id) => id !== '');
      },
    });
    this.#worker = worker;
    worker.start(this.#frames.attach(), this.#options);
    if (this.#frameRate !== undefined) worker.feed(this.#frames.feed(), this.#frameRate);
    if (this.#desired.version) worker.want(this.#desired);
    this.#fare({ worker: 'alive' });
  }

  /** What the next worker is given: the rooms that the page knows, and that of this call by its workers' last word. */
  #remember(rooms: readonly NamedRoom[], stays: (id: string) => boolean): void {
    this.#options = { ...this.#options, rooms: [...this.#options.rooms.filter(({ id }) => stays(id)), ...rooms] };
  }

  async #setSource({ number, handle, hint }: Extract<ToGuardian, { type: 'source' }>): Promise<void> {
    try {
      const source = receiveSource(handle);
      if (this.#desired.closed) {
        await source.close();
        return;
      }
      this.#frameRate = hint.frameRate;
      const set = this.#frames.setSource(source, hint);
      this.#worker?.feed(this.#frames.feed(), hint.frameRate);
      await set;
      this.#fare({ source: number });
    } catch (error) {
      const reason = RemovalError.from(error, 'invalid-track', 'The track could not be read');
      this.#fare({ refusedSource: { source: number, error: reason.toWire() } });
    }
  }

  #onPlate({ id, view }: Extract<FromWorker, { type: 'plate' }>): void {
    if (!this.#plateRequests.delete(id)) return;
    if (view && this.#health.worker === 'alive') this.#tools.send({ type: 'plate', id, view }, [view.data.buffer]);
    else this.#tools.send({ type: 'plate', id, view: undefined });
  }

  /** Answers all requests for the plate: there is none to show. */
  #showNothing(): void {
    for (const id of [...this.#plateRequests]) this.#onPlate({ type: 'plate', id, view: undefined });
  }

  #tick(): void {
    if (++this.#count.ticks % 2 === 0) this.#sendStats();
    this.#frames.tick();
    const wrong = this.#worker?.tick(this.#frames.keptFor > TICK_MS);
    if (wrong) this.#lose(wrong);
  }

  /** Declares the worker lost: keeps its covered-frame count and requests a successor. */
  #lose(how: string): void {
    const { stats } = this.#leave();
    // A GPU that took its worker with it is not tried again.
    if (stats.backend === 'webgpu') this.#options = { ...this.#options, tier: 'light' };
    // The next worker has not seen what was picked, and it may have moved.
    this.#desired = { ...this.#desired, remove: withoutFrames(this.#desired.remove) };
    const pause = this.#losses.add(performance.now());
    if (pause === undefined) {
      const words = `The worker ${how}${this.#losses.words}. Close this remover and create another one.`;
      this.#fail(new RemovalError('worker-lost', words));
      return;
    }
    const words = `The worker ${how}${this.#losses.words}: it crashed or was terminated. Another one starts.`;
    this.#fare({ worker: 'lost', lost: new RemovalError('worker-lost', words).toWire() });
    setTimeout(() => {
      if (!this.#desired.closed && !this.#health.failed) this.#tools.send({ type: 'replace', again: true });
    }, pause);
  }

  /** From now on only covers are written, if anything can be. */
  #fail(error: RemovalError): void {
    if (this.#desired.closed || this.#health.failed) return;
    this.#leave();
    this.#fare({ worker: 'lost', failed: error.toWire() });
    this.#tools.send({ type: 'replace', again: false });
  }

  #leave(): { readonly stats: WorkerLink['stats'] } {
    const stats = this.#worker?.stats ?? NO_STATS;
    this.#worker?.close();
    this.#worker = undefined;
    this.#frames.detach();
    this.#count.coveredBefore += stats.coveredFrames;
    this.#count.width = stats.width;
    this.#count.height = stats.height;
    this.#showNothing();
    return { stats };
  }

  #fare(change: { readonly [K in keyof Health]?: Health[K] | undefined }): void {
    const { lost, failed, refusedSource, worker, source } = { ...this.#health, ...change };
    this.#health = {
      worker: worker ?? this.#health.worker,
      source: source ?? this.#health.source,
      ...(lost && { lost }),
      ...(failed && { failed }),
      ...(refusedSource && { refusedSource }),
    };
    this.#report();
  }

  #report(): void {
    this.#tools.send({ type: 'report', observed: this.#worker?.observed ?? UNOBSERVED, health: this.#health });
  }

  #sendStats(): void {
    const now = performance.now();
    const { written, covered } = this.#frames;
    const { width, height } = this.#count;
    const stats = this.#worker?.stats ?? { ...NO_STATS, width, height };
    const fps = ((written - this.#count.written) * 1000) / (now - this.#count.at);
    this.#count.written = written;
    this.#count.at = now;
    const coveredFrames = this.#count.coveredBefore + covered + stats.coveredFrames;
    this.#tools.send({ type: 'stats', stats: { ...stats, fps, frames: written, coveredFrames } });
  }

  async #close(): Promise<void> {
    if (this.#desired.closed) return;
    this.#desired = { ...this.#desired, closed: true };
    clearInterval(this.#timer);
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
      if (this.#worker) setTimeout(resolve, END_MS);
      else resolve();
    });
    this.#worker?.end();
    await Promise.all([this.#frames.close(), ended]);
    this.#tools.sink.close();
    this.#tools.send({ type: 'ended' });
  }
}
