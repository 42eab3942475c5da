import { RemovalError, type Remover, type RemoverStats, type Support } from '../src/processor/index.ts';

/** States, errors and figures that are kept for a report, the oldest dropped first. */
const MOST = 200;

type Entry = { readonly at: number } & Readonly<Record<string, unknown>>;

/** What happened since the page was opened, for a bug report: no pictures, no device names, no identifiers. */
export class Diary {
  readonly #happened: Entry[] = [];
  #support: Support | undefined;

  note(what: Readonly<Record<string, unknown>>): void {
    this.#happened.push({ at: Math.round(performance.now()), ...what });
    if (this.#happened.length > MOST) this.#happened.shift();
  }

  noteError(error: unknown): void {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    this.note({ error: name, message, ...(error instanceof RemovalError ? { code: error.code, url: error.url } : {}) });
  }

  noteSupport(support: Support): void {
    this.#support = support;
  }

  follow(remover: Remover): void {
    remover.addEventListener('statechange', ({ detail }) => this.note({ ...detail }));
    remover.addEventListener('overload', ({ detail }) => this.note({ overload: detail.reason }));
    remover.addEventListener('recovered', ({ detail }) => this.note({ recovered: detail.what }));
    remover.addEventListener('error', ({ detail }) => this.noteError(detail));
  }

  /** Everything, as JSON that a person can read. */
  report(stats: RemoverStats | undefined, source: MediaStreamTrack | undefined): string {
    const { width, height, frameRate } = source?.getSettings() ?? {};
    const { userAgent, hardwareConcurrency } = navigator;
    const report = {
      what: 'Clean Plate, diagnostic report; times in milliseconds since the page was opened',
      browser: {
        userAgent,
        cores: hardwareConcurrency,
        isolated: crossOriginIsolated,
        visible: document.visibilityState,
      },
      support: this.#support ?? 'not known yet',
      source: { width, height, frameRate, state: source?.readyState ?? 'none' },
      stats: stats ?? 'none yet',
      loads: performance.getEntriesByType('resource').map((entry) => {
        const { name, startTime, duration, transferSize } = entry as PerformanceResourceTiming;
        const { origin, pathname } = new URL(name);
        const path = origin === location.origin ? pathname : origin;
        return { path, at: Math.round(startTime), ms: Math.round(duration), bytes: transferSize };
      }),
      happened: this.#happened,
    };
    return JSON.stringify(report, null, 2);
  }
}

/** Saves text as a file of the person's own; it is sent nowhere. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
