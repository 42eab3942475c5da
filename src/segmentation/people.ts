import type { Picture } from '../picture.ts';
import { type Asset, fetchAsset, MODEL } from './fetch-asset.ts';
import type { MaskSource, Segmentation } from './mask-source.ts';
import { type Delegate, MediaPipeRuntime, type PersonModel } from './mediapipe.ts';
import { Refiner } from './refiner.ts';
import { LOOK_SIZE, SecondLook } from './second-look.ts';
import { createThumbnail, shrink, type Thumbnail } from './thumbnail.ts';

/** Files of the people segmentation, from `dist/assets/`: where they are, and the sha256 of the manifest where wanted. */
export interface PeopleAssets {
  /** `vision_wasm_module_internal.js` */
  readonly loader: Asset | string;
  /** `vision_wasm_module_internal.wasm` */
  readonly wasm: Asset | string;
  /** `selfie-square.tflite` */
  readonly square: Asset | string;
  /** `selfie-landscape.tflite` */
  readonly landscape: Asset | string;
}

export interface PeopleMaskSourceOptions {
  readonly assets: PeopleAssets;
  /** Where MediaPipe runs. CPU by default: reading a mask back from the GPU costs more than the model. */
  readonly delegate?: Delegate | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes loaded so far, over all files; the manifest has the sum to expect. */
  readonly onProgress?: ((loadedBytes: number) => void) | undefined;
}

/** The longer side of the grid on which masks are made, pixels: that of the models, so that nothing is scaled twice. */
const GRID = 256;

/**
 * From this aspect on the 256x144 model looks. It takes 3 ms less than the 256x256 one, but misses far more of a standing
 * person even in a 16:9 picture (walkers: recall 0.902 against 0.945), so it is for wider ones only.
 */
const LANDSCAPE_ASPECT = 2;

/** People (and what they carry, their shadows, their reflections) -> hole. */
export class PeopleMaskSource implements MaskSource {
  readonly #models: { readonly square: PersonModel; readonly landscape: PersonModel };
  readonly #buffers = {
    closeUp: createThumbnail(LOOK_SIZE, LOOK_SIZE),
    answer: new Float32Array(LOOK_SIZE * LOOK_SIZE),
  };
  #scene: Scene | undefined;
  #odd = false;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(models: { square: PersonModel; landscape: PersonModel }) {
    this.#models = models;
  }

  /**
   * Loads MediaPipe and the models.
   *
   * @throws {AssetError} which file failed, and how; or the signal's reason.
   */
  static async create(options: PeopleMaskSourceOptions): Promise<PeopleMaskSource> {
    const { assets, delegate = 'CPU', signal, onProgress } = options;
    let loaded = 0;
    const onBytes = (bytes: number) => {
      loaded += bytes;
      onProgress?.(loaded);
    };
    const [square, landscape] = [toAsset(assets.square), toAsset(assets.landscape)];
    const [runtime, squareBytes, landscapeBytes] = await Promise.all([
      MediaPipeRuntime.load({ loader: toAsset(assets.loader), wasm: toAsset(assets.wasm) }, { signal, onBytes }),
      fetchAsset(square, MODEL, { signal, onBytes }),
      fetchAsset(landscape, MODEL, { signal, onBytes }),
    ]);
    const model = await runtime.createPersonModel(square.url, squareBytes, delegate);
    try {
      const models = {
        square: model,
        landscape: await runtime.createPersonModel(landscape.url, landscapeBytes, delegate),
      };
      if (signal?.aborted) models.landscape.close();
      signal?.throwIfAborted();
      return new PeopleMaskSource(models);
    } catch (error) {
      model.close();
      throw error;
    }
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.reset();
    this.#timestamp = timestamp;
    const { width, height } = gridSize(picture);
    const known = this.#scene?.thumbnail.width === width && this.#scene.thumbnail.height === height;
    const scene = known ? this.#scene! : createScene(width, height);
    this.#scene = scene;

    shrink(picture, scene.thumbnail);
    const landscape = picture.width >= LANDSCAPE_ASPECT * picture.height;
    this.#models[landscape ? 'landscape' : 'square'].look(scene.thumbnail, scene.probability);
    this.#lookAgain(picture, scene, timestamp / 1e6, !known);
    const found = scene.secondLook.probability;
    for (let i = 0; i < found.length; i++) scene.probability[i] = Math.max(scene.probability[i]!, found[i]!);
    return scene.refiner.refine(scene.thumbnail, scene.probability, timestamp);
  }

  /** Every second frame, since a look costs as much as the whole frame does; but everywhere in a scene's first one. */
  #lookAgain(picture: Picture, { secondLook, refiner, thumbnail }: Scene, time: number, first: boolean): void {
    const { closeUp, answer } = this.#buffers;
    const scale = picture.width / thumbnail.width;
    this.#odd = !this.#odd;
    secondLook.fade(thumbnail.luma, time);
    if (first) secondLook.everywhere();
    else if (!this.#odd) return;
    do {
      const look = secondLook.next(time, refiner.regions);
      if (!look) break;
      const { x, y, width, height } = look.rect;
      shrink(picture, closeUp, { x: x * scale, y: y * scale, width: width * scale, height: height * scale });
      this.#models.square.look(closeUp, answer);
      secondLook.take(look, answer, thumbnail.luma, time);
    } while (first && secondLook.wanted > 0);
  }

  reset(): void {
    this.#scene = undefined;
  }

  close(): void {
    this.#models.square.close();
    this.#models.landscape.close();
  }
}

function toAsset(asset: Asset | string): Asset {
  return typeof asset === 'string' ? { url: asset } : asset;
}

/** What is kept of one camera picture; made anew when its size changes. */
interface Scene {
  readonly thumbnail: Thumbnail;
  readonly probability: Float32Array;
  readonly secondLook: SecondLook;
  readonly refiner: Refiner;
}

function createScene(width: number, height: number): Scene {
  return {
    thumbnail: createThumbnail(width, height),
    probability: new Float32Array(width * height),
    secondLook: new SecondLook(width, height),
    refiner: new Refiner(width, height),
  };
}

/** The grid for a picture: its aspect, {@link GRID} on the longer side, never more than the picture has. */
export function gridSize({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, GRID / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
