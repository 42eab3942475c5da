/// <reference path="./litert-loader.d.ts" />
import ModuleFactory, { type LiteRtModule } from '@litertjs/core/wasm/litert_wasm_compat_internal.js';
import { AssetError } from '../../assets/asset-error.ts';
import type { Asset, FetchAssetOptions } from '../../assets/fetch-asset.ts';
import { loadWasm } from '../../assets/load-wasm.ts';
import { logLine } from '../../log.ts';
import type { ModelImage, PersonModel } from './model.ts';
import { Resampler, type Size } from './resize.ts';

/** All models here have one signature with one input and one output. */
const ONLY = 0;

/**
 * The LiteRT runtime: TensorFlow Lite with XNNPACK, in WebAssembly on one thread. It needs neither WebGL nor a GPU
 * process, so nothing outside of this worker can take a model away. All models share the runtime's memory.
 *
 * It is driven through the bindings of the wasm module itself. The package's own JavaScript would look for the module
 * beside the worker's script, make a WebGPU device unasked, and answer asynchronously what the module answers at once.
 */
export class LiteRtRuntime {
  readonly #module: LiteRtModule;
  readonly #environment: Environment;

  private constructor(module: LiteRtModule) {
    this.#module = module;
    this.#environment = module.LiteRtEnvironment.create(null);
  }

  /**
   * @param wasm `litert_wasm_compat_internal.wasm`: as fast here as the build with relaxed SIMD, and every browser runs
   *   it
   * @throws {AssetError}
   */
  static async load(wasm: Asset, options?: FetchAssetOptions): Promise<LiteRtRuntime> {
    const compiled = await loadWasm(wasm, options);
    return new LiteRtRuntime(await instantiate(compiled));
  }

  /**
   * @param url of the model, for the error
   * @param bytes a model of one RGB picture (1 x H x W x 3, 0..1) to one map (1 x H x W x 1)
   * @throws {AssetError}
   */
  async createPersonModel(url: string, bytes: Uint8Array): Promise<PersonModel> {
    const module = this.#module;
    const environment = this.#environment;
    const address = module._malloc(bytes.length);
    const free = () => module._free(address);
    try {
      module.HEAPU8.set(bytes, address); // read only now: `_malloc` replaces the views where the memory grows
      const model = module.loadModel(environment, address, bytes.length);
      const compiled = await module.compileModel(environment, model, { environment, ...ON_ONE_THREAD });
      return new LiteRtPersonModel(module, environment, model, compiled, free);
    } catch (cause) {
      free();
      throw new AssetError(url, 'corrupt', 'LiteRT could not load this model.', { cause });
    }
  }
}

const ON_ONE_THREAD = { accelerator: 'wasm', cpuOptions: { numThreads: 1 }, gpuOptions: {}, webNNOptions: {} } as const;

type Environment = ReturnType<LiteRtModule['LiteRtEnvironment']['create']>;
type Model = ReturnType<LiteRtModule['loadModel']>;
type CompiledModel = Awaited<ReturnType<LiteRtModule['compileModel']>>;
type TensorBuffer = ReturnType<CompiledModel['run']>[number];

/** Sizes of pictures for which a model remembers how they are scaled. */
const MAX_SIZES = 4;

interface Resamplers {
  /** Of the picture, pixels. */
  readonly size: Size;
  readonly toModel: Resampler;
  readonly fromModel: Resampler;
}

class LiteRtPersonModel implements PersonModel {
  readonly #module: LiteRtModule;
  readonly #compiled: CompiledModel;
  readonly #input: TensorBuffer;
  readonly #size: Size;
  readonly #owned: readonly { delete(): void }[];
  readonly #onClosed: () => void;
  #resamplers: readonly Resamplers[] = [];

  constructor(
    module: LiteRtModule,
    environment: Environment,
    model: Model,
    compiled: CompiledModel,
    onClosed: () => void,
  ) {
    this.#module = module;
    this.#compiled = compiled;
    const input = model.getInputTensorType(ONLY, ONLY);
    const output = model.getOutputTensorType(ONLY, ONLY);
    try {
      const [, height = 0, width = 0, channels] = dimensionsOf(input);
      if (channels !== 3) throw new Error(`The model takes ${channels ?? 'no'} channels, not RGB.`);
      if (output.bytes() !== width * height * Float32Array.BYTES_PER_ELEMENT) {
        throw new Error(`The model answers ${output.bytes()} bytes for ${width}x${height}, not one map.`);
      }
      this.#size = { width, height };
      const { HOST_MEMORY } = module.LiteRtTensorBufferType;
      this.#input = module.LiteRtTensorBuffer.createManaged(environment, HOST_MEMORY, input, input.bytes());
    } finally {
      input.delete();
      output.delete();
    }
    this.#owned = [this.#input, compiled, model];
    this.#onClosed = onClosed;
  }

  segment(image: ModelImage, out: Float32Array): void {
    const { READ, WRITE } = this.#module.LiteRtTensorBufferLockMode;
    const values = this.#view(this.#input.lock(WRITE), 3);
    // MediaPipe's way, for whose masks everything behind them is tuned: picture by corners, mask by centres.
    const { toModel, fromModel } = this.#resamplersFor(image);
    toModel.colours(image.rgba, values, 1 / 255);
    this.#input.unlock();
    const outputs = this.#compiled.run(ONLY, [this.#input]);
    try {
      const output = outputs[ONLY];
      if (!output) throw new Error('LiteRT returned no output.');
      fromModel.map(this.#view(output.lock(READ), 1), out);
      output.unlock();
    } finally {
      for (const output of outputs) output.delete();
    }
  }

  /** A model sees pictures of few sizes: the whole frame's, and that of its crops. */
  #resamplersFor({ width, height }: Size): Resamplers {
    let found = this.#resamplers.find(({ size }) => size.width === width && size.height === height);
    if (!found) {
      const size = { width, height };
      found = {
        size,
        toModel: new Resampler(size, this.#size, 'corner'),
        fromModel: new Resampler(this.#size, size, 'centre'),
      };
      this.#resamplers = [found, ...this.#resamplers].slice(0, MAX_SIZES);
    }
    return found;
  }

  close(): void {
    for (const each of this.#owned) each.delete();
    this.#onClosed();
  }

  #view(address: number, channels: number): Float32Array {
    const { width, height } = this.#size;
    return new Float32Array(this.#module.HEAPU8.buffer, address, width * height * channels);
  }
}

function dimensionsOf(type: ReturnType<Model['getInputTensorType']>): number[] {
  const layout = type.layout();
  const vector = layout.dimensions();
  try {
    return Array.from({ length: vector.size() }, (_, i) => vector.get(i));
  } finally {
    vector.delete();
    layout.delete();
  }
}

/** Emscripten's loader waits for ever where the instance cannot be made: hence the race. */
async function instantiate(compiled: WebAssembly.Module): Promise<LiteRtModule> {
  return await new Promise<LiteRtModule>((resolve, reject) => {
    ModuleFactory({
      print: logLine,
      printErr: logLine,
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(compiled, imports).then(done, reject);
        return {};
      },
    }).then(resolve, reject);
  });
}
