import { isClipped, MAX_LEVEL } from './photometric-fit.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Seconds over which the picture without flicker is averaged: many periods of a band that rolls through it. */
const MEMORY_SECONDS = 1.5;

/** Seconds until strong bands have rolled through the mean often enough, and the room was seen without them. */
const SETTLING_SECONDS = 1;

/** Largest change of a row's brightness that is put down to lamps. */
const MAX_FLICKER = 0.3;

/** Rows whose gains differ by less than this, as a deviation, do not flicker: noise and what moves. */
const MIN_FLICKER = 0.012;

/** Lamps flicker all the time. Who moves looks like them at times: not for so many seconds, less those without. */
const MIN_FLICKERING_SECONDS = 1;
const MAX_FLICKERING_SECONDS = 2;

/** At first, while the room is not known either, strong flicker is believed so many times sooner. */
const MAX_STRENGTH = 4;

/** Luma under which a ratio is mostly noise. */
const MIN_LUMA = 16;

/**
 * Share of a row's pixels that must agree with its gain, and by how much: light changes all of a row alike, people do
 * not.
 */
const MIN_AGREEING_SHARE = 0.5;
const AGREEING = 0.05;

/** Fewer pixels of a row than this share say nothing about it. */
const MIN_VISIBLE_SHARE = 0.15;

/**
 * Share of the rows that must be told for lamps to be believed, and to be followed once they are: bands roll through
 * all of the picture. Before a bright window few rows can be told, and those differ by shadows.
 */
const MIN_BELIEVED_ROWS = 2 / 3;
const MIN_FOLLOWED_ROWS = 1 / 4;

/** Ratios are counted in so many bins over 1 - {@link MAX_FLICKER} to 1 + it. */
const BINS = 120;

/**
 * Lamps flicker with the mains, and a rolling shutter makes bands of it that roll through the picture: each row has a
 * gain of its own. It is the median, along the row, of the frame over what the picture showed on average; what moves is
 * in less than half of a row. The mean over all rows stays, which is the exposure's.
 */
export class RowFlicker {
  readonly #mean: Float32Array;
  readonly #gains: Float32Array;
  readonly #bins = new Uint16Array(BINS);
  #weight = 0;
  /** For how long it has flickered, less how long it has not, seconds. */
  #flickering = 0;
  readonly #width: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#mean = new Float32Array(width * height);
    this.#gains = new Float32Array(height);
  }

  /**
   * Takes the flicker out of a frame's luma, in place; the colours that a model sees stay.
   *
   * @param covered 1 where the last frame was hole: that is not the room
   * @param seconds since the frame before
   * @returns false at first where it flickers strongly: until that can be taken out, and for as long as it takes to
   *   learn the room then, nothing is known of it.
   */
  remove(frame: Thumbnail, covered: Uint8Array, seconds: number): boolean {
    const width = this.#width;
    const { luma } = frame;
    const flicker = this.#weight > 0 ? this.#findGains(frame, covered) : 0;
    const flickers = flicker > MIN_FLICKER;
    // Of what came in, not of what goes out: bands that roll average out, and those of the first frame are not kept.
    this.#weight = Math.min(MEMORY_SECONDS, this.#weight + Math.max(seconds, 1e-3));
    const rate = Math.min(1, Math.max(seconds, 1e-3) / this.#weight);
    for (let i = 0; i < luma.length; i++) this.#mean[i] = this.#mean[i]! + rate * (luma[i]! - this.#mean[i]!);
    const strength = Math.min(MAX_STRENGTH, flicker / MIN_FLICKER);
    const trust = this.#weight < MEMORY_SECONDS ? strength : 1;
    const flickering = this.#flickering + (flickers ? trust * seconds : -seconds);
    this.#flickering = Math.min(MAX_FLICKERING_SECONDS, Math.max(0, flickering));
    const unclear = this.#weight < SETTLING_SECONDS && strength === MAX_STRENGTH;
    if (!flickers) return true;
    if (this.#flickering < MIN_FLICKERING_SECONDS) return !unclear;
    // What is always clipped has the same luma under any lamp.
    for (let i = 0; i < luma.length; i++)
      if (this.#mean[i]! <= MAX_LEVEL) luma[i] = luma[i]! / this.#gains[(i / width) | 0]!;
    return !unclear;
  }

  /** By how much the rows differ, as a deviation of their gains; 0 where too few of them say. */
  #findGains(frame: Thumbnail, covered: Uint8Array): number {
    const gains = this.#gains;
    let sum = 0;
    let n = 0;
    for (let y = 0; y < gains.length; y++) {
      gains[y] = this.#gainOf(frame, covered, y);
      if (Number.isNaN(gains[y]!)) continue;
      sum += gains[y]!;
      n++;
    }
    const believed = this.#flickering >= MIN_FLICKERING_SECONDS;
    if (n < (believed ? MIN_FOLLOWED_ROWS : MIN_BELIEVED_ROWS) * gains.length) return 0;
    const mean = sum / n;
    let spread = 0;
    let last = Number.NaN;
    for (let y = 0; y < gains.length; y++) {
      if (Number.isNaN(gains[y]!)) gains[y] = last;
      else {
        gains[y] = gains[y]! / mean;
        spread += (gains[y]! - 1) ** 2;
        last = gains[y]!;
      }
    }
    // Rows above the first that is known have its gain.
    const first = gains.find((gain) => !Number.isNaN(gain)) ?? 1;
    for (let y = 0; y < gains.length && Number.isNaN(gains[y]!); y++) gains[y] = first;
    return Math.sqrt(spread / n);
  }

  /** The median ratio of a row; NaN where too little of it is seen, or too little agrees. */
  #gainOf({ luma, cb, cr }: Thumbnail, covered: Uint8Array, y: number): number {
    const bins = this.#bins.fill(0);
    const width = this.#width;
    const scale = BINS / (2 * MAX_FLICKER);
    let n = 0;
    for (let i = y * width, end = i + width; i < end; i++) {
      const before = this.#mean[i]!;
      if (covered[i] || before < MIN_LUMA || before > MAX_LEVEL) continue;
      if (luma[i]! > MAX_LEVEL || isClipped(luma[i]!, cb[i]!, cr[i]!)) continue;
      n++;
      const bin = Math.floor((luma[i]! / before - 1 + MAX_FLICKER) * scale);
      if (bin >= 0 && bin < BINS) bins[bin]!++;
    }
    if (n < MIN_VISIBLE_SHARE * width) return Number.NaN;
    let below = 0;
    let bin = 0;
    while (bin < BINS && below + bins[bin]! < n / 2) below += bins[bin++]!;
    if (bin === BINS) return Number.NaN;
    const reach = Math.round(AGREEING * scale);
    let agreeing = 0;
    for (let k = Math.max(0, bin - reach); k <= Math.min(BINS - 1, bin + reach); k++) agreeing += bins[k]!;
    if (agreeing < MIN_AGREEING_SHARE * n) return Number.NaN;
    return 1 - MAX_FLICKER + (bin + (n / 2 - below) / Math.max(1, bins[bin]!)) / scale;
  }
}
