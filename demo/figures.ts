import type { RemoverStats } from '../src/processor/index.ts';

/** The drawer with live figures. Rows are made once and only their text changes. */
export class Figures {
  readonly #table: HTMLElement;
  readonly #stages: HTMLElement;
  readonly #rows = new Map<string, HTMLElement>();

  constructor(table: HTMLElement, stages: HTMLElement) {
    this.#table = table;
    this.#stages = stages;
  }

  show(tier: string, stats: RemoverStats | undefined): void {
    this.#row('State', stats?.state ?? 'starting');
    this.#row('Tier', tier);
    this.#row('Backend', stats?.backend ?? 'none');
    this.#row('Picture', stats?.width ? `${stats.width} × ${stats.height}` : 'none yet');
    this.#row('Frames a second', (stats?.fps ?? 0).toFixed(1));
    this.#row('Frames written', String(stats?.frames ?? 0));
    this.#row('of them covered', String(stats?.coveredFrames ?? 0));
    this.#row('Hole in the picture', share(stats?.hole));
    this.#row('Behind it, really seen', share(stats?.known));
    if (stats) this.#bars(stats.ms);
  }

  #row(name: string, value: string): void {
    let cell = this.#rows.get(name);
    if (!cell) {
      cell = document.createElement('dd');
      const term = document.createElement('dt');
      term.textContent = name;
      this.#table.append(term, cell);
      this.#rows.set(name, cell);
    }
    if (cell.textContent !== value) cell.textContent = value;
  }

  /** One bar per stage, as long as its share of the longest. */
  #bars(ms: Readonly<Record<string, number>>): void {
    const longest = Math.max(1, ...Object.values(ms));
    const bars = Object.entries(ms).map(([stage, time]) => {
      const item = document.createElement('li');
      const name = document.createElement('span');
      name.textContent = stage;
      const bar = document.createElement('progress');
      bar.max = longest;
      bar.value = time;
      bar.setAttribute('aria-label', `${stage}, milliseconds a frame`);
      const value = document.createElement('span');
      value.textContent = `${time.toFixed(1)} ms`;
      item.append(name, bar, value);
      return item;
    });
    this.#stages.replaceChildren(...bars);
  }
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : `${(value * 100).toFixed(0)} %`;
}
