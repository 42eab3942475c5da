import type { WorkingSize } from '../fill.ts';
import { LazyResource } from '../network/lazy-resource.ts';
import type { Pace } from '../network/network-fill.ts';
import type { GpuFill, GpuWorkingFrame } from './gpu-fill.ts';
import type { GpuPainter } from './gpu-painter.ts';

type Painter = Pick<GpuPainter, 'paint' | 'reset' | 'close'>;

export interface GpuNetworkFillOptions {
  /** The sizes that there are networks for; at any other the fill is push-pull's. */
  readonly sizes: readonly WorkingSize[];
  /** Loads, starts and warms up the network for one of the sizes. The fill owns what it gives. */
  open(size: WorkingSize): Promise<Painter>;
  /** In a call (`best-effort`) no frame waits for the network's files, but for a moment the first. */
  readonly pace: Pace;
  /**
   * Called once, when the network could not be started or failed. Gives the fill that takes over, which this one owns.
   */
  instead(error: unknown): GpuFill;
}

/**
 * How long the very first frame waits in a call, milliseconds: the cover of the start is still shown, and behind it the
 * kernels' compiling holds up nothing. No later frame waits: the one before it would stand still.
 */
const PATIENCE = 4000;

/** A working size, and the network for it from the moment it is asked for; none where there is none for that size. */
interface Stream {
  readonly width: number;
  readonly height: number;
  readonly network: LazyResource<Painter> | undefined;
}

/**
 * The transformer as a {@link GpuFill}, on the device of the inpainter, on top of push-pull, which it starts from.
 * Every frame has a painting of its own, except in a call where the plate knows everything behind the hole: there the
 * network rests.
 */
export class GpuNetworkFill implements GpuFill {
  readonly name = 'network';
  readonly sizes: readonly WorkingSize[];
  readonly #options: GpuNetworkFillOptions;
  readonly #pushPull: GpuFill;
  #stream: Stream | undefined;
  #instead: GpuFill | undefined;
  #started = false;
  #closed = false;

  /** @param pushPull this one owns it. */
  constructor(pushPull: GpuFill, options: GpuNetworkFillOptions) {
    this.#pushPull = pushPull;
    this.#options = options;
    this.sizes = options.sizes;
  }

  async fill(input: GpuWorkingFrame, needed: boolean): Promise<GPUBuffer> {
    const fill = this.#instead ? undefined : await this.#paint(input, needed);
    return fill ?? this.#instead!.fill(input, needed);
  }

  reset(): void {
    this.#instead?.reset();
    this.#stream?.network?.part?.reset();
  }

  close(): void {
    this.#closed = true;
    this.#stream?.network?.close();
    this.#instead?.close();
    this.#pushPull.close();
  }

  /** Undefined where the network failed and another fill has taken over. */
  async #paint(input: GpuWorkingFrame, needed: boolean): Promise<GPUBuffer | undefined> {
    const start = await this.#pushPull.fill(input, needed);
    const painter = await this.#painterFor(input);
    if (this.#instead) return undefined;
    if (!painter || !(needed || this.#options.pace === 'synchronous')) return start;
    try {
      return await painter.paint(input, start);
    } catch (error) {
      this.#fail(error);
      return this.#instead ? undefined : start;
    }
  }

  /** The painter for a frame's size, once it is there; undefined where the fill is push-pull's. */
  async #painterFor({ width, height }: GpuWorkingFrame): Promise<Painter | undefined> {
    if (this.#stream?.width !== width || this.#stream.height !== height) {
      this.#stream?.network?.close();
      const size = this.sizes.find((each) => each.width === width && each.height === height);
      const open = () => this.#options.open(size!);
      const network = size && new LazyResource(open, (error) => this.#fail(error));
      this.#stream = { width, height, network };
      if (this.#options.pace === 'synchronous') await network?.done;
      else if (!this.#started) await within(PATIENCE, network?.done);
      this.#started = true;
    }
    return this.#stream?.network?.part;
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#stream?.network?.close();
    this.#stream = undefined;
    this.#instead = this.#options.instead(error);
  }
}

/** Waits for `work`, but not longer than so many milliseconds. */
async function within(ms: number, work: Promise<void> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}
