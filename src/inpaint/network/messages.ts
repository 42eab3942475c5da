/** What goes between the network's worker and its owner. */
import type { PaintInput } from './painter.ts';

/** The network for one size, as ONNX. */
export interface NetworkModel {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Files that it names as its external data; none where its weights are in it. */
  readonly weights?: readonly { readonly path: string; readonly data: Uint8Array<ArrayBuffer> }[] | undefined;
}

/** All of it is handed over and empty afterwards. */
export interface NetworkFiles extends NetworkModel {
  /** ONNX Runtime's wasm. */
  readonly runtime: Uint8Array<ArrayBuffer>;
}

/** What the worker gets, in this order: `start` once, then any of the others. */
export type ToNetwork =
  /** The bytes of ONNX Runtime's wasm and of the network: whoever starts this worker has loaded and checked them. */
  | ({ readonly type: 'start'; readonly threads: number } & NetworkFiles)
  | { readonly type: 'paint'; readonly input: PaintInput }
  | { readonly type: 'reset' }
  | { readonly type: 'close' };

/** What it answers: `ready` or `failed` to `start`, `painted` or `failed` to each `paint`. */
export type FromNetwork =
  | { readonly type: 'ready' }
  | { readonly type: 'painted'; readonly rgb: Float32Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly message: string };
