import { allCompiled } from '../assets/compiled.ts';
import { type PlateView, viewSize } from '../inpaint/plate-view.ts';
import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import { type OpenSource, openSink, openSource, probeTransport, type TransportKind } from '../transport/open.ts';
import { besideModule } from './beside.ts';
import { RemovalError } from './errors.ts';
import { typedEventTarget } from './events.ts';
import { nameOf } from './name-of.ts';
import { assetBase, checkOptions, type RemoverOptions, type UpdateOptions } from './options.ts';
import type { FirstMessage, FromGuardian, ToGuardian, WorkerOptions } from './protocol.ts';
import { orderOf } from './remove.ts';
import { aborted, notStarted, startWorker, whatFailed } from './start-worker.ts';
import type { RemoverState, RemoverStats } from './stats.ts';

/** The guardian sends a pulse twice a second; one that is silent for this long, and does not answer then, is lost. */
const SILENCE_MS = 4000;
/** A worker's script that has not run by then never will, milliseconds. */
const START_MS = 20_000;

/** A worker that has not given everything back by then is ended by force, milliseconds. */
const END_MS = 2000;

/** Events of a {@link Remover} and their `detail`. */
export interface RemoverEvents {
  /** The state changed, or its reason did. */
  statechange: { readonly state: RemoverState; readonly reason: string };
  /** Work does not keep up with the camera. */
  overload: { readonly reason: string };
  /** Something failed while it runs; the output is covered as far as that is needed. */
  error: RemovalError;
  /** What was picked with `{ targets }` changed: added, found, lost, dropped. All of it is listed. */
  targetschange: { readonly targets: readonly TargetStatus[] };
  /** A failed part works again. */
  recovered: { readonly what: string };
}

interface Pending {
  resolve(view?: PlateView): void;
  reject(error: RemovalError): void;
}

/**
 * Takes people out of a camera track. {@link track} is the result: one track for the remover's whole life, of the
 * source's size, which never shows a raw frame while something is being removed.
 *
 * ```ts
 * const remover = await Remover.create({ remove: 'people' });
 * await remover.setSource(cameraTrack);
 * sender.replaceTrack(remover.track);
 * ```
 */
export class Remover extends typedEventTarget<RemoverEvents>() {
  /** What goes to the room. Covered until the first clean frame. */
  readonly track: MediaStreamTrack;
  /** Resolves when removal can run; rejects with the {@link RemovalError} that keeps it from running. */
  readonly ready: Promise<void>;

  readonly #guardian: Worker;
  /** What makes the frames; the guardian has it replaced when it is lost. */
  #worker: Worker | undefined;
  readonly #transport: TransportKind;
  readonly #assets: string;
  readonly #options: RemoverOptions;
  readonly #pending = new Map<number, Pending>();
  #source: OpenSource | undefined;
  #nextId = 1;
  #state: RemoverState = 'paused';
  #stats: RemoverStats | undefined;
  #targets: readonly TargetStatus[] = [];
  #heardAt = performance.now();
  #ended: () => void = () => {};
  readonly #watch: ReturnType<typeof setInterval>;
  #updates: number[] = [];
  #lostError: RemovalError | undefined;

  /**
   * Starts the worker and gives the output track. The models load behind the cover: await {@link ready} to know when.
   *
   * @throws RemovalError `unsupported`, `invalid-option`, `worker-failed` or `aborted`, before any track is touched.
   */
  static async create(options: RemoverOptions = {}): Promise<Remover> {
    checkOptions(options);
    const { signal } = options;
    if (signal?.aborted) throw aborted(signal);
    const transport = chooseTransport(options.transport ?? 'auto');
    const assets = assetBase(options.assets, besideModule('assets/'));
    const { remove = 'people', cover = 'blank', tier = 'auto', log = 'errors' } = options;
    orderOf(remove, assets, document.baseURI); // a bad address is told before anything starts
    const network = options.network === 'on' ? 'as-it-can' : 'off';
    const guardian = startWorker(options.createWorker);
    const output = openSink(transport);
    try {
      const started = whenStarted(guardian, signal);
      const startOptions = { cover, tier, network, assets, log } as const;
      const first: FirstMessage = { type: 'guard', sink: output.handle, options: startOptions };
      guardian.postMessage(first, output.transfer);
      const track = output.track ?? (await started);
      await started;
      if (!track) throw new RemovalError('worker-failed', 'The worker sent no output track.');
      return new Remover(guardian, transport, track, assets, options);
    } catch (error) {
      guardian.terminate();
      output.track?.stop();
      throw error;
    }
  }

  private constructor(
    guardian: Worker,
    transport: TransportKind,
    track: MediaStreamTrack,
    assets: string,
    options: RemoverOptions,
  ) {
    super();
    this.#guardian = guardian;
    this.#transport = transport;
    this.track = track;
    this.#assets = assets;
    this.#options = options;
    guardian.onmessage = ({ data }: MessageEvent<FromGuardian>) => this.#hear(data);
    guardian.onerror = (event) => this.#tellUnhandled(event);
    this.#watch = setInterval(() => this.#checkPulse(), SILENCE_MS / 4);
    this.#startWorker();
    this.ready = this.update({ remove: options.remove ?? 'people' });
    this.ready.catch(() => {}); // also told by the `error` event
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** What it does now; `statechange` tells of the next. */
  get state(): RemoverState {
    return this.#state;
  }

  /** The figures of the last half second; `undefined` before the first. */
  stats(): RemoverStats | undefined {
    return this.#stats;
  }

  /**
   * The clean plate itself: the room as far as it is known, as the track shows it, at most 480 pixels long. Transparent (alpha 0)
   * where it was never seen without what is removed. All of it is, unless the last frame came out clean: while the models
   * load, while anything is covered, while nothing is removed, before the first frame. It shows nothing that the track would
   * not show in a hole; it stays on this device unless the app sends it. Close the bitmap when it is drawn.
   *
   * @throws RemovalError `closed`, `worker-lost`.
   */
  async plate(): Promise<ImageBitmap> {
    this.#assertAlive();
    const view = await this.#ask({ type: 'plate' });
    const { width, height } = view ?? viewSize(this.#stats?.width ?? 0, this.#stats?.height ?? 0);
    return createImageBitmap(view ? new ImageData(view.data, width, height) : new ImageData(width, height));
  }

  /** What has become of the things that were picked with `{ targets }`; empty in other modes. */
  get targets(): readonly TargetStatus[] {
    return this.#targets;
  }

  /**
   * Takes the camera's track, now or instead of the last one. The remover works on a clone; stopping `source` stays the
   * app's business. What was learnt of the last scene is forgotten.
   *
   * @throws RemovalError `invalid-track`, `closed`, `worker-lost`. The last source then goes on.
   */
  async setSource(source: MediaStreamTrack): Promise<void> {
    this.#assertAlive();
    if (typeof MediaStreamTrack === 'undefined' || !(source instanceof MediaStreamTrack)) {
      throw new RemovalError('invalid-track', `setSource needs a MediaStreamTrack, not ${nameOf(source)}.`);
    }
    if (source.kind !== 'video') {
      throw new RemovalError('invalid-track', `setSource needs a video track; this one is ${source.kind}.`);
    }
    if (source.readyState === 'ended') {
      throw new RemovalError(
        'invalid-track',
        'The video track has ended. Ask for the camera again and pass that track.',
      );
    }
    const opened = openSource(this.#transport, source);
    const { width = 0, height = 0, frameRate = 0 } = source.getSettings();
    const last = this.#source;
    this.#source = opened;
    try {
      await this.#ask({ type: 'source', handle: opened.handle, hint: { width, height, frameRate } }, opened.transfer);
    } finally {
      last?.close();
    }
  }

  /**
   * Changes what is removed or how it is covered. The last call wins. Resolves once the change is in force; until then
   * the output is covered if anything is to be removed. When it rejects, what was removed before is still removed; a
   * failed step away from `'nothing'` leaves the output covered until the next update.
   *
   * @throws RemovalError `invalid-option`, `closed`, `worker-lost`, `aborted` (a newer update came), `asset-*`.
   */
  async update(options: UpdateOptions): Promise<void> {
    checkOptions(options);
    this.#assertAlive();
    const { remove, cover } = options;
    const order = remove && orderOf(remove, this.#assets, document.baseURI);
    const change: Partial<WorkerOptions> = { ...(order ? { remove: order } : {}), ...(cover ? { cover } : {}) };
    await this.#ask({ type: 'update', options: change });
  }

  /** Ends the output track and gives everything back. Safe at any time, any number of times. */
  async close(): Promise<void> {
    await this.#end(new RemovalError('closed', 'The remover was closed.'));
  }

  async #end(reason: RemovalError): Promise<void> {
    if (this.#state === 'closed') return;
    clearInterval(this.#watch);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.track.stop();
    this.#source?.close();
    this.#rejectAll(reason);
    this.#enter('closed', '');
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
      setTimeout(resolve, END_MS);
    });
    this.#post({ type: 'close' });
    await ended;
    this.#worker?.terminate();
    this.#guardian.terminate();
  }

  readonly #onAbort = () => void this.#end(aborted(this.#options.signal));

  #startWorker(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    try {
      const worker = startWorker(this.#options.createWorker);
      worker.onerror = (event) => this.#tellUnhandled(event);
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ type: 'work', port: port1, compiled: allCompiled() } satisfies FirstMessage, [port1]);
      this.#post({ type: 'worker', port: port2 }, [port2]);
      this.#worker = worker;
    } catch (error) {
      this.#lost(RemovalError.from(error, 'worker-failed', 'The worker could not be made'));
    }
  }

  #tellUnhandled(event: ErrorEvent): void {
    event.preventDefault();
    const message = `An error in the worker was not handled: ${whatFailed(event)}`;
    this.#emit('error', new RemovalError('worker-failed', message));
  }

  #post(message: ToGuardian, transfer: Transferable[] = []): void {
    this.#guardian.postMessage(message, transfer);
  }

  #emit<K extends keyof RemoverEvents>(type: K, detail: RemoverEvents[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #hear(message: FromGuardian): void {
    this.#heardAt = performance.now();
    // Once closed there is nobody to tell: that the track takes no more frames is what was asked for.
    if (this.#state === 'closed' && message.type !== 'ended') return;
    switch (message.type) {
      case 'started':
        break;
      case 'ended':
        this.#ended();
        break;
      case 'done':
        this.#settle(message.id, message.error && RemovalError.fromWire(message.error));
        break;
      case 'state':
        this.#enter(message.state, message.reason);
        break;
      case 'replace':
        if (message.again) this.#startWorker();
        else this.#worker?.terminate();
        break;
      case 'progress':
        this.#options.onProgress?.(message.progress);
        break;
      case 'plate':
        this.#settle(message.id, undefined, message.view);
        break;
      case 'targets':
        this.#targets = message.targets;
        this.#emit('targetschange', { targets: message.targets });
        break;
      case 'stats':
        this.#stats = message.stats;
        break;
      case 'error':
        this.#emit('error', RemovalError.fromWire(message.error));
        break;
      case 'recovered':
        this.#emit('recovered', { what: message.what });
        break;
      case 'overload':
        this.#emit('overload', { reason: message.reason });
        break;
      default:
        message satisfies never;
    }
  }

  #ask(
    message: WithoutId<Extract<ToGuardian, { id: number }>>,
    transfer: Transferable[] = [],
  ): Promise<PlateView | undefined> {
    const id = this.#nextId++;
    if (message.type === 'update') {
      for (const older of this.#updates.splice(0)) {
        this.#settle(older, new RemovalError('aborted', 'A newer update took the place of this one.'));
      }
      this.#updates.push(id);
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ ...message, id } as ToGuardian, transfer);
    });
  }

  #settle(id: number, error?: RemovalError, view?: PlateView): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (!pending) return;
    if (!error) {
      pending.resolve(view);
      return;
    }
    pending.reject(error);
    if (error.code !== 'aborted') this.#emit('error', error);
  }

  #rejectAll(error: RemovalError): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /** A page that was itself stuck hears the pulses that piled up first, as timers and messages take turns. */
  #checkPulse(): void {
    if (performance.now() - this.#heardAt < SILENCE_MS) return;
    const silentSince = this.#heardAt;
    setTimeout(() => {
      if (this.#heardAt !== silentSince) return;
      const words = 'The guardian of the output stopped answering: it crashed or was ended.';
      this.#lost(new RemovalError('worker-lost', `${words} Close this remover and make another one.`));
    }, SILENCE_MS / 4);
  }

  /** Without its guardian the output track shows its last frame, which was fit to be seen, for good. */
  #lost(error: RemovalError): void {
    if (this.#lostError || this.#state === 'closed') return;
    clearInterval(this.#watch);
    this.#source?.close();
    this.#rejectAll(error);
    this.#worker?.terminate();
    this.#guardian.terminate();
    this.#enter('failed', error.message);
    this.#lostError = error;
    this.#emit('error', error);
  }

  #enter(state: RemoverState, reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#emit('statechange', { state, reason });
  }

  #assertAlive(): void {
    if (this.#state === 'closed') throw new RemovalError('closed', 'The remover was closed. Make a new one.');
    if (this.#lostError) throw this.#lostError;
  }
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

function chooseTransport(wanted: TransportKind | 'auto'): TransportKind {
  if (typeof document === 'undefined') {
    throw new RemovalError('unsupported', 'Remover.create needs a browser page; there is no document here.');
  }
  const { kinds, missing } = probeTransport();
  const [best] = kinds;
  if (!best) {
    throw new RemovalError(
      'unsupported',
      `This browser cannot process a camera track. It lacks: ${missing.join(', ')}.`,
    );
  }
  if (wanted === 'auto') return best;
  if (kinds.includes(wanted)) return wanted;
  throw new RemovalError('unsupported', `This browser has no '${wanted}' transport; it has: ${kinds.join(', ')}.`);
}

/** Resolves with the track where the worker makes it. */
function whenStarted(worker: Worker, signal: AbortSignal | undefined): Promise<MediaStreamTrack | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new RemovalError('worker-failed', `The worker did not start within ${START_MS / 1000} seconds.`)),
      START_MS,
    );
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      done();
      reject(aborted(signal));
    };
    signal?.addEventListener('abort', onAbort);
    worker.onmessage = ({ data }: MessageEvent<FromGuardian>) => {
      if (data.type !== 'started') return;
      done();
      resolve(data.track);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      done();
      reject(notStarted(event));
    };
  });
}
