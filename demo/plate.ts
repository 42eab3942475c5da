import type { Remover } from '../src/processor/index.ts';

/** The parts of the page that show the plate. */
interface PlatePage {
  readonly toggle: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly words: HTMLElement;
}

/** The clean plate, where somebody wants to see it, over stripes: they show through what nobody has seen. */
export class PlateView {
  readonly #page: PlatePage;
  readonly #context: ImageBitmapRenderingContext | null;
  #asking = false;

  /** @param onOpen draws at once what {@link show} would draw in its turn. */
  constructor(page: PlatePage, onOpen: () => void) {
    this.#page = page;
    this.#context = page.picture.getContext('bitmaprenderer');
    page.toggle.addEventListener('click', () => {
      page.panel.hidden = !page.panel.hidden;
      page.toggle.setAttribute('aria-expanded', String(!page.panel.hidden));
      onOpen();
    });
  }

  /** Asks for the plate and draws it, if it is open; one question at a time. */
  async show(remover: Remover | undefined, words: string): Promise<void> {
    const { panel, words: line } = this.#page;
    if (panel.hidden) return;
    if (line.textContent !== words) line.textContent = words;
    if (this.#asking || !remover) return;
    this.#asking = true;
    try {
      this.#context?.transferFromImageBitmap(await remover.plate());
    } catch {
      // Closed, or lost: reported elsewhere, and what is drawn was fit to be seen.
    } finally {
      this.#asking = false;
    }
  }
}
