import type { Homography } from '../geometry.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { Mask } from '../mask.ts';
import { RemovalError } from './errors.ts';
import { Loader, type PartMakers, type ReadyParts, type Removal } from './loader.ts';
import type { Desired, Observed } from './state.ts';
import { isTargets, withoutFrames } from './targets.ts';

export interface InForceTools extends PartMakers {
  /** Resolves when no frame is in hand. */
  idle(): Promise<void>;
  /** Resolves when all that was written has left: a raw frame may have been under way. */
  flush(): Promise<void>;
  onChange(change: Partial<Observed>): void;
  onError(error: RemovalError): void;
}

/** Brings into force what is wished for, the newest wish alone, and makes failed parts anew. */
export class InForce {
  readonly #tools: InForceTools;
  readonly #loader: Loader;
  #wish = 0;
  #enabled = true;
  /** What is removed, once its parts are there. */
  #remove: Removal = 'people';
  /**
   * What was in force last, to which a wish that cannot be granted goes back. Undefined where nothing was removed: that
   * would leak.
   */
  #last: Removal | undefined;

  constructor(tools: InForceTools) {
    this.#tools = tools;
    this.#loader = new Loader(tools, () => tools.idle());
  }

  get inpainter(): Inpainter | undefined {
    return this.#loader.inpainter;
  }

  /** What makes clean frames now; undefined where all is to be covered. */
  ready(): ReadyParts | undefined {
    return this.#loader.for(this.#remove);
  }

  want({ wish, remove, enabled }: Desired): void {
    if (wish === this.#wish) return;
    this.#wish = wish;
    this.#enabled = enabled;
    this.#remove = remove;
    if (!enabled) {
      this.#last = undefined;
      this.#tools.onChange({ settled: wish });
      return;
    }
    this.#loader.adapt(remove);
    void this.#grant(wish, remove);
  }

  /** The scene is another one. */
  reset(): void {
    this.#loader.reset();
  }

  /** Learns from the frame that is out. Gives the milliseconds that both parts took. */
  settle(late: boolean): { readonly segment: number; readonly inpaint: number } {
    const started = performance.now();
    this.#loader.masks?.settle?.();
    const between = performance.now();
    this.#loader.inpainter?.settle(late);
    return { segment: between - started, inpaint: performance.now() - between };
  }

  /** The camera moved so far that the plate was forgotten. */
  forgetBackground(): void {
    this.#loader.masks?.reset();
  }

  /** The camera moved, and the plate with it. */
  followCamera(map: Homography): void {
    this.#loader.masks?.follow?.(map);
  }

  /** The masks found somebody late. */
  forgetLate(mask: Mask): void {
    this.#loader.masks?.forget?.(mask);
  }

  /** Makes a failed part anew, behind the cover. */
  rebuild(what: 'segmentation' | 'inpainting'): void {
    if (!this.#enabled || this.#loader.loading) return;
    this.#loader.drop(what);
    if (what === 'segmentation') this.#remove = withoutFrames(this.#remove);
    const wish = this.#wish;
    this.#tools.onChange({ parts: 'loading', shown: 'none' });
    this.#loader.load(this.#remove).then(
      () => wish === this.#wish && this.#tools.onChange({ parts: 'ready' }),
      (cause: unknown) => {
        const error = started(cause);
        if (wish !== this.#wish || error.code === 'aborted') return;
        this.#tools.onChange({ parts: 'failed', error: error.toWire() });
        this.#tools.onError(error);
      },
    );
  }

  close(): void {
    this.#wish = Number.POSITIVE_INFINITY;
    this.#enabled = false;
    this.#loader.close();
  }

  async #grant(wish: number, remove: Removal): Promise<void> {
    if (this.#loader.for(remove)) {
      // What was wished for in between would take its place when it came.
      this.#loader.endLoading();
    } else {
      this.#tools.onChange({ parts: 'loading', shown: 'none' });
      try {
        await this.#loader.load(remove);
      } catch (error) {
        if (wish === this.#wish) this.#refuse(wish, started(error));
        return;
      }
    }
    if (wish !== this.#wish) return;
    this.#last = remove;
    this.#tools.onChange({ parts: 'ready', ...(isTargets(remove) ? {} : { targets: [] }) });
    await this.#tools.flush();
    if (wish === this.#wish) this.#tools.onChange({ settled: wish });
  }

  #refuse(wish: number, reason: RemovalError): void {
    const instead = this.#last && this.#loader.for(this.#last) ? this.#last : undefined;
    if (instead) this.#remove = instead;
    const error = reason.toWire();
    this.#tools.onChange({ refused: { wish, error, instead }, error, parts: instead ? 'ready' : 'failed' });
  }
}

function started(error: unknown): RemovalError {
  return RemovalError.from(error, 'segmentation-failed', 'Removal could not be started');
}
