/// <reference path="./mediapipe-loader.d.ts" />
import { ImageSegmenter } from '@mediapipe/tasks-vision';
import ModuleFactory from '@mediapipe/tasks-vision/vision_wasm_module_internal.js';
import { AssetError } from '../../assets/asset-error.ts';
import type { Asset, FetchAssetOptions } from '../../assets/fetch-asset.ts';
import { loadWasm } from '../../assets/load-wasm.ts';
import { logLine } from '../../log.ts';
import type { ModelImage, PersonModel } from './model.ts';
import { hasWebGl2, NoWebGlError, TaskCanvas, type WatchedContext } from './webgl.ts';

/** The parts of MediaPipe's `ImageSegmenter` that are used here, so that tests can count who closed what. */
export interface SegmenterTask {
  segment(image: ImageData): { readonly confidenceMasks?: readonly TaskMask[] | undefined };
  close(): void;
}

interface TaskMask {
  readonly width: number;
  readonly height: number;
  getAsFloat32Array(): Float32Array;
  close(): void;
}

/** A {@link PersonModel} on a MediaPipe task. */
export class TaskPersonModel implements PersonModel {
  readonly #task: SegmenterTask;
  readonly #context: WatchedContext;

  constructor(task: SegmenterTask, context: WatchedContext) {
    this.#task = task;
    this.#context = context;
  }

  segment(image: ModelImage, out: Float32Array): void {
    const frame = new ImageData(image.rgba, image.width, image.height);
    const { confidenceMasks = [] } = this.#context.run(() => this.#task.segment(frame));
    try {
      // One output: the person. (The category mask says the same object inverted and without the probability.)
      const mask = confidenceMasks[0];
      if (!mask) throw new Error('MediaPipe returned no confidence mask.');
      if (mask.width !== image.width || mask.height !== image.height) {
        throw new Error(`MediaPipe returned ${mask.width}x${mask.height} for ${image.width}x${image.height}.`);
      }
      out.set(mask.getAsFloat32Array());
    } finally {
      for (const mask of confidenceMasks) mask.close();
    }
  }

  close(): void {
    this.#task.close();
  }
}

/** The MediaPipe runtime, loaded and compiled once; every model gets an instance of its own. */
export class MediaPipeRuntime {
  readonly #module: WebAssembly.Module;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** @throws {AssetError} */
  static async load(wasm: Asset, options?: FetchAssetOptions): Promise<MediaPipeRuntime> {
    return new MediaPipeRuntime(await loadWasm(wasm, options));
  }

  /**
   * @param bytes the model, from `url`
   * @throws {AssetError}
   */
  createPersonModel(url: string, bytes: Uint8Array): Promise<PersonModel> {
    return this.createSegmenter(url, bytes, (task, context) => new TaskPersonModel(task, context));
  }

  /**
   * Makes a segmenter that gives probabilities.
   *
   * @param bytes the model, from `url`
   * @throws {AssetError}
   * @throws {NoWebGlError}
   */
  createSegmenter<T>(
    url: string,
    bytes: Uint8Array,
    wrap: (task: ImageSegmenter, context: WatchedContext) => T,
  ): Promise<T> {
    const options = {
      baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' },
      runningMode: 'IMAGE',
      outputConfidenceMasks: true,
      outputCategoryMask: false,
    } as const;
    return this.createTask(url, async (fileset, context) =>
      wrap(await ImageSegmenter.createFromOptions(fileset, { ...options, canvas: context.canvas }), context),
    );
  }

  /**
   * Makes a task in an instance of its own.
   *
   * @param url the model's, for the error
   * @param create is given the canvas whose WebGL context the task is to use, and what watches it
   * @throws {AssetError}
   * @throws {NoWebGlError}
   */
  async createTask<T>(url: string, create: (fileset: WasmFileset, context: TaskCanvas) => Promise<T>): Promise<T> {
    // Creation goes through globals of the worker (self.Module), so one at a time.
    const creation = this.#last.then(() => this.#instantiate((fileset) => create(fileset, new TaskCanvas())));
    this.#last = creation.catch(() => undefined);
    try {
      return await creation;
    } catch (cause) {
      if (!hasWebGl2()) throw new NoWebGlError(cause);
      throw new AssetError(url, 'corrupt', 'MediaPipe could not load this model.', { cause });
    }
  }

  async #instantiate<T>(create: (fileset: WasmFileset) => Promise<T>): Promise<T> {
    const scope = globalThis as { Module?: object; ModuleFactory?: unknown; custom_dbg?: unknown };
    let broken: (reason: unknown) => void;
    const failure = new Promise<never>((_, reject) => {
      broken = reject;
    });
    scope.Module = {
      print: logLine,
      printErr: logLine,
      /** Emscripten's hook. The wasm was checked and compiled before; it is not fetched again for every task. */
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(this.#module, imports).then(done, broken);
        return {};
      },
    };
    // What MediaPipe's own import of its loader would set; it takes the global away with every task.
    scope.ModuleFactory = ModuleFactory;
    scope.custom_dbg = logLine; // the loader's own global, for what it logs as glog does
    try {
      const fileset = { wasmLoaderPath: '', wasmBinaryPath: 'given to instantiateWasm' };
      return await Promise.race([create(fileset), failure]);
    } finally {
      delete scope.Module;
      delete scope.ModuleFactory;
    }
  }
}

/** Where a task finds its code. */
export type WasmFileset = Parameters<typeof ImageSegmenter.createFromOptions>[0];
