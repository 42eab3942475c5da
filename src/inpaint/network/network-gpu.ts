import { env, InferenceSession, Tensor } from 'onnxruntime-web/jspi';
import type { GpuSession } from '../gpu/gpu-painter.ts';
import type { NetworkModel } from './messages.ts';

/**
 * ONNX Runtime on WebGPU, as a module of its own (`assets/network-gpu.js`) that is loaded into the worker of the frames
 * when the network runs there: a GPU device cannot be shared between workers. This is the runtime's smaller build,
 * which waits with JSPI (`WebAssembly.Suspending`).
 */

let sessions: Promise<unknown> = Promise.resolve();

/** @param wasm the bytes of ONNX Runtime's wasm; to be called once, before the first session. */
export function setRuntime(wasm: Uint8Array): void {
  env.wasm.wasmBinary = wasm;
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
}

/** @param device also the caller's own; it should have `shader-f16` for a network of 16-bit floats. */
export function openSession(device: GPUDevice, network: NetworkModel): Promise<GpuSession> {
  // The runtime makes one session at a time.
  const session = sessions.then(() => create(device, network));
  sessions = session.catch(() => {});
  return session;
}

async function create(device: GPUDevice, { model, weights }: NetworkModel): Promise<GpuSession> {
  const session = await InferenceSession.create(model, {
    // Shapes are static: buffers of exactly the right size are found again in every run. As a plain name the device is
    // ignored.
    executionProviders: [{ name: 'webgpu', device, storageBufferCacheMode: 'simple' }],
    graphOptimizationLevel: 'all',
    externalData: weights ?? [],
    preferredOutputLocation: 'gpu-buffer',
  });
  delete env.wasm.wasmBinary;
  const types = new Map<string, { type: 'float32' | 'float16'; shape: readonly number[] }>();
  for (const each of [...session.inputMetadata, ...session.outputMetadata]) {
    if (!each.isTensor || (each.type !== 'float32' && each.type !== 'float16')) {
      throw new Error(`${each.name} of the network is no tensor of floats.`);
    }
    types.set(each.name, { type: each.type, shape: each.shape.map(Number) });
  }
  const wrap = (buffers: Readonly<Record<string, GPUBuffer>>) =>
    Object.fromEntries(
      Object.entries(buffers).map(([name, buffer]) => {
        const { type, shape } = types.get(name)!;
        return [name, Tensor.fromGpuBuffer(buffer, { dataType: type, dims: shape })];
      }),
    );
  return {
    inputs: session.inputNames.map((name) => ({ name, ...types.get(name)! })),
    async run(inputs, outputs) {
      await session.run(wrap(inputs), wrap(outputs));
    },
    release: () => session.release(),
  };
}
