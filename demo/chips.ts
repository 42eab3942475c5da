/** One thing in the list, with what becomes of it when it is dropped. */
export interface Chip {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Why; empty where there is nothing to say. */
  readonly reason: string;
  /** What the button says to those who do not see it. */
  readonly drop: string;
}

interface Row {
  readonly item: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly state: HTMLElement;
  readonly reason: HTMLElement;
}

/** Rows stay the same elements while they are there: focus stays, and only what changed is announced. */
export class Chips {
  readonly #list: HTMLElement;
  readonly #onDrop: (id: string) => void;
  readonly #rows = new Map<string, Row>();

  constructor(list: HTMLElement, onDrop: (id: string) => void) {
    this.#list = list;
    this.#onDrop = onDrop;
  }

  show(chips: readonly Chip[]): void {
    for (const [id, { item }] of this.#rows) {
      if (chips.some((chip) => chip.id === id)) continue;
      item.remove();
      this.#rows.delete(id);
    }
    for (const chip of chips) {
      const row = this.#rows.get(chip.id) ?? this.#add(chip);
      row.item.dataset.state = chip.state;
      if (row.state.textContent !== chip.state) row.state.textContent = chip.state;
      if (row.reason.textContent !== chip.reason) row.reason.textContent = chip.reason;
    }
    this.#list.hidden = chips.length === 0;
  }

  #add({ id, name, drop }: Chip): Row {
    const row: Row = {
      item: document.createElement('li'),
      button: document.createElement('button'),
      state: document.createElement('span'),
      reason: document.createElement('small'),
    };
    const title = document.createElement('strong');
    title.textContent = name;
    row.button.type = 'button';
    row.button.textContent = '×';
    row.button.setAttribute('aria-label', drop);
    row.button.addEventListener('click', () => this.#onDrop(id));
    row.item.append(title, row.state, row.button, row.reason);
    this.#list.append(row.item);
    this.#rows.set(id, row);
    return row;
  }
}
