import { LocalVideoTrack } from 'livekit-client';
import type { AssetProgress } from '../../src/processor/index.ts';
import { RemovalProcessor } from '../../src/processor/livekit-package.ts';
import { served } from '../served.ts';
import type { Source } from '../source.ts';

/**
 * One's own picture: a source, the processor it goes through, and the LiveKit track while in a call. The processor
 * starts before the call, for the preview, and stays for all calls; LiveKit's use of it comes and goes.
 */
export class MyVideo {
  readonly processor: RemovalProcessor;
  #source: Source | undefined;
  #published: LocalVideoTrack | undefined;

  constructor(removing: boolean, onProgress: (progress: AssetProgress) => void) {
    this.processor = new RemovalProcessor({
      remove: removing ? 'people' : 'nothing',
      ...served,
      onProgress,
    });
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** What others see; `undefined` before the first source. */
  get track(): MediaStreamTrack | undefined {
    return this.processor.processedTrack;
  }

  /** The track of the call. */
  get published(): LocalVideoTrack | undefined {
    return this.#published;
  }

  /** Takes another source, in a call too: the published track stays. The last one is stopped once this one is in. */
  async show(source: Source): Promise<void> {
    const published = this.#published;
    if (published) {
      await published.replaceTrack(source.track, true);
      if (published.isMuted) await published.unmute();
    } else {
      // Before the first source this starts the processor.
      await this.processor.restart({ track: source.track });
    }
    this.#source?.stop();
    this.#source = source;
  }

  /** Camera off: nothing is sent and the camera's light goes out. `show` turns it on again. */
  async pause(): Promise<void> {
    await this.#published?.mute();
    this.#source?.stop();
    this.#source = undefined;
  }

  /** A track for a call, with the processor set before anything is published. Needs a source. */
  async forCall(): Promise<LocalVideoTrack> {
    if (!this.#source) throw new Error('Without a source there is nothing to publish.');
    const track = new LocalVideoTrack(this.#source.track, undefined, true);
    await track.setProcessor(this.processor);
    this.#published = track;
    return track;
  }

  /** The call stopped its track, and with it the source. */
  afterCall(): void {
    this.#published = undefined;
    this.#source?.stop();
    this.#source = undefined;
  }

  async close(): Promise<void> {
    this.afterCall();
    await this.processor.destroy();
  }
}
