import { fetchAsset, SCRIPT, WASM } from '../assets/fetch-asset.ts';
import type { WorkingSize } from '../inpaint/fill.ts';
import type { GpuFill } from '../inpaint/gpu/gpu-fill.ts';
import { GpuNetworkFill } from '../inpaint/gpu/gpu-network-fill.ts';
import { GpuPainter } from '../inpaint/gpu/gpu-painter.ts';
import { GpuPushPull } from '../inpaint/gpu/gpu-push-pull.ts';
import { GpuReadbackFill } from '../inpaint/gpu/gpu-readback-fill.ts';
import type { NetworkModel } from '../inpaint/network/messages.ts';
import { NetworkFill, type Pace } from '../inpaint/network/network-fill.ts';
import type * as NetworkGpu from '../inpaint/network/network-gpu.ts';
import { WorkerPainter } from '../inpaint/network/worker-painter.ts';
import { packageAsset, packageAssetNames, removalErrorOf } from './assets.ts';
import type { RemovalError } from './errors.ts';
import { trustedScript } from './trusted-script.ts';

/** More threads than this gain little and starve the rest of the page. */
const MOST_THREADS = 4;
/**
 * A call's network runs on the GPU where a run takes no longer, milliseconds: the queue is one, so a longer one would
 * hold up the frames. A worker of its own holds up none.
 */
const MOST_MS = 25;

const NETWORK = { name: 'ONNX network', wrongType: (type: string) => type.includes('html') };

/** The weights that the networks of all sizes and precisions have in common (`tools/onnx-weights.mjs`). */
const WEIGHTS = 'inpaint.weights';

type Precision = 'fp16' | 'fp32';
const nameOf = ({ width, height }: WorkingSize, precision: Precision) => `inpaint-${width}x${height}.${precision}.onnx`;

/** The working sizes that this build has a network for; none where it was built without weights. */
function networkSizes(): WorkingSize[] {
  return packageAssetNames().flatMap((name) => {
    const [, width, height] = name.match(/^inpaint-(\d+)x(\d+)\.fp16\.onnx$/) ?? [];
    return width && height ? [{ width: Number(width), height: Number(height) }] : [];
  });
}

/** A network, with the file of its weights where it has none of its own. */
async function loadNetwork(assets: string, size: WorkingSize, precision: Precision): Promise<NetworkModel> {
  const file = (name: string) => fetchAsset(packageAsset(assets, name), NETWORK);
  const [model, data] = await Promise.all([
    file(nameOf(size, precision)),
    packageAssetNames().includes(WEIGHTS) ? file(WEIGHTS) : undefined,
  ]);
  return { model, weights: data && [{ path: WEIGHTS, data }] };
}

export interface NetworkOptions {
  /** Base URL, with its closing slash. */
  readonly assets: string;
  readonly pace: Pace;
  /** Called when the network failed; the message says what is used instead. */
  onError(error: RemovalError): void;
}

/** The transformer in a worker of its own, its files loaded at the first frame; undefined where this build has none. */
export function networkFill({ assets, pace, onError }: NetworkOptions): NetworkFill | undefined {
  const sizes = networkSizes();
  if (!sizes.length) return undefined;
  return new NetworkFill({
    sizes,
    pace,
    onError: (error) =>
      onError(removalErrorOf(error, 'network-failed', 'The network failed; what was never seen is filled in smoothly')),
    open: async (size) => {
      const script = packageAsset(assets, 'network.js');
      const [runtime, network] = await Promise.all([
        fetchAsset(packageAsset(assets, 'ort-wasm-simd-threaded.wasm'), WASM),
        loadNetwork(assets, size, 'fp16'),
        // A worker whose script is missing says nothing of the reason; this does, and the worker finds it in the cache.
        fetchAsset(script, SCRIPT),
      ]);
      const threads = self.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency >> 1 || 1) : 1;
      return WorkerPainter.create(
        new Worker(trustedScript(script.url), { type: 'module', name: 'clean-plate network' }),
        { runtime, ...network },
        threads,
      );
    },
  });
}

/**
 * The transformer on the inpainter's own device; where it cannot run there, or too slowly for a call, the one in a
 * worker, to which frames are read back.
 *
 * @param software the device computes on the CPU, several times slower than WASM does.
 */
export async function gpuNetworkFill(
  device: GPUDevice,
  software: boolean,
  options: NetworkOptions,
): Promise<GpuFill | undefined> {
  const inWorker = () => {
    const fill = networkFill(options);
    return fill && new GpuReadbackFill(device, fill);
  };
  if (software || !('Suspending' in WebAssembly) || !networkSizes().length) return inWorker();
  const { assets, pace, onError } = options;
  let lost = false;
  void device.lost.then(() => {
    lost = true;
  });
  return new GpuNetworkFill(await GpuPushPull.create(device), {
    sizes: networkSizes(),
    pace,
    open: async (size) => {
      const { openSession } = await runtimeOf(assets);
      const precision = device.features.has('shader-f16') ? 'fp16' : 'fp32';
      const network = await loadNetwork(assets, size, precision);
      const { painter, ms } = await GpuPainter.create(device, await openSession(device, network));
      if (pace === 'synchronous' || ms <= MOST_MS) return painter;
      painter.close();
      throw new TooSlow(`The network takes ${ms.toFixed(0)} ms a frame on this GPU.`);
    },
    instead: (error) => {
      const goesOn = 'The network could not be run on the GPU; it goes on in a worker';
      // Whoever uses a lost device reports it, and a slow one is no error.
      if (!lost && !(error instanceof TooSlow)) onError(removalErrorOf(error, 'network-failed', goesOn));
      return inWorker()!;
    },
  });
}

class TooSlow extends Error {}

let runtime: Promise<typeof NetworkGpu> | undefined;

/** ONNX Runtime for WebGPU: one in a worker's life. */
function runtimeOf(assets: string): Promise<typeof NetworkGpu> {
  runtime ??= loadRuntime(assets).catch((error) => {
    runtime = undefined;
    throw error;
  });
  return runtime;
}

async function loadRuntime(assets: string): Promise<typeof NetworkGpu> {
  const script = packageAsset(assets, 'network-gpu.js');
  const [wasm] = await Promise.all([
    fetchAsset(packageAsset(assets, 'ort-wasm-simd-threaded.jspi.wasm'), WASM),
    fetchAsset(script, SCRIPT),
  ]);
  const module = (await import(script.url)) as typeof NetworkGpu;
  module.setRuntime(wasm);
  return module;
}
