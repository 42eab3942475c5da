import { ObjectDetector } from '@mediapipe/tasks-vision';
import { nameIn } from './class-names.ts';
import type { MediaPipeRuntime } from './mediapipe.ts';
import type { ClassSegmenter, Detection, Detector, ModelImage } from './model.ts';
import type { WatchedContext } from './webgl.ts';

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
  readonly #context: WatchedContext;
  readonly #names: ReadonlyMap<string, string>;

  /** @param names the model's name of a class -> the caller's */
  constructor(task: DetectorTask, context: WatchedContext, names: ReadonlyMap<string, string>) {
    this.#task = task;
    this.#context = context;
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
    return await runtime.createTask(url, async (fileset, context) => {
      const task = await ObjectDetector.createFromOptions(fileset, { ...options, canvas: context.canvas });
      return new MediaPipeDetector(task, context, names);
    });
  }

  detect(image: ModelImage): Detection[] {
    const frame = new ImageData(image.rgba, image.width, image.height);
    const { detections } = this.#context.run(() => this.#task.detect(frame));
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
  readonly #context: WatchedContext;
  readonly #labels: readonly string[];
  readonly #others: Float32Array;

  constructor(task: ClassSegmenterTask, context: WatchedContext, labels: readonly string[]) {
    this.#task = task;
    this.#context = context;
    this.#labels = labels;
    this.#others = new Float32Array(SEGMENTER_SIZE_PX * SEGMENTER_SIZE_PX);
  }

  /**
   * @param labels of the model's classes, as `modelLabels` reads them
   * @throws {AssetError}
   */
  static create(
    runtime: MediaPipeRuntime,
    url: string,
    bytes: Uint8Array,
    labels: readonly string[],
  ): Promise<MediaPipeClassSegmenter> {
    return runtime.createSegmenter(url, bytes, (task, context) => new MediaPipeClassSegmenter(task, context, labels));
  }

  knows(name: string): boolean {
    return nameIn(this.#labels, name) !== undefined;
  }

  segment(image: ModelImage, name: string, out: Float32Array): void {
    const own = this.#labels.indexOf(nameIn(this.#labels, name) ?? '');
    const frame = new ImageData(image.rgba, image.width, image.height);
    const { confidenceMasks = [] } = this.#context.run(() => this.#task.segment(frame));
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

function translate(labels: readonly string[], classes: readonly string[]): Map<string, string> {
  return new Map(
    classes.flatMap((wanted) => {
      const own = nameIn(labels, wanted);
      return own === undefined ? [] : [[own, wanted] as const];
    }),
  );
}
