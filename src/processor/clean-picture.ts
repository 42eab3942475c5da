import type { InpaintReport } from '../inpaint/inpainter.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import type { Segmentation } from '../segmentation/mask-source.ts';
import { coverHole, coverPicture } from './cover.ts';
import type { KeptPixels } from './kept-pixels.ts';
import type { ReadyParts } from './loader.ts';
import type { Cover } from './options.ts';

/** Masks below this confidence are not trusted with anything: the frame is covered. */
const MIN_CONFIDENCE = 0.5;

/** What a picture has become. In none of them does it hold a pixel that must not be shown. */
export type Outcome =
  /**
   * `doubt`: the share that is covered because the mask may have missed somebody there. `reason`: why, where it is
   * known.
   */
  | {
      readonly kind: 'clean';
      readonly hole: Mask;
      readonly doubt: number;
      readonly reason: string | undefined;
      readonly report: InpaintReport;
    }
  /** Covered entirely, without a fault: the mask cannot be trusted. */
  | { readonly kind: 'doubted'; readonly reason: string | undefined }
  /** `hole`: what is covered, where it is not all. */
  | {
      readonly kind: 'failed';
      readonly part: 'segmentation' | 'inpainting';
      readonly error: unknown;
      readonly hole: Mask | null;
      readonly doubt: number;
    };

export interface CleanTools {
  readonly kept: KeptPixels;
  readonly cover: Cover;
  /** Milliseconds by stage. */
  measure(stage: string, ms: number): void;
}

/** Removes in place what is to be removed; covers what could not be. Says what came of it, and never throws. */
export async function cleanPicture(
  picture: Picture,
  timestamp: number,
  { masks, inpainter }: ReadyParts,
  { kept, cover, measure }: CleanTools,
): Promise<Outcome> {
  let segmentation: Segmentation;
  try {
    segmentation = await timed('segment', measure, () => masks.segment(picture, timestamp));
  } catch (error) {
    coverPicture(picture, cover);
    return { kind: 'failed', part: 'segmentation', error, hole: null, doubt: 0 };
  }
  const { hole, doubt, forget, keep, confidence, reason } = segmentation;
  if (!(confidence >= MIN_CONFIDENCE)) {
    coverPicture(picture, cover);
    return { kind: 'doubted', reason };
  }
  /** With what is to be put back afterwards. */
  let all = hole;
  try {
    if (forget) inpainter.forget(forget);
    if (keep) all = kept.save(picture, hole, keep);
    const report = await timed('inpaint', measure, () => inpainter.inpaint(picture, all, timestamp));
    if (keep) kept.restore(picture);
    return { kind: 'clean', hole, report, reason, doubt: doubt ? coverHole(picture, doubt) : 0 };
  } catch (error) {
    coverHole(picture, all);
    return { kind: 'failed', part: 'inpainting', error, hole, doubt: doubt ? coverHole(picture, doubt) : 0 };
  }
}

async function timed<T extends { readonly ms?: Readonly<Record<string, number>> }>(
  stage: string,
  measure: CleanTools['measure'],
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const result = await work();
  measure(stage, performance.now() - started);
  for (const [part, ms] of Object.entries(result.ms ?? {})) measure(`${stage}.${part}`, ms);
  return result;
}
