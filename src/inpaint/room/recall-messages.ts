import type { RecallInput, Recollection } from './recall.ts';

/** What `completion-worker.ts` is sent to find a room again. */
export interface ToRecaller {
  readonly type: 'recall';
  readonly input: RecallInput;
}

/** What it answers. */
export type FromRecaller =
  | { readonly type: 'recalled'; readonly recollection: Recollection | undefined }
  | { readonly type: 'failed'; readonly message: string };
