import { addCompiled } from '../assets/compiled.ts';
import { besideModule } from './beside.ts';
import { RemovalError } from './errors.ts';
import { type AssetProgress, assetBase, checkOptions, type RemoverOptions } from './options.ts';
import type { FirstMessage, FromPreload } from './protocol.ts';
import { orderOf } from './remove.ts';
import type { Remove } from './remove-option.ts';
import { aborted, notStarted, startWorker } from './start-worker.ts';

/** Options of {@link preload}: the same as the later remover's. */
export type PreloadOptions = Pick<RemoverOptions, 'remove' | 'assets' | 'createWorker' | 'signal' | 'onProgress'>;

/**
 * Loads, checks and compiles what removal needs, in a worker and without a camera, so that a later remover has its
 * first clean frame sooner. Files stay in the browser's cache, compiled code for this page's life. Leaves
 * out the network of option `network`: its files depend on the camera's shape.
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
