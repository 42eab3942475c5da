import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { RemovalError } from './errors.ts';
import { typedEventTarget } from './events.ts';
import type { RemoverOptions, UpdateOptions } from './options.ts';
import type { Remove } from './remove-option.ts';
import { Remover, type RemoverEvents } from './remover.ts';
import type { RemoverState, RemoverStats } from './stats.ts';

const FORWARDED = ['statechange', 'overload', 'error', 'recovered'] as const;

/**
 * A LiveKit track processor.
 *
 * ```ts
 * const track = await createLocalVideoTrack({ processor: new RemovalProcessor({ remove: 'people' }) });
 * ```
 *
 * Given this way, not a single raw frame is ever published. To turn removal off for a while use {@link setEnabled}, not
 * `track.stopProcessor()`, which goes back to the raw track. So does `track.setProcessor()` for a moment where a processor is
 * set already, even if it is the same one: use {@link update}.
 */
export class RemovalProcessor
  extends typedEventTarget<RemoverEvents>()
  implements TrackProcessor<Track.Kind.Video, VideoProcessorOptions>
{
  /** By which LiveKit knows it. */
  readonly name = 'clean-plate';
  /**
   * What LiveKit publishes: covered from `init` on until the first clean frame, the same track until `destroy`. A clone of
   * the remover's, as LiveKit stops it whenever it takes the processor off, also to set the same one again.
   */
  processedTrack?: MediaStreamTrack;

  #options: RemoverOptions;
  #remover: Promise<Remover> | undefined;
  #live: Remover | undefined;
  /** How often it was set and not destroyed. Setting the same instance again calls `init`, and then `destroy`. */
  #uses = 0;

  /** Nothing starts before LiveKit calls `init`. Default of `remove`: `'people'`. */
  constructor(options: RemoverOptions = {}) {
    super();
    this.#options = { remove: 'people', ...options };
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
      (each) => each.close(),
      () => {}, // it never started; `init` has told why
    );
  }

  /** As {@link Remover.update}; before `init` it changes what `init` starts with. */
  async update(options: UpdateOptions): Promise<void> {
    this.#options = { ...this.#options, ...options };
    await (await this.#remover)?.update(options);
  }

  /** Removal on or off, without a gap and without another track. */
  async setEnabled(enabled: boolean): Promise<void> {
    const on: Remove = this.#wanted;
    await (await this.#remover)?.update({ remove: enabled ? on : 'nothing' });
    if (!this.#remover) this.#options = { ...this.#options, remove: enabled ? on : 'nothing' };
  }

  /** See {@link Remover.state}; `paused` before `init`. */
  get state(): RemoverState {
    return this.#live?.state ?? 'paused';
  }

  /** See {@link Remover.stats}; `undefined` before `init`. */
  stats(): RemoverStats | undefined {
    return this.#live?.stats();
  }

  get #wanted(): Remove {
    const { remove } = this.#options;
    return remove === undefined || remove === 'nothing' ? 'people' : remove;
  }

  async #start(): Promise<Remover> {
    const remover = await Remover.create(this.#options);
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
