import type { Homography, NamedPick } from '../geometry.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';

/**
 * What a {@link MaskSource} found in one frame. Its masks belong to the source and are valid until the next call;
 * nobody else writes to them, so one may be given again.
 */
export interface Segmentation {
  /** As large as the picture or smaller; most sources make it on the grid of `gridSize` (`vision/thumbnail.ts`). */
  readonly hole: Mask;
  /** Part of the hole, not 0 where somebody may be whom the mask misses otherwise: to be shown as the cover. */
  readonly doubt?: Mask;
  /** Where something was picked in this frame that the plate may show: the plate is forgotten there. */
  readonly forget?: Mask | undefined;
  /**
   * What is shown as it is, but is no part of the background, so that nothing is to be learnt from it: the main person.
   * Of the size of the hole; where both overlap, the hole counts.
   */
  readonly keep?: Mask;
  /**
   * 0..1: how far the mask can be trusted. Below `MIN_CONFIDENCE` of `clean-picture.ts` (0.5) the frame is covered;
   * nothing else asks whether it was too dark, so the source has to. 1 where nothing can be missed.
   */
  readonly confidence: number;
  /** Why the frame, or the part of it that is in doubt, is to be covered; to be read by users. */
  readonly reason?: string | undefined;
  /** Milliseconds by stage. */
  readonly ms?: Readonly<Record<string, number>>;
}

/** Frame -> hole mask. Past-only: the answer for a frame depends on it and on earlier ones. */
export interface MaskSource {
  /**
   * @param picture the raw frame; read only, not kept.
   * @param timestamp of the frame, microseconds, rising. A backward step is taken as a new source.
   */
  segment(picture: Picture, timestamp: number): Promise<Segmentation>;
  /**
   * Learns from the last frame, which its mask did not need but the next one does: time to spend once the frame is out.
   * Without this call a source does so at the next frame.
   */
  settle?(): void;
  /**
   * The camera moved between the last frame but one and the last: what was learnt of the scene moves along. To be
   * called before {@link settle}.
   *
   * @param map where what is at (x, y) now was before, pixels of the picture
   */
  follow?(map: Homography): void;
  /**
   * Forgets the scene where `mask` is hole, of the last hole's size: it shows somebody whom the masks had missed. To be
   * called before {@link settle}.
   */
  forget?(mask: Mask): void;
  /** Changes what is looked for without a new start, where the source can: objects that somebody picks. */
  setTargets?(picks: readonly NamedPick[]): void;
  /** Forgets everything learnt of the scene: another camera, another size, a moved camera. */
  reset(): void;
  close(): void;
}
