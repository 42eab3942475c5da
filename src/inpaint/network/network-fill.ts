import type { Fill, WorkingFrame, WorkingSize } from '../fill.ts';
import { PushPullFill } from '../push-pull-fill.ts';
import { LazyResource } from './lazy-resource.ts';
import { LivePainting } from './live-painting.ts';
import type { Painter } from './painter.ts';

/**
 * - `synchronous`: each frame waits for its own painting. The same input gives the same output.
 * - `best-effort`: no frame waits. The network paints as often as it can; frames show the last painting where it holds,
 *   and push-pull until there is one.
 */
export type Pace = 'synchronous' | 'best-effort';

export interface NetworkFillOptions {
  /** The sizes that there are networks for; at any other the fill is push-pull's. */
  readonly sizes: readonly WorkingSize[];
  /** Loads and starts the network for one of the sizes. The fill owns what it gives. */
  open(size: WorkingSize): Promise<Painter>;
  readonly pace: Pace;
  /** Called once, when the network could not be started or failed. From then on the fill is push-pull's. */
  onError(error: unknown): void;
}

/** The network for one size, from the moment it is asked for. */
interface Stream {
  readonly width: number;
  readonly height: number;
  readonly network: LazyResource<Painter>;
  live: LivePainting;
  /** A painting is under way (`best-effort`). */
  busy: boolean;
}

/** The transformer as a {@link Fill}, on top of push-pull, which it starts from and falls back to. */
export class NetworkFill implements Fill {
  readonly name = 'network';
  readonly sizes: readonly WorkingSize[];
  readonly #options: NetworkFillOptions;
  readonly #pushPull = new PushPullFill();
  /** For the second fill of a frame, over the painting: the first one is still on its way to the network. */
  readonly #over = new PushPullFill();
  #stream: Stream | undefined;
  #failed = false;
  #closed = false;

  constructor(options: NetworkFillOptions) {
    this.#options = options;
    this.sizes = options.sizes;
  }

  async fill(input: WorkingFrame): Promise<Float32Array> {
    const stream = this.#streamFor(input);
    if (!stream) return this.#pushPull.fill(input);
    return this.#options.pace === 'synchronous' ? this.#paint(stream, input) : this.#show(stream, input);
  }

  reset(): void {
    const stream = this.#stream;
    if (!stream) return;
    stream.network.part?.reset();
    stream.live = new LivePainting(stream.width, stream.height);
  }

  close(): void {
    this.#closed = true;
    this.#end();
    this.#pushPull.close();
    this.#over.close();
  }

  async #paint(stream: Stream, input: WorkingFrame): Promise<Float32Array> {
    const fill = await this.#pushPull.fill(input);
    await stream.network.done;
    const painter = stream.network.part;
    if (!painter) return fill;
    try {
      return finite(await painter.paint({ ...planes(input), fill }));
    } catch (error) {
      this.#fail(stream, error);
      return fill;
    }
  }

  async #show(stream: Stream, input: WorkingFrame): Promise<Float32Array> {
    const painter = stream.network.part;
    if (painter && !stream.busy) void this.#repaint(stream, painter, input);
    const { live } = stream;
    return live.fade(input, await this.#over.fill(live.complete(input)));
  }

  /**
   * Gives the idle network the frame of now. Where the plate knows everything there is nothing to paint, and it rests.
   */
  async #repaint(stream: Stream, painter: Painter, input: WorkingFrame): Promise<void> {
    const { live } = stream;
    const unknown = Uint8Array.from(input.hole, (hole, i) => (hole === 1 && input.known[i] === 0 ? 1 : 0));
    if (!unknown.includes(1)) return;
    stream.busy = true;
    try {
      const fill = await this.#pushPull.fill(input);
      live.take(finite(await painter.paint({ ...planes(input), fill })), unknown);
    } catch (error) {
      this.#fail(stream, error);
    } finally {
      stream.busy = false;
    }
  }

  /** The stream for a frame's size; undefined where the fill is push-pull's. */
  #streamFor({ width, height }: WorkingFrame): Stream | undefined {
    if (this.#failed || this.#closed) return undefined;
    if (this.#stream?.width === width && this.#stream.height === height) return this.#stream;
    this.#end();
    const size = this.sizes.find((each) => each.width === width && each.height === height);
    if (!size) return undefined;
    const stream: Stream = {
      width,
      height,
      network: new LazyResource(
        () => this.#options.open(size),
        (error) => this.#fail(stream, error),
      ),
      live: new LivePainting(width, height),
      busy: false,
    };
    this.#stream = stream;
    return stream;
  }

  #end(): void {
    this.#stream?.network.close();
    this.#stream = undefined;
  }

  /** Of a stream that has ended nothing is reported: its painter was closed under it. */
  #fail(stream: Stream, error: unknown): void {
    if (this.#stream !== stream) return;
    this.#failed = true;
    this.#end();
    this.#options.onError(error);
  }
}

/** A working view has more to it than its planes. */
function planes({ width, height, frame, hole, plate, known }: WorkingFrame): WorkingFrame {
  return { width, height, frame, hole, plate, known };
}

/** One value that is not a number would spread through the memory to every later frame. */
function finite(rgb: Float32Array): Float32Array {
  if (!rgb.every(Number.isFinite)) throw new Error('The network painted values that are not numbers.');
  return rgb;
}
