import { besideModule } from './beside.ts';
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

/** What an error event of a worker says; that of a script that could not be loaded says nothing. */
export function whatFailed({ message }: ErrorEvent): string {
  return message || 'its script could not be loaded';
}

/** What a worker's error event is while it starts. */
export function notStarted(event: ErrorEvent): RemovalError {
  const url = event.filename || besideModule('worker.js');
  const message = `The worker could not be started (${whatFailed(event)}). Is worker.js served at ${url}?`;
  return new RemovalError('worker-failed', message, { url });
}

/** What a start that was ended by the app's signal rejects with. */
export function aborted(signal: AbortSignal | undefined): RemovalError {
  return new RemovalError('aborted', 'The start was ended by its AbortSignal.', { cause: signal?.reason });
}
