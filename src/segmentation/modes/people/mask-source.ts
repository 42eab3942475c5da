import { type Asset, fetchAsset, MODEL } from '../../../assets/fetch-asset.ts';
import type { Homography } from '../../../geometry.ts';
import type { Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import type { Segmentation } from '../../mask-source.ts';
import { CheckedPersonModel } from '../../models/canary.ts';
import { LiteRtRuntime } from '../../models/litert.ts';
import type { PersonModel } from '../../models/model.ts';
import type { Part } from '../../parts.ts';
import { gridSize } from '../../vision/thumbnail.ts';
import type { PeopleSource, SeenPeople } from '../people-source.ts';
import { type PassModels, PeopleMasker } from './masker.ts';

/**
 * Files of the people segmentation, from `dist/assets/`: where they are, and the sha256 of the manifest where wanted.
 */
export interface PeopleAssets {
  /** `litert_wasm_compat_internal.wasm` */
  readonly wasm: Asset | string;
  /** `selfie-square.tflite` */
  readonly square: Asset | string;
  /** `selfie-landscape.tflite` */
  readonly landscape: Asset | string;
}

export interface PeopleMaskSourceOptions {
  readonly assets: PeopleAssets;
  /** For tools alone. */
  readonly without?: readonly Part[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes loaded so far, over all files; the manifest has the sum to expect. */
  readonly onProgress?: ((loadedBytes: number) => void) | undefined;
}

/**
 * From this aspect on the 256x144 model runs. It takes 3 ms less than the 256x256 one, but misses far more of a
 * standing person even in a 16:9 picture (walkers: recall 0.902 against 0.945), so it is for wider ones only.
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
   * Loads LiteRT and the models.
   *
   * @throws {AssetError} which file failed, and how; or the signal's reason.
   */
  static async create(options: PeopleMaskSourceOptions): Promise<PeopleMaskSource> {
    const { assets, signal, onProgress } = options;
    let loaded = 0;
    const onBytes = (bytes: number) => {
      loaded += bytes;
      onProgress?.(loaded);
    };
    const files = { square: toAsset(assets.square), landscape: toAsset(assets.landscape) };
    const [runtime, squareBytes, landscapeBytes] = await Promise.all([
      LiteRtRuntime.load(toAsset(assets.wasm), { signal, onBytes }),
      fetchAsset(files.square, MODEL, { signal, onBytes }),
      fetchAsset(files.landscape, MODEL, { signal, onBytes }),
    ]);
    const create = async ({ url }: Asset, bytes: Uint8Array) => {
      const model = await runtime.createPersonModel(url, bytes);
      try {
        return new CheckedPersonModel(model);
      } catch (error) {
        model.close();
        throw error;
      }
    };
    signal?.throwIfAborted();
    const square = await create(files.square, squareBytes);
    const landscape = () => create(files.landscape, landscapeBytes);
    return new PeopleMaskSource({ square, landscape }, options.without);
  }

  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    if (timestamp < this.#timestamp) this.reset();
    this.#timestamp = timestamp;
    if (!this.#masker?.fits(picture))
      this.#masker = new PeopleMasker(gridSize(picture), await this.#modelsFor(picture), this.#without);
    return await this.#masker.segment(picture, timestamp);
  }

  get seen(): SeenPeople | undefined {
    return this.#masker?.seen;
  }

  follow(map: Homography): void {
    this.#masker?.follow(map);
  }

  forget(mask: Mask): void {
    this.#masker?.forget(mask);
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
      () => {}, // the frame that asked for it has failed with it
    );
  }

  async #modelsFor({ width, height }: Picture): Promise<PassModels> {
    const crop = this.#models.square;
    if (width < MIN_LANDSCAPE_ASPECT * height) return { fullFrame: crop, crop };
    this.#landscape ??= this.#models.landscape();
    return { fullFrame: await this.#landscape, crop };
  }
}

function toAsset(asset: Asset | string): Asset {
  return typeof asset === 'string' ? { url: asset } : asset;
}
