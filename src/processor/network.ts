import type { WorkingSize } from '../inpaint/fill.ts';
import { NetworkFill, type Pace } from '../inpaint/network/network-fill.ts';
import { WorkerPainter } from '../inpaint/network/worker-painter.ts';
import { fetchAsset, SCRIPT, WASM } from '../segmentation/fetch-asset.ts';
import { packageAsset, packageAssetNames, removalErrorOf } from './assets.ts';
import type { RemovalError } from './errors.ts';

/** More threads than this gain little and starve the rest of the page. */
const MOST_THREADS = 4;

const NETWORK = { name: 'ONNX network', wrongType: (type: string) => type.includes('html') };
const nameOf = ({ width, height }: WorkingSize) => `inpaint-${width}x${height}.onnx`;

/** The working sizes that this build has a network for; none where it was built without weights. */
function networkSizes(): WorkingSize[] {
  return packageAssetNames().flatMap((name) => {
    const [, width, height] = name.match(/^inpaint-(\d+)x(\d+)\.onnx$/) ?? [];
    return width && height ? [{ width: Number(width), height: Number(height) }] : [];
  });
}

/**
 * The transformer in a worker of its own, its files loaded at the first frame; undefined where this build has none.
 *
 * @param assets base URL, with its closing slash.
 */
export function networkFill(
  assets: string,
  pace: Pace,
  onError: (error: RemovalError) => void,
): NetworkFill | undefined {
  const sizes = networkSizes();
  if (!sizes.length) return undefined;
  return new NetworkFill({
    sizes,
    pace,
    onError: (error) =>
      onError(removalErrorOf(error, 'network-failed', 'The network failed; what was never seen is filled in smoothly')),
    open: async (size) => {
      const script = packageAsset(assets, 'network.js');
      const [runtime, model] = await Promise.all([
        fetchAsset(packageAsset(assets, 'ort-wasm-simd-threaded.wasm'), WASM),
        fetchAsset(packageAsset(assets, nameOf(size)), NETWORK),
        // A worker whose script is missing says nothing of the reason; this does, and the worker finds it in the cache.
        fetchAsset(script, SCRIPT),
      ]);
      const threads = self.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency >> 1 || 1) : 1;
      return WorkerPainter.create(
        new Worker(script.url, { type: 'module', name: 'clean-plate network' }),
        { runtime, model },
        threads,
      );
    },
  });
}
