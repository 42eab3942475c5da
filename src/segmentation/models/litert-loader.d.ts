/**
 * Instantiates LiteRT's wasm: Emscripten's output, published without types. What is declared here is the part of the
 * package's own `LiteRtWasm` interface (declared in `@litertjs/core`, but not exported) that `litert.ts` uses.
 */
declare module '@litertjs/core/wasm/litert_wasm_compat_internal.js' {
  interface Deletable {
    delete(): void;
  }

  interface Vector extends Deletable {
    size(): number;
    get(index: number): number;
  }

  interface Layout extends Deletable {
    dimensions(): Vector;
  }

  interface TensorType extends Deletable {
    layout(): Layout;
    bytes(): number;
  }

  interface TensorBuffer extends Deletable {
    /** @returns its address in the module's memory */
    lock(mode: object): number;
    unlock(): void;
  }

  interface Model extends Deletable {
    getInputTensorType(signature: number, input: number): TensorType;
    getOutputTensorType(signature: number, output: number): TensorType;
  }

  interface CompiledModel extends Deletable {
    /** Synchronous with the `wasm` accelerator. The caller deletes what it returns. */
    run(signature: number, inputs: readonly TensorBuffer[]): TensorBuffer[];
  }

  interface CompileOptions {
    readonly environment: Deletable;
    readonly accelerator: 'wasm';
    readonly cpuOptions: { readonly numThreads: number };
    readonly gpuOptions: object;
    readonly webNNOptions: object;
  }

  export interface LiteRtModule {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly LiteRtEnvironment: { create(webGpuDevice: null): Deletable };
    readonly LiteRtTensorBuffer: {
      createManaged(environment: Deletable, memory: object, type: TensorType, bytes: number): TensorBuffer;
    };
    readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: object };
    readonly LiteRtTensorBufferLockMode: { readonly READ: object; readonly WRITE: object };
    loadModel(environment: Deletable, address: number, bytes: number): Model;
    compileModel(environment: Deletable, model: Model, options: CompileOptions): CompiledModel | Promise<CompiledModel>;
  }

  const ModuleFactory: (module: object) => Promise<LiteRtModule>;
  export default ModuleFactory;
}
