import type { ClassSegmenter, Detection, Detector, ModelImage } from '../../models/model.ts';
import { regions } from '../../vision/regions.ts';

/** Share of a segmenter's picture below which a region is noise. */
const MIN_REGION_SHARE = 0.002;

/** Boxes from a {@link ClassSegmenter}, where there is no detector. The model stays whose it was. */
export class SegmentationDetector implements Detector {
  readonly size: number;
  readonly #model: ClassSegmenter;
  readonly #classes: readonly string[];
  readonly #likeness: Float32Array;
  readonly #mask: Uint8Array;
  readonly #labels: Int32Array;

  constructor(model: ClassSegmenter, classes: readonly string[]) {
    this.size = model.size;
    this.#model = model;
    this.#classes = classes;
    this.#likeness = new Float32Array(model.size ** 2);
    this.#mask = new Uint8Array(model.size ** 2);
    this.#labels = new Int32Array(model.size ** 2);
  }

  detect(image: ModelImage): Detection[] {
    return this.#classes.flatMap((name) => {
      this.#model.segment(image, name, this.#likeness);
      for (let i = 0; i < this.#mask.length; i++) this.#mask[i] = this.#likeness[i]! > 0.5 ? 1 : 0;
      const found = regions(this.#mask, image.width, image.height, this.#labels);
      const { areas } = found;
      const sums = found.sum((i) => this.#likeness[i]!);
      return found
        .boxes()
        .map((box, k) => ({ name, box, score: sums[k + 1]! / areas[k + 1]! }))
        .filter((_, k) => areas[k + 1]! >= MIN_REGION_SHARE * this.#mask.length);
    });
  }

  close(): void {}
}
