import { type Asset, fetchAsset, MODEL } from '../../../assets/fetch-asset.ts';
import { checkClasses } from '../../models/class-names.ts';
import { modelLabels } from '../../models/labels.ts';
import { MediaPipeRuntime } from '../../models/mediapipe.ts';
import { MediaPipeClassSegmenter, MediaPipeDetector } from '../../models/mediapipe-classes.ts';
import type { ClassModels } from '../../models/model.ts';
import { SegmentationDetector } from './segmentation-detector.ts';

export interface ClassModelOptions {
  /** MediaPipe's `vision_wasm_module_internal.wasm` */
  readonly wasm: Asset;
  /** At least one of the two. */
  readonly detector?: Asset | undefined;
  readonly segmenter?: Asset | undefined;
  readonly classes: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Bytes loaded so far, over all files. */
  readonly onProgress?: ((loadedBytes: number) => void) | undefined;
}

/**
 * Loads MediaPipe and the models for `classes`.
 *
 * @throws {AssetError} which file failed, and how; or the signal's reason.
 * @throws {UnknownClassError} with the names that the models know
 */
export async function loadClassModels(options: ClassModelOptions): Promise<ClassModels> {
  const { classes, detector, segmenter, signal, onProgress } = options;
  let loaded = 0;
  const onBytes = (bytes: number) => {
    loaded += bytes;
    onProgress?.(loaded);
  };
  const fetching = { signal, onBytes };
  const [runtime, detectorBytes, segmenterBytes] = await Promise.all([
    MediaPipeRuntime.load(options.wasm, fetching),
    detector && fetchAsset(detector, MODEL, fetching),
    segmenter && fetchAsset(segmenter, MODEL, fetching),
  ]);
  const detectorLabels = detectorBytes ? await modelLabels(detectorBytes) : [];
  const segmenterLabels = segmenterBytes ? await modelLabels(segmenterBytes) : [];
  // What no detector finds cannot be found: the segmenter then only refines boxes.
  checkClasses(classes, detectorBytes ? [detectorLabels] : [detectorLabels, segmenterLabels]);
  const made: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(model: T): T => {
    made.push(model);
    signal?.throwIfAborted();
    return model;
  };
  try {
    const pixels =
      segmenter &&
      segmenterBytes &&
      keep(await MediaPipeClassSegmenter.create(runtime, segmenter.url, segmenterBytes, segmenterLabels));
    if (detector && detectorBytes) {
      const boxes = await MediaPipeDetector.create(runtime, detector.url, detectorBytes, detectorLabels, classes);
      return { detector: keep(boxes), segmenter: pixels };
    }
    if (!pixels) throw new Error('Neither a detector nor a segmenter was given.');
    return { detector: new SegmentationDetector(pixels, classes), segmenter: pixels };
  } catch (error) {
    for (const model of made) model.close();
    throw error;
  }
}
