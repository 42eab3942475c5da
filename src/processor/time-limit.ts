/** What {@link within} rejects with. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * Waits for `work`, but no longer than `ms` milliseconds: a promise of the browser's that never settles must not become
 * one of ours.
 *
 * @param what is waited for, as the message names it
 * @param late is given what comes all the same, to give it back
 * @throws TimeLimitError
 */
export function within<T>(work: Promise<T>, ms: number, what: string, late: (value: T) => void = () => {}): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      reject(new TimeLimitError(`${what} did not answer within ${ms / 1000} s`));
    }, ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        if (over) late(value);
        else resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** A signal that follows `outer`, and aborts by itself once {@link moved} was not called for `ms` milliseconds. */
export class Patience {
  readonly #abort = new AbortController();
  readonly #outer: AbortSignal;
  readonly #ms: number;
  readonly #follow = () => this.#abort.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Rejects with a {@link TimeLimitError} when it is over. */
  readonly over: Promise<never>;
  #lose: (error: TimeLimitError) => void = () => {};

  constructor(ms: number, outer: AbortSignal) {
    this.#ms = ms;
    this.#outer = outer;
    if (outer.aborted) this.#follow();
    outer.addEventListener('abort', this.#follow);
    this.over = new Promise((_, reject) => {
      this.#lose = reject;
    });
    this.over.catch(() => {});
    this.moved();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  moved(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#lose(new TimeLimitError(`nothing happened for ${this.#ms / 1000} s`));
      this.#abort.abort();
    }, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#follow);
  }
}
