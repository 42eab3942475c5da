import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import { RemovalError } from './errors.ts';
import { typedEventTarget } from './events.ts';
import { checkLivekitVersion } from './livekit-version.ts';
import { checkOptions, type RemoverOptions, type UpdateOptions } from './options.ts';
import type { Remove } from './remove-option.ts';
import { Remover, type RemoverEvents } from './remover.ts';
import type { RemoverState, RemoverStats } from './stats.ts';

const FORWARDED = ['statechange', 'overload', 'error', 'recovered', 'targetschange', 'roomrecognised'] as const;

/** One and the same, as React compares what it renders. */
const NO_TARGETS: readonly TargetStatus[] = [];

/** Where the SDK is a script of its own, it is this. */
declare const LivekitClient: { readonly version?: string } | undefined;

/**
 * A LiveKit track processor.
 *
 * ```ts
 * const track = await createLocalVideoTrack({ processor: new RemovalProcessor({ remove: 'people' }) });
 * ```
 *
 * Set this way, no raw frame is ever published. To pause removal use {@link setEnabled}: `track.stopProcessor()`
 * publishes the raw track, and so does `track.setProcessor()` for a moment if a processor is set; use {@link update}.
 */
export class RemovalProcessor
  extends typedEventTarget<RemoverEvents>()
  implements TrackProcessor<Track.Kind.Video, VideoProcessorOptions>
{
  /** Its name in LiveKit. */
  readonly name = 'clean-plate';
  /** What LiveKit publishes: covered until the first clean frame, the same track until `destroy`. */
  // A clone of the remover's, because LiveKit stops it whenever it takes the processor off.
  processedTrack?: MediaStreamTrack;

  /** What it starts with, and starts with again when the track is published anew; `remove` is what "on" means. */
  #options: RemoverOptions & { readonly remove: Remove };
  #enabled: boolean;
  #remover: Promise<Remover> | undefined;
  #live: Remover | undefined;
  /** How often it was set and not destroyed. Setting the same instance again calls `init`, and then `destroy`. */
  #uses = 0;

  /**
   * Nothing starts before LiveKit calls `init`. `remove: 'nothing'` starts switched off.
   *
   * @throws RemovalError `invalid-option`, `unsupported-sdk`
   */
  constructor(options: RemoverOptions = {}) {
    super();
    checkOptions(options);
    if (typeof LivekitClient === 'object' && LivekitClient.version) checkLivekitVersion(LivekitClient.version);
    const { remove = 'people' } = options;
    this.#enabled = remove !== 'nothing';
    this.#options = { ...options, remove: this.#enabled ? remove : 'people' };
  }

  /** Called by LiveKit. Resolves with a covered track; the models load behind the cover. */
  async init({ track }: { readonly track: MediaStreamTrack }): Promise<void> {
    this.#uses++;
    this.#remover ??= this.#start();
    try {
      await (await this.#current()).setSource(track);
    } catch (error) {
      await this.destroy();
      throw error;
    }
  }

  /** Called by LiveKit on unmute, a device change and `restartTrack`: only the source is swapped. */
  async restart({ track }: { readonly track: MediaStreamTrack }): Promise<void> {
    if (!this.#remover) {
      await this.init({ track });
      return;
    }
    await (await this.#current()).setSource(track);
  }

  /** Called by LiveKit. Safe in any state, any number of times. */
  async destroy(): Promise<void> {
    this.#uses = Math.max(0, this.#uses - 1);
    if (this.#uses > 0) {
      if (this.#live && this.processedTrack?.readyState === 'ended') this.processedTrack = this.#live.track.clone();
      return;
    }
    const remover = this.#remover;
    this.#remover = undefined;
    this.#live = undefined;
    this.processedTrack?.stop();
    delete this.processedTrack;
    await remover?.then(
      (each) => this.#end(each),
      () => {}, // it never started; `init` has rejected with the reason
    );
  }

  /** With memory `call` the room is kept for when the track is published again; with `device` it is stored there. */
  async #end(remover: Remover): Promise<void> {
    const stored = this.#options.memory === 'device';
    const room = stored ? undefined : await remover.exportRoom().catch(() => undefined);
    await remover.close();
    if (room) this.#options = { ...this.#options, room };
  }

  /** As {@link Remover.update}, for the processor's life: also before `init` and when the track is published again. */
  async update(options: UpdateOptions): Promise<void> {
    checkOptions(options);
    const { remove, cover } = options;
    const before = { on: this.#options.remove, enabled: this.#enabled };
    if (remove) this.#enabled = remove !== 'nothing';
    if (remove && remove !== 'nothing') this.#options = { ...this.#options, remove };
    if (cover) this.#options = { ...this.#options, cover };
    try {
      await (await this.#remover)?.update(options);
    } catch (error) {
      // What was removed before goes on, and is what "on" means again.
      if (this.#options.remove === remove) this.#options = { ...this.#options, remove: before.on };
      const superseded = error instanceof RemovalError && error.code === 'aborted';
      if (remove === 'nothing' && !superseded) this.#enabled = before.enabled;
      throw error;
    }
  }

  /** Switches removal on or off without a gap, on the same track, as lastingly as {@link update}. */
  async setEnabled(enabled: boolean): Promise<void> {
    this.#enabled = enabled;
    await (await this.#remover)?.update({ remove: this.#remove });
  }

  /** See {@link Remover.state}; `paused` before `init`. */
  get state(): RemoverState {
    return this.#live?.state ?? 'paused';
  }

  /** See {@link Remover.stats}; `undefined` before `init`. */
  stats(): RemoverStats | undefined {
    return this.#live?.stats();
  }

  /** See {@link Remover.targets}; empty before `init`. */
  get targets(): readonly TargetStatus[] {
    return this.#live?.targets ?? NO_TARGETS;
  }

  /**
   * See {@link Remover.plate}.
   *
   * @throws RemovalError `closed` before `init` and after `destroy`, `worker-lost`
   */
  async plate(): Promise<ImageBitmap> {
    if (!this.#live) throw new RemovalError('closed', 'The processor is not set on a track; there is no plate yet.');
    return this.#live.plate();
  }

  /**
   * See {@link Remover.exportRoom}.
   *
   * @throws RemovalError `closed` before `init` and after `destroy`, `worker-lost`
   */
  async exportRoom(): Promise<Blob | undefined> {
    if (!this.#live)
      throw new RemovalError('closed', 'The processor is not set on a track; nothing is remembered yet.');
    return this.#live.exportRoom();
  }

  get #remove(): Remove {
    return this.#enabled ? this.#options.remove : 'nothing';
  }

  async #start(): Promise<Remover> {
    const remover = await Remover.create({ ...this.#options, remove: this.#remove });
    for (const type of FORWARDED) {
      remover.addEventListener(type, ({ detail }) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    if (this.#uses > 0) {
      this.#live = remover;
      this.processedTrack = remover.track.clone();
    }
    return remover;
  }

  async #current(): Promise<Remover> {
    const remover = await this.#remover;
    if (!remover || this.#uses === 0) {
      throw new RemovalError('closed', 'The processor was destroyed while it was being set.');
    }
    return remover;
  }
}
