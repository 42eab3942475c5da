import type { Homography } from '../../geometry.ts';
import { sameChroma, sameLuma } from './noise.ts';
import type { PhotometricFit } from './photometric-fit.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Seconds that a pixel must show the same before it counts as known. Shorter, and somebody walking past is learnt. */
const KNOWN_SECONDS = 0.35;

/** Seconds that a changed pixel must show the same before it replaces what was known: a moved chair. */
const REPLACED_SECONDS = 1.5;

/**
 * Seconds over which the mean follows slow changes of light, once known. Longer than a person's shadow stays nearby.
 */
const MEMORY_SECONDS = 8;

/**
 * Levels by which a pixel may differ from its mean and still be the same; about four times a webcam's averaged noise.
 */
const SAME_LUMA_LEVELS = 7;
const SAME_CHROMA_LEVELS = 5;

/** Variance to start from, levels squared. */
const FIRST_VARIANCE = 4;

/** Variance is bounded so that a pixel that once flickered does not go blind. */
const MAX_VARIANCE = 64;

/**
 * What the background looks like, per pixel: running mean of luma and colour differences, running variance of the luma
 * (as in Wren et al. 1997, one Gaussian a pixel), and a candidate that takes over once it has lasted.
 */
export class BackgroundModel {
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  /** Variance of the luma, levels squared. */
  readonly variance: Float32Array;
  /** 1 where the background was seen long enough. */
  readonly known: Uint8Array;
  /** 1 where the background was known while nobody was near: no shadow, no halo in it. */
  readonly clean: Uint8Array;
  /**
   * 1 where the mean was resampled, since the camera moved, and not seen since: the next look that agrees replaces it.
   */
  readonly #soft: Uint8Array;
  /** Seconds for which the pixel has shown its mean (unknown pixels) or its candidate (known ones). */
  readonly #steady: Float32Array;
  readonly #candidate: { readonly luma: Float32Array; readonly cb: Float32Array; readonly cr: Float32Array };

  constructor(size: number) {
    const plane = () => new Float32Array(size);
    this.luma = plane();
    this.cb = plane();
    this.cr = plane();
    this.variance = plane();
    this.known = new Uint8Array(size);
    this.clean = new Uint8Array(size);
    this.#soft = new Uint8Array(size);
    this.#steady = plane();
    this.#candidate = { luma: plane(), cb: plane(), cr: plane() };
  }

  /**
   * Learns what is visible of a frame. Most of it is what it was: that is dealt with here, without a call a pixel.
   *
   * @param covered 1 where nothing is to be learnt
   * @param fit of the frame against the background
   * @param seconds since the frame before
   * @param isClean whether nobody is near; what is seen then replaces at once what was learnt with somebody near
   */
  learn(
    frame: Thumbnail,
    covered: Uint8Array,
    fit: PhotometricFit,
    seconds: number,
    isClean: (i: number) => boolean,
  ): void {
    const { known, clean, variance, luma, cb, cr } = this;
    const soft = this.#soft;
    const steady = this.#steady;
    const usual = Math.min(1, seconds / MEMORY_SECONDS);
    const leastLuma = sameLuma(SAME_LUMA_LEVELS, frame.noise);
    const leastChroma = sameChroma(SAME_CHROMA_LEVELS, frame.noise);
    for (let i = 0; i < covered.length; i++) {
      if (covered[i]) continue;
      const dy = (frame.luma[i]! - fit.offset) / fit.gain - luma[i]!;
      const du = frame.cb[i]! - fit.cb - cb[i]!;
      const dv = frame.cr[i]! - fit.cr - cr[i]!;
      const isSame =
        known[i] === 1 &&
        Math.abs(dy) <= Math.max(leastLuma, 3 * Math.sqrt(variance[i]!)) &&
        Math.abs(du) <= leastChroma &&
        Math.abs(dv) <= leastChroma;
      if (!isSame) {
        this.#learnChange(i, frame, fit, seconds, isClean(i));
        continue;
      }
      const rate = soft[i] === 1 ? 1 : usual;
      luma[i] = luma[i]! + rate * dy;
      cb[i] = cb[i]! + rate * du;
      cr[i] = cr[i]! + rate * dv;
      variance[i] =
        soft[i] === 1 ? FIRST_VARIANCE : Math.min(MAX_VARIANCE, variance[i]! + rate * (dy * dy - variance[i]!));
      soft[i] = 0;
      steady[i] = 0;
      if (clean[i] === 0 && isClean(i)) clean[i] = 1;
    }
  }

  /** Learns pixel `i`, which is unknown or shows something else than it did. */
  #learnChange(i: number, frame: Thumbnail, fit: PhotometricFit, seconds: number, clean: boolean): void {
    const trusted = this.known[i] && (this.clean[i] || !clean);
    if (this.watch(i, frame, fit, seconds) >= (trusted ? REPLACED_SECONDS : KNOWN_SECONDS)) {
      this.adopt(i);
      this.clean[i] = clean ? 1 : 0;
    }
  }

  /** Follows what pixel `i` shows without believing it. Returns for how many seconds it has shown the same. */
  watch(i: number, frame: Thumbnail, fit: PhotometricFit, seconds: number): number {
    const luma = (frame.luma[i]! - fit.offset) / fit.gain;
    const cb = frame.cb[i]! - fit.cb;
    const cr = frame.cr[i]! - fit.cr;
    const { luma: l, cb: b, cr: r } = this.#candidate;
    const steady = this.#steady[i]!;
    if (steady > 0 && near(luma, cb, cr, l[i]!, b[i]!, r[i]!, frame.noise)) {
      const rate = Math.max(seconds / (steady + seconds), 0.1);
      l[i] = l[i]! + rate * (luma - l[i]!);
      b[i] = b[i]! + rate * (cb - b[i]!);
      r[i] = r[i]! + rate * (cr - r[i]!);
      this.#steady[i] = steady + seconds;
    } else {
      l[i] = luma;
      b[i] = cb;
      r[i] = cr;
      this.#steady[i] = seconds;
    }
    return this.#steady[i]!;
  }

  /** The candidate of pixel `i` becomes its background. */
  adopt(i: number): void {
    this.luma[i] = this.#candidate.luma[i]!;
    this.cb[i] = this.#candidate.cb[i]!;
    this.cr[i] = this.#candidate.cr[i]!;
    this.variance[i] = FIRST_VARIANCE;
    this.known[i] = 1;
    this.#soft[i] = 0;
    this.#steady[i] = 0;
  }

  /** @param isWrong whether pixel `i` is meant; all of them unless given */
  forget(isWrong: (i: number) => boolean = () => true): void {
    for (let i = 0; i < this.known.length; i++) {
      if (!isWrong(i)) continue;
      this.known[i] = 0;
      this.clean[i] = 0;
      this.#steady[i] = 0;
    }
  }

  /**
   * The camera moved: takes every pixel from where `map` says that it was, bilinearly. What comes in from outside is
   * unknown. Between pixels that differ the mean is off by up to half of that, which the variance then allows for.
   */
  warp(map: Homography, width: number, height: number): void {
    const planes = [this.luma, this.cb, this.cr, this.variance];
    const before = planes.map((plane) => plane.slice());
    const known = this.known.slice();
    const clean = this.clean.slice();
    const luma = before[0]!;
    this.#steady.fill(0);
    const [a, b, c, d, e, f, g, h] = map;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const w = g * x + h * y + 1;
        const px = (a * x + b * y + c) / w;
        const py = (d * x + e * y + f) / w;
        const near = Math.round(py) * width + Math.round(px);
        const inside = px > -0.5 && py > -0.5 && px < width - 0.5 && py < height - 0.5;
        this.known[i] = inside ? known[near]! : 0;
        this.clean[i] = inside ? clean[near]! : 0;
        if (!this.known[i]) continue;
        this.#soft[i] = 1;
        const left = Math.max(0, Math.min(width - 1, Math.floor(px)));
        const top = Math.max(0, Math.min(height - 1, Math.floor(py)));
        const right = Math.min(width - 1, left + 1);
        const bottom = Math.min(height - 1, top + 1);
        const u = Math.max(0, Math.min(1, px - left));
        const v = Math.max(0, Math.min(1, py - top));
        const corners = [top * width + left, top * width + right, bottom * width + left, bottom * width + right];
        const weights = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
        let sum = 0;
        let low = luma[near]!;
        let high = low;
        corners.forEach((k, n) => {
          if (!known[k]) weights[n] = 0;
          if (weights[n] === 0) return;
          sum += weights[n]!;
          low = Math.min(low, luma[k]!);
          high = Math.max(high, luma[k]!);
        });
        planes.forEach((plane, p) => {
          let value = 0;
          corners.forEach((k, n) => {
            value += weights[n]! * before[p]![k]!;
          });
          plane[i] = sum > 0 ? value / sum : before[p]![near]!;
        });
        this.variance[i] = Math.min(MAX_VARIANCE, this.variance[i]! + ((high - low) / 2) ** 2);
      }
    }
  }
}

function near(l0: number, b0: number, r0: number, l1: number, b1: number, r1: number, noise: number): boolean {
  const luma = sameLuma(SAME_LUMA_LEVELS, noise);
  const chroma = sameChroma(SAME_CHROMA_LEVELS, noise);
  return Math.abs(l0 - l1) <= luma && Math.abs(b0 - b1) <= chroma && Math.abs(r0 - r1) <= chroma;
}
