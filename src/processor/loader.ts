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
  /** An inpainter starts anew, to remove `remove`: gives it what it may recognise. */
  attachMemory?(inpainter: Inpainter, remove: Removal): void;
}

/** What makes a clean frame, complete. */
export interface ReadyParts {
  readonly masks: MaskSource;
  readonly inpainter: Inpainter;
}

interface Load {
  readonly remove: Removal;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/**
 * Owns the mask source and the inpainter: makes, swaps, drops and closes them. What is looked for may change while its
 * models load, so that load can be ended. The inpainter is the same for all that can be removed: it is made once,
 * whatever is wished for meanwhile.
 */
export class Loader {
  readonly #makers: PartMakers;
  readonly #idle: () => Promise<void>;
  #masks: { readonly source: MaskSource; readonly finds: Removal } | undefined;
  #inpainter: Inpainter | undefined;
  /** The inpainter as it is being made; the same promise until it was dropped. */
  #making: Promise<void> | undefined;
  #load: Load | undefined;
  #closed = false;

  /** @param idle resolves when no frame is in hand: only then is a mask source that works swapped for another one. */
  constructor(makers: PartMakers, idle: () => Promise<void>) {
    this.#makers = makers;
    this.#idle = idle;
  }

  get loading(): boolean {
    return this.#load !== undefined;
  }

  get inpainter(): Inpainter | undefined {
    return this.#inpainter;
  }

  get masks(): MaskSource | undefined {
    return this.#masks?.source;
  }

  /** What can remove `remove` now; undefined where a part is missing or finds something else. */
  for(remove: Removal): ReadyParts | undefined {
    if (!this.#masks || !this.#inpainter || !sameOrder(this.#masks.finds, remove)) return undefined;
    return { masks: this.#masks.source, inpainter: this.#inpainter };
  }

  /** Picks come and go without a new start: what is followed stays followed. */
  adapt(remove: Removal): void {
    const { source, finds } = this.#masks ?? {};
    if (!isTargets(remove) || !isTargets(finds) || !source?.setTargets) return;
    source.setTargets(remove.targets);
    this.#masks = { source, finds: remove };
  }

  /**
   * Makes what is missing for `remove`, instead of what was being loaded for anything else; a load for the same is
   * joined. Rejects with what made it fail, or a {@link RemovalError} `aborted` where something else was wished for
   * first.
   */
  load(remove: Removal): Promise<void> {
    if (this.#load && !sameOrder(this.#load.remove, remove)) this.endLoading();
    this.#load ??= this.#start(remove);
    return this.#load.done;
  }

  /** Ends a load; what it brings is closed when it comes. */
  endLoading(): void {
    this.#load?.abort.abort();
    this.#load = undefined;
  }

  /** The scene is another one. */
  reset(): void {
    this.#masks?.source.reset();
    this.#inpainter?.reset();
  }

  /** Closes a part that failed; the next {@link load} makes it anew. */
  drop(what: 'segmentation' | 'inpainting'): void {
    if (what === 'segmentation') {
      this.#masks?.source.close();
      this.#masks = undefined;
    } else {
      this.#inpainter?.close();
      this.#inpainter = undefined;
      this.#making = undefined;
    }
  }

  close(): void {
    this.#closed = true;
    this.endLoading();
    this.drop('segmentation');
    this.drop('inpainting');
  }

  #start(remove: Removal): Load {
    const abort = new AbortController();
    const done = this.#bring(remove, abort.signal).then(
      () => this.#over(abort),
      (error: unknown) => {
        this.#over(abort);
        throw abort.signal.aborted ? superseded(error) : error;
      },
    );
    done.catch(() => {});
    return { remove, abort, done };
  }

  #over(abort: AbortController): void {
    if (this.#load?.abort === abort) this.#load = undefined;
  }

  async #bring(remove: Removal, signal: AbortSignal): Promise<void> {
    if (!this.#masks || !sameOrder(this.#masks.finds, remove)) {
      const masks = unlessAborted(await this.#makers.createMaskSource(remove, signal), signal);
      // The last frame of what was removed before; those since are covered.
      await this.#idle();
      unlessAborted(masks, signal);
      this.#masks?.source.close();
      this.#masks = { source: masks, finds: remove };
      // What was shown so far is in the plate, and in what is remembered, and may be what is to be removed now.
      this.#inpainter?.reset();
      this.#attachMemory();
    }
    await this.#makeInpainter();
    if (signal.aborted) throw superseded();
  }

  #attachMemory(): void {
    if (this.#inpainter && this.#masks) this.#makers.attachMemory?.(this.#inpainter, this.#masks.finds);
  }

  /** Knows nothing of signals: an inpainter that nobody waits for any more is the next one's. */
  #makeInpainter(): Promise<void> {
    this.#making ??= this.#makers.createInpainter().then(
      (made) => {
        if (this.#closed) made.close();
        else this.#inpainter = made;
        this.#attachMemory();
      },
      (error: unknown) => {
        this.#making = undefined;
        throw error;
      },
    );
    return this.#making;
  }
}

/** What arrives after its load was ended has no owner: it is closed at once. */
function unlessAborted<T extends { close(): void }>(part: T, signal: AbortSignal): T {
  if (!signal.aborted) return part;
  part.close();
  throw superseded();
}

function superseded(cause?: unknown): RemovalError {
  return new RemovalError('aborted', 'Loading was aborted by a newer update.', { cause });
}
