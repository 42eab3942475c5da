import type { Inpainter } from '../inpaint/inpainter.ts';
import type { MaskSource } from '../segmentation/mask-source.ts';
import { RemovalError } from './errors.ts';
import { type RemoveOrder, sameOrder } from './remove.ts';
import { isTargets } from './targets.ts';

/** What there is to find. */
export type Removal = Exclude<RemoveOrder, 'nothing'>;

export interface PartMakers {
  /** Loads what finds `remove`. Called once and again after failures. */
  createMaskSource(remove: Removal, signal: AbortSignal): Promise<MaskSource>;
  createInpainter(): Promise<Inpainter>;
}

/** What makes a clean frame, complete. */
export interface Working {
  readonly masks: MaskSource;
  readonly inpainter: Inpainter;
}

interface Loading {
  readonly remove: Removal;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Owns the mask source and the inpainter: loads them, one load at a time, swaps, drops and closes them. */
export class Parts {
  readonly #makers: PartMakers;
  readonly #idle: () => Promise<void>;
  #masks: MaskSource | undefined;
  /** What {@link #masks} finds. */
  #finds: Removal | undefined;
  #inpainter: Inpainter | undefined;
  #loading: Loading | undefined;

  /** @param idle resolves when no frame is in hand: only then is a mask source that works swapped for another one. */
  constructor(makers: PartMakers, idle: () => Promise<void>) {
    this.#makers = makers;
    this.#idle = idle;
  }

  get loading(): boolean {
    return this.#loading !== undefined;
  }

  get inpainter(): Inpainter | undefined {
    return this.#inpainter;
  }

  get masks(): MaskSource | undefined {
    return this.#masks;
  }

  /** What can remove `remove` now; undefined where a part is missing or finds something else. */
  for(remove: Removal): Working | undefined {
    if (!this.#masks || !this.#inpainter || !sameOrder(this.#finds, remove)) return undefined;
    return { masks: this.#masks, inpainter: this.#inpainter };
  }

  /** Picks come and go without a new start: what is followed stays followed. */
  adapt(remove: Removal): void {
    if (!isTargets(remove) || !isTargets(this.#finds) || !this.#masks?.setTargets) return;
    this.#masks.setTargets(remove.targets);
    this.#finds = remove;
  }

  /**
   * Loads what is missing for `remove`; a load for it that is under way is joined. Rejects with what made it fail, or a
   * {@link RemovalError} `aborted` where {@link endLoading} came first.
   */
  load(remove: Removal): Promise<void> {
    this.#loading ??= this.#start(remove);
    return this.#loading.done;
  }

  /** Ends a load for anything but `remove`; what it brings is closed when it comes. */
  endLoading(remove?: RemoveOrder): void {
    if (remove !== undefined && sameOrder(this.#loading?.remove, remove)) return;
    this.#loading?.abort.abort();
    this.#loading = undefined;
  }

  /** The scene is another one. */
  reset(): void {
    this.#masks?.reset();
    this.#inpainter?.reset();
  }

  /** Closes a part that failed; the next {@link load} makes it anew. */
  drop(what: 'segmentation' | 'inpainting'): void {
    if (what === 'segmentation') {
      this.#masks?.close();
      this.#masks = undefined;
    } else {
      this.#inpainter?.close();
      this.#inpainter = undefined;
    }
  }

  close(): void {
    this.endLoading();
    this.drop('segmentation');
    this.drop('inpainting');
  }

  #start(remove: Removal): Loading {
    const abort = new AbortController();
    const done = this.#bring(remove, abort.signal).then(
      () => this.#over(abort),
      (error: unknown) => {
        this.#over(abort);
        throw abort.signal.aborted ? ended(error) : error;
      },
    );
    done.catch(() => {});
    return { remove, abort, done };
  }

  #over(abort: AbortController): void {
    if (this.#loading?.abort === abort) this.#loading = undefined;
  }

  async #bring(remove: Removal, signal: AbortSignal): Promise<void> {
    /** What arrives after the load was ended has no owner: it is closed at once. */
    const unlessEnded = <T extends { close(): void }>(part: T): T => {
      if (!signal.aborted) return part;
      part.close();
      throw ended();
    };
    if (!this.#masks || !sameOrder(this.#finds, remove)) {
      const masks = unlessEnded(await this.#makers.createMaskSource(remove, signal));
      // The last frame of what was removed before; those since are covered.
      await this.#idle();
      unlessEnded(masks);
      this.#masks?.close();
      this.#masks = masks;
      this.#finds = remove;
      // What was shown so far is in the plate, and may be what is to be removed now.
      this.#inpainter?.reset();
    }
    if (!this.#inpainter) this.#inpainter = unlessEnded(await this.#makers.createInpainter());
  }
}

function ended(cause?: unknown): RemovalError {
  return new RemovalError('aborted', 'Loading was ended by a newer update.', { cause });
}
