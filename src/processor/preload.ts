import { addCompiled } from '../assets/compiled.ts';
import { besideModule } from './beside.ts';
import { RemovalError } from './errors.ts';
import { type AssetProgress, assetBase, checkOptions, type RemoverOptions } from './options.ts';
import type { FirstMessage, FromPreload } from './protocol.ts';
import { orderOf } from './remove.ts';
import type { Remove } from './remove-option.ts';
import { aborted, notStarted, startWorker } from './start-worker.ts';

/** What {@link preload} is told: the same as the remover that will use it. */
export type PreloadOptions = Pick<RemoverOptions, 'remove' | 'assets' | 'createWorker' | 'signal' | 'onProgress'>;

/**
 * Loads, checks and compiles ahead what removal needs, in a worker, so that a remover made later has its first clean
 * frame sooner: while people are still in the lobby, say. The files stay in the browser's cache by their hash, for
 * later visits too; the compiled code stays for this page's life. No camera is needed, and none is touched. The network
 * of option `network` is not loaded ahead: which of its files is needed depends on the camera's shape.
 *
 * @throws RemovalError `invalid-option`, `worker-failed`, `asset-*` with the URL, `unsupported`, or `aborted` by the
 *   signal.
 */
export async function preload(options: PreloadOptions = {}): Promise<void> {
  checkOptions(options);
  if (typeof document === 'undefined') {
    throw new RemovalError('unsupported', 'preload needs a browser page; there is no document here.');
  }
  const { signal, onProgress } = options;
  const remove: Remove = options.remove ?? 'people';
  const assets = assetBase(options.assets, besideModule('assets/'));
  const order = orderOf(remove, assets, document.baseURI);
  if (signal?.aborted) throw aborted(signal);
  if (order === 'nothing') return;
  const worker = startWorker(options.createWorker);
  let onAbort = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(aborted(signal));
      signal?.addEventListener('abort', onAbort);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(notStarted(event));
      };
      worker.onmessage = ({ data }: MessageEvent<FromPreload>) => {
        if (data.type === 'progress') onProgress?.(data.progress satisfies AssetProgress);
        else if (data.type === 'failed') reject(RemovalError.fromWire(data.error));
        else {
          addCompiled(data.compiled);
          resolve();
        }
      };
      worker.postMessage({ type: 'preload', remove: order, assets } satisfies FirstMessage);
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    worker.terminate();
  }
}
