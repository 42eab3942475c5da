import { openSink, type TransportKind } from '../transport/open.ts';
import { RemovalError } from './errors.ts';
import type { RemoverOptions } from './options.ts';
import type { FirstMessage, FromGuardian, StartOptions } from './protocol.ts';
import { aborted, notStarted, startWorker } from './start-worker.ts';
import { usableTransports } from './support.ts';

/** A worker's script that has not run by then never will, milliseconds. */
const START_MS = 20_000;

export interface OpenGuardian {
  readonly guardian: Worker;
  readonly transport: TransportKind;
  /** What goes to the room. */
  readonly track: MediaStreamTrack;
}

/**
 * Starts the guardian with an output track.
 *
 * @throws RemovalError `unsupported`, `worker-failed`, `aborted`; nothing is left open then
 */
export async function openGuardian(
  { transport: wanted = 'auto', createWorker, signal }: RemoverOptions,
  options: StartOptions,
): Promise<OpenGuardian> {
  const transport = await chooseTransport(wanted);
  if (signal?.aborted) throw aborted(signal);
  const guardian = startWorker(createWorker);
  const output = openSink(transport);
  try {
    const started = whenStarted(guardian, signal);
    const first: FirstMessage = { type: 'guard', sink: output.handle, options };
    guardian.postMessage(first, output.transfer);
    const sent = await started;
    const track = output.track ?? sent;
    if (!track) throw new RemovalError('worker-failed', 'The worker sent no output track.');
    return { guardian, transport, track };
  } catch (error) {
    guardian.terminate();
    output.track?.stop();
    throw error;
  }
}

/** The best that `checkSupport` finds, or the one that is wanted if it is among them. */
async function chooseTransport(wanted: TransportKind | 'auto'): Promise<TransportKind> {
  if (typeof document === 'undefined') {
    throw new RemovalError('unsupported', 'Remover.create needs a browser page; there is no document here.');
  }
  const { kinds, missing } = await usableTransports();
  const [best] = kinds;
  if (!best) {
    throw new RemovalError(
      'unsupported',
      `This browser cannot process a camera track. It lacks: ${missing.join(', ')}.`,
    );
  }
  if (wanted === 'auto') return best;
  if (kinds.includes(wanted)) return wanted;
  throw new RemovalError('unsupported', `This browser has no '${wanted}' transport; it has: ${kinds.join(', ')}.`);
}

/** Resolves with the track where the worker makes it. */
function whenStarted(worker: Worker, signal: AbortSignal | undefined): Promise<MediaStreamTrack | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new RemovalError('worker-failed', `The worker did not start within ${START_MS / 1000} seconds.`)),
      START_MS,
    );
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      done();
      reject(aborted(signal));
    };
    signal?.addEventListener('abort', onAbort);
    worker.onmessage = ({ data }: MessageEvent<FromGuardian>) => {
      if (data.type !== 'started') return;
      done();
      resolve(data.track);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      done();
      reject(notStarted(event));
    };
  });
}
