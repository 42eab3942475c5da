import type { Picture } from '../../../picture.ts';
import { Stopwatch } from '../../../stopwatch.ts';
import type { Segmentation } from '../../mask-source.ts';
import type { PersonModel } from '../../models/mediapipe.ts';
import type { Part } from '../../parts.ts';
import type { Difference } from '../../vision/difference.ts';
import { createThumbnail, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import { CROP_SIZE_PX, type Crop, CropPass } from './crop-pass.ts';
import { FullFramePass } from './full-frame-pass.ts';
import { Refiner } from './refiner.ts';

/** The longer side of the grid on which masks are made, pixels: that of the models, so that nothing is scaled twice. */
const GRID_SIZE_PX = 256;

/**
 * Seconds that may pass between two looks at the whole frame. Within them a crop pass takes a frame's turn, so that
 * MediaPipe runs once a frame; a slower camera leaves time for both.
 */
const FULL_FRAME_PERIOD_SECONDS = 0.15;

/** What looks at the whole frame, and what looks closer. */
export interface PassModels {
  readonly whole: PersonModel;
  readonly closer: PersonModel;
}

/** Everything that is known of one camera picture, and how its next frame becomes a hole mask. */
export class PeopleMasker {
  readonly #models: PassModels;
  readonly #closer: boolean;
  readonly #thumbnail: Thumbnail;
  readonly #fullFramePass: FullFramePass;
  readonly #cropPass: CropPass;
  readonly #refiner: Refiner;
  readonly #probability: Float32Array;
  readonly #closeUp = createThumbnail(CROP_SIZE_PX, CROP_SIZE_PX);
  readonly #answer = new Float32Array(CROP_SIZE_PX * CROP_SIZE_PX);
  #time = Number.NaN;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #closerLast = false;

  constructor({ width, height }: { width: number; height: number }, models: PassModels, without: readonly Part[] = []) {
    this.#closer = !without.includes('second-look');
    this.#models = models;
    this.#thumbnail = createThumbnail(width, height);
    this.#fullFramePass = new FullFramePass(width, height);
    this.#cropPass = new CropPass(width, height);
    this.#refiner = new Refiner(width, height, without);
    this.#probability = new Float32Array(width * height);
  }

  /** The last frame on the grid, and the probability of a person per pixel of it. */
  get seen(): { readonly frame: Thumbnail; readonly probability: Float32Array } {
    return { frame: this.#thumbnail, probability: this.#probability };
  }

  /** How the last frame differs from the background. */
  get difference(): Difference {
    return this.#refiner.difference;
  }

  /** Whether the picture has the size that this scene is for. */
  fits(picture: Picture): boolean {
    const { width, height } = gridSize(picture);
    return this.#thumbnail.width === width && this.#thumbnail.height === height;
  }

  /** @param timestamp of the frame, microseconds, rising */
  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    this.settle();
    const watch = new Stopwatch();
    const time = timestamp / 1e6;
    const first = Number.isNaN(this.#time);
    const step = time - this.#time;
    this.#time = time;
    shrink(picture, this.#thumbnail);
    watch.lap('shrink');
    this.#cropPass.fade(this.#thumbnail.luma, time);
    if (first) await this.#lookEverywhere(picture, time);
    else this.#look(picture, time, step);
    const [whole, closer] = [this.#fullFramePass.probability, this.#cropPass.probability];
    for (let i = 0; i < whole.length; i++) this.#probability[i] = Math.max(whole[i]!, closer[i]!);
    watch.lap('look');
    const found = this.#refiner.refine(this.#thumbnail, this.#probability, timestamp);
    watch.lap('refine');
    return { ...found, ms: watch.ms };
  }

  /** Learns from the last frame, once. */
  settle(): void {
    this.#refiner.settle();
  }

  /** MediaPipe once, if that is often enough: at the whole frame, or closer at a part of it. */
  #look(picture: Picture, time: number, step: number): void {
    // Every second frame at most, so that closer looks never crowd the whole frame out.
    const look = this.#closerLast || !this.#closer ? undefined : this.#cropPass.next(time, this.#refiner.regions);
    this.#closerLast = look !== undefined;
    if (look) this.#lookCloser(picture, look, time);
    if (look && time + step - this.#lookedAt <= FULL_FRAME_PERIOD_SECONDS) this.#fullFramePass.carry(this.#thumbnail);
    else this.#lookAtWhole(time);
  }

  /** A scene's first frame: nothing is known of it yet, so every part is looked at. */
  async #lookEverywhere(picture: Picture, time: number): Promise<void> {
    this.#lookAtWhole(time);
    if (this.#closer) this.#cropPass.everywhere();
    while (this.#cropPass.wanted > 0) {
      const look = this.#cropPass.next(time, []);
      if (look) this.#lookCloser(picture, look, time);
      // This takes as long as ten frames: the worker hears what it is told in between.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  #lookAtWhole(time: number): void {
    this.#models.whole.segment(this.#thumbnail, this.#fullFramePass.probability);
    this.#fullFramePass.take(this.#thumbnail);
    this.#lookedAt = time;
  }

  #lookCloser(picture: Picture, look: Crop, time: number): void {
    const scale = picture.width / this.#thumbnail.width;
    const { x, y, width, height } = look.rect;
    shrink(picture, this.#closeUp, { x: x * scale, y: y * scale, width: width * scale, height: height * scale });
    this.#models.closer.segment(this.#closeUp, this.#answer);
    this.#cropPass.take(look, this.#answer, this.#thumbnail.luma, time);
  }
}

/** The grid for a picture: its aspect, {@link GRID_SIZE_PX} on the longer side, never more than the picture has. */
export function gridSize({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, GRID_SIZE_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
