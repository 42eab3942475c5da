import { ImageSegmenter, ObjectDetector } from '@mediapipe/tasks-vision';
import { boxes, label } from '../vision/regions.ts';
import type { Rect, Thumbnail } from '../vision/thumbnail.ts';
import { nameIn } from './class-names.ts';
import type { MediaPipeRuntime } from './mediapipe.ts';

/** An object in a picture. */
export interface Detection {
  /** 0..1 */
  readonly score: number;
  /** Pixels of the picture that was looked at. */
  readonly box: Rect;
  /** As the caller named the class. */
  readonly name: string;
}

/** Picture -> boxes of the wanted classes. */
export interface Detector {
  /** Side of the square picture that it is to be shown, pixels. */
  readonly size: number;
  detect(image: Thumbnail): Detection[];
  close(): void;
}

/** Picture -> how much each pixel looks like a class. */
export interface ClassSegmenter {
  readonly size: number;
  /** Whether the model knows the class. */
  knows(name: string): boolean;
  /** @param out 0..1 per pixel of `image`: the class against the best of the others; written. */
  segment(image: Thumbnail, name: string, out: Float32Array): void;
  close(): void;
}

/** What {@link Detector} and {@link ClassSegmenter} there are for the wanted classes. */
export interface ClassModels {
  readonly boxes: Detector;
  /** Where the integrator gives none, boxes are all there is. */
  readonly pixels?: ClassSegmenter | undefined;
}

/** Least score of a detection. Low ones confirm what was found before; they never start anything. */
export const MIN_SCORE = 0.15;

const DETECTOR_SIZE_PX = 300;
const SEGMENTER_SIZE_PX = 257;

/** What the parts of MediaPipe used here look like, so that tests can stand in for them. */
export interface DetectorTask {
  detect(image: ImageData): {
    readonly detections: readonly {
      readonly categories: readonly { readonly categoryName: string; readonly score: number }[];
      readonly boundingBox?: { originX: number; originY: number; width: number; height: number } | undefined;
    }[];
  };
  close(): void;
}

export interface ClassSegmenterTask {
  segment(image: ImageData): { readonly confidenceMasks?: readonly ClassMask[] | undefined };
  close(): void;
}

interface ClassMask {
  getAsFloat32Array(): Float32Array;
  close(): void;
}

/** A {@link Detector} on MediaPipe's object detector. */
export class MediaPipeDetector implements Detector {
  readonly size = DETECTOR_SIZE_PX;
  readonly #task: DetectorTask;
  readonly #names: ReadonlyMap<string, string>;

  /** @param names the model's name of a class -> the caller's */
  constructor(task: DetectorTask, names: ReadonlyMap<string, string>) {
    this.#task = task;
    this.#names = names;
  }

  /**
   * @param labels of the model's classes, as `modelLabels` reads them
   * @throws {AssetError}
   */
  static async create(
    runtime: MediaPipeRuntime,
    url: string,
    bytes: Uint8Array,
    labels: readonly string[],
    classes: readonly string[],
  ): Promise<MediaPipeDetector> {
    const names = translate(labels, classes);
    const options = {
      baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' as const },
      runningMode: 'IMAGE' as const,
      scoreThreshold: MIN_SCORE,
      categoryAllowlist: [...names.keys()],
    };
    return new MediaPipeDetector(
      await runtime.createTask(url, (fileset) => ObjectDetector.createFromOptions(fileset, options)),
      names,
    );
  }

  detect(image: Thumbnail): Detection[] {
    const { detections } = this.#task.detect(new ImageData(image.rgba, image.width, image.height));
    return detections.flatMap(({ categories, boundingBox }) => {
      const name = this.#names.get(categories[0]?.categoryName ?? '');
      if (!name || !boundingBox) return [];
      const { originX: x, originY: y, width, height } = boundingBox;
      return [{ name, score: categories[0]!.score, box: { x, y, width, height } }];
    });
  }

  close(): void {
    this.#task.close();
  }
}

/** A {@link ClassSegmenter} on MediaPipe's image segmenter with a model of many classes. */
export class MediaPipeClassSegmenter implements ClassSegmenter {
  readonly size = SEGMENTER_SIZE_PX;
  readonly #task: ClassSegmenterTask;
  readonly #labels: readonly string[];
  readonly #others: Float32Array;

  constructor(task: ClassSegmenterTask, labels: readonly string[]) {
    this.#task = task;
    this.#labels = labels;
    this.#others = new Float32Array(SEGMENTER_SIZE_PX * SEGMENTER_SIZE_PX);
  }

  /**
   * @param labels of the model's classes, as `modelLabels` reads them
   * @throws {AssetError}
   */
  static async create(
    runtime: MediaPipeRuntime,
    url: string,
    bytes: Uint8Array,
    labels: readonly string[],
  ): Promise<MediaPipeClassSegmenter> {
    const options = {
      baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' },
      runningMode: 'IMAGE',
      outputConfidenceMasks: true,
      outputCategoryMask: false,
    } as const;
    return new MediaPipeClassSegmenter(
      await runtime.createTask(url, (fileset) => ImageSegmenter.createFromOptions(fileset, options)),
      labels,
    );
  }

  knows(name: string): boolean {
    return nameIn(this.#labels, name) !== undefined;
  }

  segment(image: Thumbnail, name: string, out: Float32Array): void {
    const own = this.#labels.indexOf(nameIn(this.#labels, name) ?? '');
    const { confidenceMasks = [] } = this.#task.segment(new ImageData(image.rgba, image.width, image.height));
    try {
      const mask = confidenceMasks[own];
      if (!mask) throw new Error(`The segmenter gave ${confidenceMasks.length} masks and none for '${name}'.`);
      out.set(mask.getAsFloat32Array());
      const others = this.#others.subarray(0, out.length).fill(Number.NEGATIVE_INFINITY);
      confidenceMasks.forEach((each, k) => {
        if (k === own) return;
        const values = each.getAsFloat32Array();
        for (let i = 0; i < others.length; i++) if (values[i]! > others[i]!) others[i] = values[i]!;
      });
      compare(out, others);
    } finally {
      for (const mask of confidenceMasks) mask.close();
    }
  }

  close(): void {
    this.#task.close();
  }
}

/** Of two classes only: `out` becomes its share. Models give probabilities or, as DeepLab does, bare logits. */
function compare(out: Float32Array, others: Float32Array): void {
  let logits = false;
  for (let i = 0; i < out.length && !logits; i += 17) logits = others[i]! > 1.01 || out[i]! < 0 || out[i]! > 1.01;
  for (let i = 0; i < out.length; i++) {
    const [a, b] = [out[i]!, others[i]!];
    out[i] = logits ? 1 / (1 + Math.exp(b - a)) : a / (a + b + 1e-9);
  }
}

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

  detect(image: Thumbnail): Detection[] {
    return this.#classes.flatMap((name) => {
      this.#model.segment(image, name, this.#likeness);
      for (let i = 0; i < this.#mask.length; i++) this.#mask[i] = this.#likeness[i]! > 0.5 ? 1 : 0;
      const { labels, count } = label(this.#mask, image.width, image.height, this.#labels);
      const sums = new Float32Array(count + 1);
      const areas = new Int32Array(count + 1);
      for (let i = 0; i < labels.length; i++) {
        sums[labels[i]!]! += this.#likeness[i]!;
        areas[labels[i]!]!++;
      }
      return boxes(labels, count, image.width)
        .map((box, k) => ({ name, box, score: sums[k + 1]! / areas[k + 1]!, area: areas[k + 1]! }))
        .filter(({ area }) => area >= MIN_REGION_SHARE * this.#mask.length);
    });
  }

  close(): void {}
}

function translate(labels: readonly string[], classes: readonly string[]): Map<string, string> {
  return new Map(
    classes.flatMap((wanted) => {
      const own = nameIn(labels, wanted);
      return own === undefined ? [] : [[own, wanted] as const];
    }),
  );
}
