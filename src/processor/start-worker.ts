import { RemovalError } from './errors.ts';

/** @param create option `createWorker` */
export function startWorker(create: (() => Worker) | undefined): Worker {
  try {
    // The literal form is what bundlers look for.
    return create ? create() : new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw RemovalError.from(error, 'worker-failed', "The worker could not be made; see option 'createWorker'");
  }
}

/** What a start that was ended by the app's signal rejects with. */
export function aborted(signal: AbortSignal | undefined): RemovalError {
  return new RemovalError('aborted', 'The start was ended by its AbortSignal.', { cause: signal?.reason });
}
