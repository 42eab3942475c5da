import { viewSize } from '../inpaint/plate-view.ts';
import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import { type OpenSource, openSource, type TransportKind } from '../transport/open.ts';
import { besideModule } from './beside.ts';
import { RemovalError } from './errors.ts';
import { typedEventTarget } from './events.ts';
import { nameOf } from './name-of.ts';
import { type OpenGuardian, openGuardian } from './open-guardian.ts';
import { assetBase, checkOptions, type RemoverOptions, type UpdateOptions } from './options.ts';
import { PageMemory } from './page-memory.ts';
import { PlateRequests } from './plate-requests.ts';
import type { StartOptions } from './protocol.ts';
import { orderOf, type RemoveOrder } from './remove.ts';
import { aborted } from './start-worker.ts';
import {
  type Desired,
  eventsBetween,
  HEALTHY,
  INITIAL,
  type Observed,
  reportedOf,
  UNOBSERVED,
  UNREPORTED,
} from './state.ts';
import type { RemoverState, RemoverStats } from './stats.ts';
import { isTargets } from './targets.ts';
import { Waiters } from './waiters.ts';
import { Workers, type WorkersTools } from './workers.ts';

/** Events of a {@link Remover} and their `detail`. */
export interface RemoverEvents {
  /** The state changed, or its reason did. */
  statechange: { readonly state: RemoverState; readonly reason: string };
  /** The device does not keep up with the camera. */
  overload: { readonly reason: string };
  /** Something failed; the output is covered as far as needed. */
  error: RemovalError;
  /** A picked target was added, found, lost or dropped. Lists all of them. */
  targetschange: { readonly targets: readonly TargetStatus[] };
  /** A failed part works again. */
  recovered: { readonly what: string };
  /** A remembered room was recognised: the id of {@link listRooms}, or `given` for the option `room`. */
  roomrecognised: { readonly id: string };
}

/**
 * Removes people or objects from a camera track. {@link track} is the result: one track for the remover's whole life,
 * of the source's size, which never shows a raw frame while something is being removed.
 *
 * ```ts
 * const remover = await Remover.create({ remove: 'people' });
 * await remover.setSource(cameraTrack);
 * sender.replaceTrack(remover.track);
 * ```
 */
export class Remover extends typedEventTarget<RemoverEvents>() {
  /** The track to publish. Covered until the first clean frame. */
  readonly track: MediaStreamTrack;
  /** Resolves when removal can run; rejects with the {@link RemovalError} that prevents it. */
  readonly ready: Promise<void>;

  readonly #workers: Workers;
  readonly #setup: Setup;
  readonly #waiters = new Waiters();
  readonly #plateRequests = new PlateRequests();
  #source: OpenSource | undefined;
  #desired = INITIAL;
  #observed = UNOBSERVED;
  #health = HEALTHY;
  /** What events have reported so far. */
  #reported = UNREPORTED;
  #stats: RemoverStats | undefined;

  /**
   * Starts the workers. The models load behind the cover; await {@link ready}.
   *
   * @throws RemovalError `unsupported`, `invalid-option`, `worker-failed` or `aborted`, before any track is touched.
   */
  static async create(options: RemoverOptions = {}): Promise<Remover> {
    checkOptions(options);
    const { signal } = options;
    if (signal?.aborted) throw aborted(signal);
    if (typeof document === 'undefined') {
      throw new RemovalError('unsupported', 'Remover.create needs a browser page; there is no document here.');
    }
    const assets = assetBase(options.assets, besideModule('assets/'));
    orderOf(options.remove ?? 'people', assets, document.baseURI); // a bad address throws before anything starts
    return new Remover(await openGuardian(options, startOptions(options, assets)), assets, options);
  }

  private constructor({ guardian, transport, track }: OpenGuardian, assets: string, options: RemoverOptions) {
    super();
    this.track = track;
    const memory = new PageMemory({
      mode: options.memory ?? 'call',
      room: options.room,
      give: (rooms) => this.#workers.post({ type: 'rooms', rooms }),
      onError: (error) => this.#emit('error', error),
    });
    this.#setup = { transport, assets, options, memory };
    this.#workers = new Workers(guardian, {
      createWorker: options.createWorker,
      onMessage: (message) => this.#onMessage(message),
      onUnhandled: (error) => this.#emit('error', error),
      onLost: (error) => this.#lose(error),
    });
    this.#workers.start();
    void memory.start();
    this.ready = this.update({ remove: options.remove ?? 'people', cover: options.cover ?? 'blank' });
    this.ready.catch(() => {}); // the `error` event reports it too
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The current state; `statechange` follows it. */
  get state(): RemoverState {
    return this.#reported.status.state;
  }

  /** The figures of the last half second; `undefined` before the first. */
  stats(): RemoverStats | undefined {
    return this.#stats && { ...this.#stats, ...this.#reported.status };
  }

  /**
   * The background as it is known, at most 480 pixels on the longer side: opaque where it was seen, half transparent
   * where it is remembered or completed, else transparent; all of it unless the last frame was clean. Close the bitmap.
   *
   * @throws RemovalError `closed`, `worker-lost`.
   */
  async plate(): Promise<ImageBitmap> {
    this.#assertAlive();
    const view = await this.#plateRequests.ask((id) => this.#workers.post({ type: 'plate', id }));
    const { width, height } = view ?? viewSize(this.#stats?.width ?? 0, this.#stats?.height ?? 0);
    return createImageBitmap(view ? new ImageData(view.data, width, height) : new ImageData(width, height));
  }

  /**
   * The remembered room, for option `room` of another remover; undefined while nothing is remembered.
   *
   * @throws RemovalError `closed`, `worker-lost`.
   */
  async exportRoom(): Promise<Blob | undefined> {
    this.#assertAlive();
    return this.#setup.memory.blob;
  }

  /** The state of each picked target; empty in other modes. */
  get targets(): readonly TargetStatus[] {
    return this.#reported.targets;
  }

  /**
   * Sets or replaces the camera's track and starts a new plate. The remover works on a clone; the app stops `source`.
   *
   * @throws RemovalError `invalid-track`, `closed`, `worker-lost`. The previous source then goes on.
   */
  async setSource(source: MediaStreamTrack): Promise<void> {
    this.#assertAlive();
    checkTrack(source);
    const last = this.#source;
    const opened = openTrack(this.#setup.transport, source);
    const { width = 0, height = 0, frameRate = 0 } = source.getSettings();
    const number = this.#desired.source + 1;
    this.#source = opened;
    this.#want({ source: number });
    const { handle, transfer } = opened;
    this.#workers.post({ type: 'source', number, handle, hint: { width, height, frameRate } }, transfer);
    try {
      await this.#waiters.add('source', number);
    } catch (error) {
      opened.close();
      if (this.#source === opened) this.#source = last;
      throw error;
    }
    last?.close();
  }

  /**
   * Changes what is removed, or the cover; for each the last call wins. Resolves once it is in force; until then the
   * output is covered if anything is to be removed. When it rejects, the previous mode stays in force; after
   * `'nothing'` the output stays covered until the next update.
   *
   * @throws RemovalError `invalid-option`, `closed`, `worker-lost`, `aborted` (a newer update came), `asset-*`.
   */
  async update(options: UpdateOptions): Promise<void> {
    checkOptions(options);
    this.#assertAlive();
    if (this.#health.failed) throw RemovalError.fromWire(this.#health.failed);
    const { remove, cover } = options;
    const order = remove && orderOf(remove, this.#setup.assets, document.baseURI);
    if (!order && !cover) return;
    const version = this.#want({
      ...(order && { wish: this.#desired.version + 1, ...wishOf(order) }),
      ...(cover && { cover }),
    });
    if (order) this.#waiters.supersede(this.#desired);
    await this.#waiters.add(order ? 'wish' : 'change', version);
  }

  /** Ends the output track and releases everything. Safe at any time, any number of times. */
  async close(): Promise<void> {
    await this.#end(new RemovalError('closed', 'The remover was closed.'));
  }

  async #end(reason: RemovalError): Promise<void> {
    if (this.#desired.closed) return;
    this.#setup.options.signal?.removeEventListener('abort', this.#onAbort);
    this.track.stop();
    this.#desired = { ...this.#desired, closed: true };
    this.#giveUp(reason);
    this.#dispatchChanges();
    await this.#workers.close();
    await this.#setup.memory.close();
  }

  readonly #onAbort = () => void this.#end(aborted(this.#setup.options.signal));

  /** @returns the version that it became */
  #want(change: Partial<Desired>): number {
    this.#desired = { ...this.#desired, ...change, version: this.#desired.version + 1 };
    this.#workers.post({ type: 'desired', desired: this.#desired });
    return this.#desired.version;
  }

  #onMessage(message: Parameters<WorkersTools['onMessage']>[0]): void {
    // The room comes last of all; once closed there are no more events.
    if (message.type === 'room') this.#setup.memory.receive(message.file);
    if (this.#desired.closed || message.type === 'room') return;
    switch (message.type) {
      case 'report':
        this.#observed = withTargets(message.observed, this.#desired, this.#reported.targets);
        this.#health = message.health;
        this.#setup.memory.recognised(message.observed.room);
        this.#goBack();
        this.#waiters.observe(message.observed, message.health);
        this.#dispatchChanges();
        break;
      case 'progress':
        this.#setup.options.onProgress?.(message.progress);
        break;
      case 'plate':
        this.#plateRequests.answer(message.id, message.view);
        break;
      case 'stats':
        this.#stats = message.stats;
        break;
      case 'error':
        this.#emit('error', RemovalError.fromWire(message.error));
        break;
      default:
        message satisfies never;
    }
  }

  /**
   * Where the newest wish was refused, what is removed in its place becomes what is wanted, also of the worker's
   * successor.
   */
  #goBack(): void {
    const { refused } = this.#observed;
    if (refused?.wish !== this.#desired.wish || !refused.instead) return;
    this.#want({ wish: this.#desired.version + 1, remove: refused.instead });
  }

  /** Dispatches events for what has changed. */
  #dispatchChanges(): void {
    const before = this.#reported;
    this.#reported = reportedOf(this.#desired, this.#observed, this.#health);
    for (const event of eventsBetween(before, this.#reported)) {
      if (event.type === 'error') this.#emit('error', RemovalError.fromWire(event.error));
      else if (event.type === 'statechange') this.#emit('statechange', event.status);
      else this.dispatchEvent(new CustomEvent(event.type, { detail: event }));
    }
  }

  #emit<K extends keyof RemoverEvents>(type: K, detail: RemoverEvents[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Without its guardian the output track shows its last frame, which was fit to be seen, for good. */
  #lose(error: RemovalError): void {
    if (this.#desired.closed || this.#lost) return;
    this.#workers.terminate();
    this.#health = { ...this.#health, worker: 'lost', failed: error.toWire(), guardian: 'lost' };
    this.#giveUp(error);
    this.#dispatchChanges();
  }

  #giveUp(error: RemovalError): void {
    this.#source?.close();
    this.#waiters.rejectAll(error);
    this.#plateRequests.rejectAll(error);
  }

  get #lost(): boolean {
    return this.#health.guardian === 'lost';
  }

  #assertAlive(): void {
    if (this.#desired.closed) throw new RemovalError('closed', 'The remover was closed. Make a new one.');
    if (this.#lost && this.#health.failed) throw RemovalError.fromWire(this.#health.failed);
  }
}

function startOptions(
  { tier = 'auto', network, memory, log = 'errors' }: RemoverOptions,
  assets: string,
): StartOptions {
  return {
    tier,
    network: network === 'on' ? 'best-effort' : 'off',
    completion: network === 'off' ? 'off' : 'best-effort',
    memory: memory === 'none' ? 'off' : 'best-effort',
    rooms: [],
    assets,
    log,
  };
}

function openTrack(transport: TransportKind, source: MediaStreamTrack): OpenSource {
  try {
    return openSource(transport, source);
  } catch (error) {
    throw RemovalError.from(error, 'invalid-track', 'The track could not be opened');
  }
}

/**
 * What is observed; where things were picked and the worker has not found out anything about them yet, it does not say
 * that they are gone.
 */
function withTargets(observed: Observed, { remove }: Desired, targets: readonly TargetStatus[]): Observed {
  const waits = isTargets(remove) && remove.targets.length > 0 && observed.targets.length === 0;
  return waits ? { ...observed, targets } : observed;
}

/** What it was made with, and what the page remembers. */
interface Setup {
  readonly transport: TransportKind;
  readonly assets: string;
  readonly options: RemoverOptions;
  readonly memory: PageMemory;
}

/** What an order is of what is desired: switched off, what is to be removed when it is switched on stays. */
function wishOf(order: RemoveOrder): Partial<Desired> {
  return order === 'nothing' ? { enabled: false } : { enabled: true, remove: order };
}

/** @throws RemovalError `invalid-track` */
function checkTrack(source: unknown): asserts source is MediaStreamTrack {
  if (typeof MediaStreamTrack === 'undefined' || !(source instanceof MediaStreamTrack)) {
    throw new RemovalError('invalid-track', `setSource needs a MediaStreamTrack, not ${nameOf(source)}.`);
  }
  if (source.kind !== 'video') {
    throw new RemovalError('invalid-track', `setSource needs a video track; this one is ${source.kind}.`);
  }
  if (source.readyState === 'ended') {
    throw new RemovalError('invalid-track', 'The video track has ended. Ask for the camera again and pass that track.');
  }
}
