import type { PlateView } from '../inpaint/plate-view.ts';
import type { RemovalError } from './errors.ts';

interface Look {
  resolve(view: PlateView | undefined): void;
  reject(error: RemovalError): void;
}

/** Requests for the plate that are not answered yet. */
export class PlateRequests {
  readonly #open = new Map<number, Look>();
  #count = 0;

  /** @param post sends the question with its number */
  ask(post: (id: number) => void): Promise<PlateView | undefined> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      post(id);
    });
  }

  answer(id: number, view: PlateView | undefined): void {
    this.#open.get(id)?.resolve(view);
    this.#open.delete(id);
  }

  rejectAll(error: RemovalError): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}
