import { besideModule } from './beside.ts';
import { RemovalError } from './errors.ts';

/** @param create option `createWorker` */
export function startWorker(create: (() => Worker) | undefined): Worker {
  try {
    // The literal form is what bundlers look for.
    return create ? create() : new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw RemovalError.from(error, 'worker-failed', "The worker could not be created; see option 'createWorker'");
  }
}

/** What an error event of a worker says; that of a script that could not be loaded says nothing. */
export function whatFailed({ message }: ErrorEvent): string {
  return message || 'its script could not be loaded';
}

/** What a worker's error event is while it starts. */
export function notStarted(event: ErrorEvent): RemovalError {
  const url = event.filename || besideModule('worker.js');
  const message = `The worker could not be started (${whatFailed(event)}). Is worker.js served at ${url}${withWhat(event)}?`;
  return new RemovalError('worker-failed', message, { url });
}

/**
 * A browser that refuses a script for want of a header says nothing of it: https://github.com/whatwg/html/issues/4924.
 * Whether the page has the header itself shows for certain only where it is isolated.
 */
function withWhat({ message }: ErrorEvent): string {
  if (message) return '';
  const header = 'the header Cross-Origin-Embedder-Policy';
  return globalThis.crossOriginIsolated
    ? `, with ${header}, as this page is`
    : `, and with ${header} if this page has it`;
}

/** What a start that was ended by the app's signal rejects with. */
export function aborted(signal: AbortSignal | undefined): RemovalError {
  return new RemovalError('aborted', 'The start was aborted by its AbortSignal.', { cause: signal?.reason });
}
