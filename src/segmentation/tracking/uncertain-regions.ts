import { grow } from '../vision/morphology.ts';
import { regions } from '../vision/regions.ts';
import type { Thumbnail } from '../vision/thumbnail.ts';

/**
 * Confidence, 0..1, below which a region is in doubt: MediaPipe is then nearer to "person" than to "nobody" there, or
 * has lost most of somebody whom it saw before.
 */
export const MIN_CONFIDENCE = 0.5;

/** Probability from which on MediaPipe does not rule a person out; what it does rule out is below 0.01. */
const MIN_POSSIBLE_PROBABILITY = 0.05;

/** Least share of the frame for a region: about a head at room distance. What is smaller flickers along outlines. */
const MIN_REGION_SHARE = 0.004;

/**
 * How far somebody gets while nobody sees them, share of the diagonal: a step, in the second after the light changed.
 */
const MAX_MOTION_OF_DIAGONAL = 0.1;

/**
 * A frame of which not even a twentieth reaches this luma is too dark to see in. MediaPipe found all of somebody large
 * in frames darkened until that twentieth began at 14, and nothing of them at 7 (cold-2, noise added).
 */
const MIN_BRIGHT_LUMA = 12;

/**
 * Pixels round a region that become hole with it. The cover reaches as far as a pixel of it does in bilinear scaling,
 * two pixels in chroma; it must stay inside the hole, or the plate would learn the cover.
 */
const RIM_PX = 2;

/**
 * What the mask may have missed. Confidence is counted by region, so that a doubt about a corner costs that corner and
 * not the frame; only where it is too dark to see is all of it in doubt.
 */
export class UncertainRegions {
  /** 255 where in doubt, else 0. */
  readonly region: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #maybe: Uint8Array;
  readonly #labels: Int32Array;
  readonly #distance: Float32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.region = new Uint8Array(size);
    this.#maybe = new Uint8Array(size);
    this.#labels = new Int32Array(size);
    this.#distance = new Float32Array(size);
  }

  clear(): void {
    this.region.fill(0);
  }

  /**
   * Regions outside the mask that MediaPipe takes for a person by half.
   *
   * @param probability of a person per pixel, 0..1
   * @param person the probability from which on a pixel is in the mask
   * @param settled 1 where the question is settled: it is in the mask, or it shows the known background
   */
  addUndecided(probability: Float32Array, person: number, settled: (i: number) => boolean): void {
    const maybe = this.#maybe;
    let any = 0;
    for (let i = 0; i < maybe.length; i++)
      any += maybe[i] = probability[i]! >= MIN_POSSIBLE_PROBABILITY && !settled(i) ? 1 : 0;
    if (any < MIN_REGION_SHARE * maybe.length) return;
    this.#keepDoubtful(maybe, (i) => 1 - probability[i]! / person);
    this.#add(maybe);
  }

  /**
   * Regions of an older mask of which MediaPipe finds too little now, and where whoever it was may have got to since.
   *
   * @param found whether MediaPipe still speaks for a pixel
   */
  addLost(mask: Uint8Array, found: (i: number) => boolean): void {
    const lost = this.#maybe;
    lost.set(mask);
    this.#keepDoubtful(lost, (i) => (found(i) ? 1 : 0));
    grow(
      lost,
      this.#width,
      this.#height,
      MAX_MOTION_OF_DIAGONAL * Math.hypot(this.#width, this.#height),
      this.#distance,
    );
    this.#add(lost);
  }

  /**
   * Regions of `mask`, 0 or 1, that are not too small to matter. Returns whether there are any. `mask` is overwritten.
   */
  addRegions(mask: Uint8Array): boolean {
    if (!mask.includes(1)) return false;
    this.#keepDoubtful(mask, () => 0);
    this.#add(mask);
    return mask.includes(1);
  }

  /** The region and a rim round it, 0 or 1; valid until the next call of anything here. */
  withRim(): Uint8Array {
    const out = this.#maybe;
    for (let i = 0; i < out.length; i++) out[i] = this.region[i] ? 1 : 0;
    if (out.includes(1)) grow(out, this.#width, this.#height, RIM_PX * Math.SQRT2, this.#distance);
    return out;
  }

  /** Confidence in a mask of the whole frame: 0 where the camera sees next to nothing, else 1. */
  inFrame({ luma }: Thumbnail): number {
    let bright = 0;
    for (let i = 0; i < luma.length; i++) if (luma[i]! >= MIN_BRIGHT_LUMA) bright++;
    return bright >= luma.length / 20 ? 1 : 0;
  }

  /** Keeps of `mask` the regions whose mean confidence is below {@link MIN_CONFIDENCE}. */
  #keepDoubtful(mask: Uint8Array, confidence: (i: number) => number): void {
    const found = regions(mask, this.#width, this.#height, this.#labels);
    const { areas } = found;
    const sums = found.sum(confidence);
    const least = MIN_REGION_SHARE * mask.length;
    found.keep(mask, (region) => areas[region]! >= least && sums[region]! < MIN_CONFIDENCE * areas[region]!);
  }

  #add(mask: Uint8Array): void {
    for (let i = 0; i < mask.length; i++) if (mask[i]) this.region[i] = 255;
  }
}
