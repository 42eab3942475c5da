/**
 * A part that is being opened, until it is closed. Closed too early, it is closed when it comes: nobody else would.
 */
export class LazyResource<T extends { close(): void }> {
  /** Resolves when the part is there or will never be; never rejects. */
  readonly done: Promise<void>;
  #part: T | undefined;
  #closed = false;

  /** @param onError not called after `close`. */
  constructor(open: () => Promise<T>, onError: (error: unknown) => void) {
    this.done = this.#open(open, onError);
  }

  get part(): T | undefined {
    return this.#part;
  }

  close(): void {
    this.#closed = true;
    this.#part?.close();
    this.#part = undefined;
  }

  async #open(open: () => Promise<T>, onError: (error: unknown) => void): Promise<void> {
    try {
      const part = await open();
      if (this.#closed) part.close();
      else this.#part = part;
    } catch (error) {
      if (!this.#closed) onError(error);
    }
  }
}
