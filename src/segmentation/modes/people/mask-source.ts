import { type Asset, fetchAsset, MODEL } from '../../../assets/fetch-asset.ts';
import type { Picture } from '../../../picture.ts';
import type { Segmentation } from '../../mask-source.ts';
import { type Delegate, MediaPipeRuntime } from '../../models/mediapipe.ts';
import type { PersonModel } from '../../models/model.ts';
import type { Part } from '../../parts.ts';
import type { Difference } from '../../vision/difference.ts';
import { createThumbnail, gridSize } from '../../vision/thumbnail.ts';
import type { PeopleSource } from '../people-source.ts';
import { CROP_SIZE_PX } from './crop-pass.ts';
import { type PassModels, PeopleMasker } from './masker.ts';

/** Files of the people segmentation, from `dist/assets/`: where they are, and the sha256 of the manifest where wanted. */
export interface PeopleAssets {
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
  /** For tools alone. */
  readonly without?: readonly Part[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes loaded so far, over all files; the manifest has the sum to expect. */
  readonly onProgress?: ((loadedBytes: number) => void) | undefined;
}

/**
 * From this aspect on the 256x144 model runs. It takes 3 ms less than the 256x256 one, but misses far more of a standing
 * person even in a 16:9 picture (walkers: recall 0.902 against 0.945), so it is for wider ones only.
 */
const MIN_LANDSCAPE_ASPECT = 2;

/** The two person models. The landscape one is made when a picture first asks for it. */
export interface PersonModels {
  readonly square: PersonModel;
  landscape(): Promise<PersonModel>;
}

/** People (and what they carry, their shadows, their reflections) -> hole. */
export class PeopleMaskSource implements PeopleSource {
  readonly #models: PersonModels;
  readonly #without: readonly Part[];
  #landscape: Promise<PersonModel> | undefined;
  #masker: PeopleMasker | undefined;
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(models: PersonModels, without: readonly Part[] = []) {
    this.#models = models;
    this.#without = without;
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
    const files = { square: toAsset(assets.square), landscape: toAsset(assets.landscape) };
    const [runtime, squareBytes, landscapeBytes] = await Promise.all([
      MediaPipeRuntime.load(toAsset(assets.wasm), { signal, onBytes }),
      fetchAsset(files.square, MODEL, { signal, onBytes }),
      fetchAsset(files.landscape, MODEL, { signal, onBytes }),
    ]);
    const square = await runtime.createPersonModel(files.square.url, squareBytes, delegate);
    try {
      signal?.throwIfAborted();
      warmUp(square);
    } catch (error) {
      square.close();
      throw error;
    }
    const landscape = () => runtime.createPersonModel(files.landscape.url, landscapeBytes, delegate);
    return new PeopleMaskSource({ square, landscape }, options.without);
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.reset();
    this.#timestamp = timestamp;
    if (!this.#masker?.fits(picture))
      this.#masker = new PeopleMasker(gridSize(picture), await this.#modelsFor(picture), this.#without);
    return await this.#masker.segment(picture, timestamp);
  }

  /** What the last answer was made of; undefined before the first. */
  get seen(): PeopleMasker['seen'] | undefined {
    return this.#masker?.seen;
  }

  /** How the last frame differs from the background; undefined before the first. */
  get difference(): Difference | undefined {
    return this.#masker?.difference;
  }

  settle(): void {
    this.#masker?.settle();
  }

  reset(): void {
    this.#masker = undefined;
  }

  close(): void {
    this.#models.square.close();
    void this.#landscape?.then(
      (model) => model.close(),
      () => {}, // the frame that asked for it was told
    );
  }

  async #modelsFor({ width, height }: Picture): Promise<PassModels> {
    const crop = this.#models.square;
    if (width < MIN_LANDSCAPE_ASPECT * height) return { fullFrame: crop, crop };
    this.#landscape ??= this.#models.landscape();
    return { fullFrame: await this.#landscape, crop };
  }
}

/** A model's first run takes several times as long as the others: better at the start than in a frame. */
function warmUp(model: PersonModel): void {
  const image = createThumbnail(CROP_SIZE_PX, CROP_SIZE_PX);
  model.segment(image, new Float32Array(CROP_SIZE_PX * CROP_SIZE_PX));
}

function toAsset(asset: Asset | string): Asset {
  return typeof asset === 'string' ? { url: asset } : asset;
}
