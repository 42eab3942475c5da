import { find } from './controls.ts';

/** What the models of `npx clean-plate fetch-models` know of what stands in rooms: names of COCO. */
const NAMES = [
  'backpack',
  'bed',
  'book',
  'bottle',
  'bowl',
  'cat',
  'cell phone',
  'chair',
  'clock',
  'couch',
  'cup',
  'dining table',
  'dog',
  'handbag',
  'keyboard',
  'laptop',
  'mouse',
  'potted plant',
  'refrigerator',
  'suitcase',
  'teddy bear',
  'tv',
  'umbrella',
  'vase',
  'wine glass',
];

/** The folder with the models, beside the page. */
export const MODELS = new URL('models/', location.href);

/**
 * The menu of things that are known by name. It opens once the models are found; until then it says how to get them.
 */
export class ClassMenu {
  readonly #area = find('#classes', HTMLElement);
  readonly #select = find('#class', HTMLSelectElement);
  readonly #button = find('#add-class', HTMLButtonElement);
  readonly #missing = find('#no-models', HTMLElement);
  #asked = false;

  /** @param onChoose a name was chosen that is not in force yet */
  constructor(onChoose: (name: string) => void) {
    this.#select.append(...NAMES.map((name) => new Option(name)));
    // A button beside it, since a menu that acts by itself does so at every letter that somebody types to search it.
    this.#button.addEventListener('click', () => {
      const option = this.#select.selectedOptions[0];
      if (option && !option.disabled) onChoose(option.value);
    });
  }

  /** @param chosen what is in force; undefined hides the menu */
  show(chosen: readonly string[] | undefined): void {
    this.#area.hidden = chosen === undefined;
    if (!chosen) return;
    for (const option of this.#select.options) option.disabled = chosen.includes(option.value);
    if (!this.#asked) void this.#ask();
  }

  focus(): void {
    this.#select.focus();
  }

  async #ask(): Promise<void> {
    this.#asked = true;
    const answer = await fetch(new URL('coco_ssd_mobilenet_v1.tflite', MODELS), { method: 'HEAD' }).catch(
      () => undefined,
    );
    const found = answer?.ok === true;
    this.#select.disabled = !found;
    this.#button.disabled = !found;
    this.#missing.hidden = found;
    this.#asked = found; // asked again when the mode is chosen again
  }
}
