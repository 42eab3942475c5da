import { type Homography, onGrid } from '../../../geometry.ts';
import type { Mask } from '../../../mask.ts';
import type { Picture } from '../../../picture.ts';
import { Stopwatch } from '../../../stopwatch.ts';
import type { Segmentation } from '../../mask-source.ts';
import type { PersonModel } from '../../models/model.ts';
import type { Part } from '../../parts.ts';
import { type Illegible, Legibility } from '../../vision/legibility.ts';
import { noiseOf } from '../../vision/noise.ts';
import { RowFlicker } from '../../vision/row-flicker.ts';
import { brighten, createThumbnail, gridSize, shrink, type Thumbnail } from '../../vision/thumbnail.ts';
import type { SeenPeople } from '../people-source.ts';
import { CROP_SIZE_PX, type Crop, CropPass } from './crop-pass.ts';
import { FullFramePass } from './full-frame-pass.ts';
import { Refiner } from './refiner.ts';

/**
 * Seconds that may pass between two passes over the whole frame. Within them a crop pass takes a frame's turn, so that
 * MediaPipe runs once a frame; a slower camera leaves time for both.
 */
const FULL_FRAME_PERIOD_SECONDS = 0.15;

const REASONS: Readonly<Record<Illegible, string>> = {
  'too dark': 'it is too dark to tell people from the room',
  'too noisy': 'the picture is too noisy to tell people from the room',
};

/**
 * Crops of a new picture in one frame. A picture of a common shape has fewer; a strip has hundreds, which would take so
 * long that the worker would be taken for a crashed one. The rest waits for the next frames.
 */
const MAX_CROPS_PER_FRAME = 60;

const INCOMPLETE = 'a new picture is being searched for people';
const FLICKERING = 'the light flickers too much to tell people from the room yet';

/** The model of the full-frame pass and that of the crop pass. */
export interface PassModels {
  readonly fullFrame: PersonModel;
  readonly crop: PersonModel;
}

/** Everything that is known of one camera picture, and how its next frame becomes a hole mask. */
export class PeopleMasker {
  readonly #models: PassModels;
  readonly #usesCrops: boolean;
  readonly #thumbnail: Thumbnail;
  readonly #legibility = new Legibility();
  readonly #rowFlicker: RowFlicker;
  readonly #fullFramePass: FullFramePass;
  readonly #cropPass: CropPass;
  readonly #refiner: Refiner;
  readonly #probability: Float32Array;
  readonly #crop = createThumbnail(CROP_SIZE_PX, CROP_SIZE_PX);
  readonly #answer = new Float32Array(CROP_SIZE_PX * CROP_SIZE_PX);
  /** Of the last picture. */
  #size = { width: 1, height: 1 };
  /** By which dim pictures are brightened before they are looked at. */
  #gain = 1;
  /** When a picture was looked at last, and when one could be read last, seconds. */
  #looked = Number.NaN;
  #time = Number.NaN;
  #fullFrameAt = Number.NEGATIVE_INFINITY;
  #croppedLast = false;
  /** The crops of a new picture have been asked for. */
  #searching = false;

  constructor({ width, height }: { width: number; height: number }, models: PassModels, without: readonly Part[] = []) {
    this.#usesCrops = !without.includes('crop-pass');
    this.#models = models;
    this.#thumbnail = createThumbnail(width, height);
    this.#rowFlicker = new RowFlicker(width, height);
    this.#fullFramePass = new FullFramePass(width, height);
    this.#cropPass = new CropPass(width, height);
    this.#refiner = new Refiner(width, height, without);
    this.#probability = new Float32Array(width * height);
  }

  /** What the last answer was made of. */
  get seen(): SeenPeople {
    return { frame: this.#thumbnail, probability: this.#probability, difference: this.#refiner.difference };
  }

  /** Whether the picture has the size that this is for. */
  fits(picture: Picture): boolean {
    const { width, height } = gridSize(picture);
    return this.#thumbnail.width === width && this.#thumbnail.height === height;
  }

  /** @param timestamp of the frame, microseconds, rising */
  async segment(picture: Picture, timestamp: number): Promise<Segmentation> {
    this.settle();
    const watch = new Stopwatch();
    this.#size = { width: picture.width, height: picture.height };
    shrink(picture, this.#thumbnail);
    const time = timestamp / 1e6;
    const seconds = Math.max(0, time - this.#looked) || 0;
    this.#looked = time;
    const pixels = picture.width * picture.height;
    const { illegible, gain, noise } = this.#legibility.judge(this.#thumbnail, noiseOf(picture), pixels, seconds);
    this.#gain = gain;
    brighten(this.#thumbnail, gain, picture);
    this.#thumbnail.noise = noise;
    watch.lap('shrink');
    if (illegible) return { ...this.#refiner.skip(REASONS[illegible]), ms: watch.ms };
    const first = Number.isNaN(this.#time);
    const step = time - this.#time;
    const even = this.#rowFlicker.remove(this.#thumbnail, this.#refiner.covered, first ? 0 : Math.max(0, step));
    if (first && !(await this.#inferEverywhere(picture, time)))
      return { ...this.#refiner.skip(INCOMPLETE), ms: watch.ms };
    if (!first) {
      this.#cropPass.fade(this.#thumbnail.luma, time);
      this.#infer(picture, time, step);
    }
    this.#time = time;
    const [whole, closer] = [this.#fullFramePass.probability, this.#cropPass.probability];
    for (let i = 0; i < whole.length; i++) this.#probability[i] = Math.max(whole[i]!, closer[i]!);
    watch.lap('infer');
    const found = this.#refiner.refine(this.#thumbnail, this.#probability, timestamp);
    watch.lap('refine');
    return { ...found, ...(even ? {} : { confidence: 0, reason: FLICKERING }), ms: watch.ms };
  }

  /** The camera moved with the last frame: `map` says where what is at (x, y) now was before, pixels of the picture. */
  follow(map: Homography): void {
    const { width, height } = this.#thumbnail;
    this.#refiner.follow(onGrid(map, this.#size.width / width, this.#size.height / height));
  }

  /** The last hole showed somebody whom those before it had missed. */
  forget(mask: Mask): void {
    this.#refiner.forget(mask);
  }

  /** Learns from the last frame, once. */
  settle(): void {
    this.#refiner.settle();
  }

  /** Runs the model once, if that is often enough: over the whole frame, or over a crop of it. */
  #infer(picture: Picture, time: number, step: number): void {
    // Every second frame at most, so that crops never crowd the whole frame out.
    const crop = this.#croppedLast || !this.#usesCrops ? undefined : this.#cropPass.next(time, this.#refiner.regions);
    this.#croppedLast = crop !== undefined;
    if (crop) this.#runCrop(picture, crop, time);
    if (crop && time + step - this.#fullFrameAt <= FULL_FRAME_PERIOD_SECONDS)
      this.#fullFramePass.carry(this.#thumbnail);
    else this.#runFullFrame(time);
  }

  /** Nothing is known of the picture yet, so the model sees every part of it. Gives whether it has by now. */
  async #inferEverywhere(picture: Picture, time: number): Promise<boolean> {
    this.#runFullFrame(time);
    if (this.#usesCrops && !this.#searching) this.#cropPass.everywhere();
    this.#searching = true;
    for (let n = 0; this.#cropPass.wanted > 0; n++) {
      if (n === MAX_CROPS_PER_FRAME) return false;
      const crop = this.#cropPass.next(time, []);
      if (crop) this.#runCrop(picture, crop, time);
      // This takes as long as ten frames: the worker handles messages in between.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return true;
  }

  #runFullFrame(time: number): void {
    this.#models.fullFrame.segment(this.#thumbnail, this.#fullFramePass.probability);
    this.#fullFramePass.take(this.#thumbnail);
    this.#fullFrameAt = time;
  }

  #runCrop(picture: Picture, crop: Crop, time: number): void {
    const scale = picture.width / this.#thumbnail.width;
    const { x, y, width, height } = crop.rect;
    shrink(picture, this.#crop, { x: x * scale, y: y * scale, width: width * scale, height: height * scale });
    brighten(this.#crop, this.#gain, picture);
    this.#models.crop.segment(this.#crop, this.#answer);
    this.#cropPass.take(crop, this.#answer, this.#thumbnail.luma, time);
  }
}
