import { type RecallInput, type Recollection, recall } from './recall.ts';

/** Finds rooms again, off the frame path. */
export interface Recaller {
  /** Rejects with what went wrong. The view's buffers are the recaller's from then on; the rooms' are not. */
  recall(input: RecallInput): Promise<Recollection | undefined>;
  close(): void;
}

/** A {@link Recaller} in the thread that it is called in. */
export class LocalRecaller implements Recaller {
  async recall(input: RecallInput): Promise<Recollection | undefined> {
    return recall(input);
  }

  close(): void {}
}
