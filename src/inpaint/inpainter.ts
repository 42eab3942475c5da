import type { Homography } from '../geometry.ts';
import type { Mask } from '../mask.ts';
import type { Picture } from '../picture.ts';
import type { CompletionOptions } from './completion/completing.ts';
import type { PlateView } from './plate-view.ts';
import type { MemoryOptions } from './room/remembering.ts';
import type { Room } from './room/room.ts';

/** What was done to one frame. */
export interface InpaintReport {
  /** Share of the picture that is hole, 0..1. */
  readonly hole: number;
  /** Share of the hole whose background was really seen before, 0..1 (1 where there is no hole). */
  readonly known: number;
  /** Shares of the hole that a remembered room shows, and that was completed, 0..1; the rest of it is filled in. */
  readonly remembered?: number;
  readonly completed?: number;
  /** Share of the picture whose background is in the plate, 0..1. */
  readonly coverage: number;
  /** What the camera did since the last frame: the plate was kept, moved with it, or forgotten. */
  readonly camera: 'still' | 'moved' | 'lost';
  /** Where it moved: the plate had at its value what is at (x, y) now, pixels. */
  readonly map?: Homography | undefined;
  /** Where the mask found somebody late, whom the plate then forgot; valid until the next call. */
  readonly late?: Mask | undefined;
  /** Milliseconds by stage, for `stats()`. */
  readonly ms: Readonly<Record<string, number>>;
}

/** What an inpainter is made with. */
export interface InpainterOptions<F> {
  readonly fill?: F;
  readonly completion?: CompletionOptions;
  readonly memory?: MemoryOptions;
  readonly grain?: boolean;
}

/** Frame + hole -> clean frame. Owns the plate. Past-only. */
export interface Inpainter {
  readonly backend: 'webgpu' | 'cpu';
  /**
   * Replaces the hole's pixels in `picture.data` and leaves every other byte as it was. One call at a time. When it
   * rejects, the picture may still hold raw pixels: the caller covers it.
   *
   * @param timestamp of the frame, microseconds, rising
   */
  inpaint(picture: Picture, hole: Mask, timestamp: number): Promise<InpaintReport>;
  /**
   * Learns the plate from what was not hole in the picture that was inpainted last, which is unchanged since. A call of
   * its own, so that the frame can go out before. Does nothing where there is nothing to learn.
   * @param late frames are late: what can wait is put off.
   */
  settle(late?: boolean): void;
  /** The plate as it is now, made small; undefined before the first frame. May be called while a frame is in hand. */
  view(): Promise<PlateView | undefined>;
  /** Forgets the plate where `mask` is hole: it shows what must not be shown. */
  forget(mask: Mask): void;
  /**
   * What may be recognised from now on, instead of what was remembered before; what is on show of that is put away. All
   * of it must be without what is to be removed.
   */
  remember(rooms: readonly Room[]): void;
  /** Forgets the plate. The rooms may be recognised again. */
  reset(): void;
  close(): void;
}
