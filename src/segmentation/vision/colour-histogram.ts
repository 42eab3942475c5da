import type { Thumbnail } from './thumbnail.ts';

/** Levels a channel is divided into. */
const BINS_PER_CHANNEL = 12;

/** A pixel of any colour counts this much from the start. */
const PRIOR_COUNT = 0.5;

/** Share by which what was learnt fades each time. */
const LEARNING_RATE = 0.02;

/** What somebody's pixels look like: a histogram of luma and both colour differences. */
export class ColourHistogram {
  readonly #counts = new Float32Array(BINS_PER_CHANNEL ** 3);
  #sum = 0;

  /** Whether there is enough to go by. */
  get known(): boolean {
    return this.#sum > 200;
  }

  /** Learns the pixels of a frame for which `belongs` holds. */
  learn(frame: Thumbnail, belongs: (i: number) => boolean): void {
    for (let k = 0; k < this.#counts.length; k++) this.#counts[k] = this.#counts[k]! * (1 - LEARNING_RATE);
    this.#sum *= 1 - LEARNING_RATE;
    for (let i = 0; i < frame.luma.length; i++) {
      if (!belongs(i)) continue;
      this.#counts[cell(frame, i)]! += LEARNING_RATE;
      this.#sum += LEARNING_RATE;
    }
  }

  /** How common the colour of pixel `i` is here, relative to an even spread; below 1 rare. */
  likeness(frame: Thumbnail, i: number): number {
    return (this.#counts.length * (this.#counts[cell(frame, i)]! + PRIOR_COUNT / 100)) / (this.#sum + PRIOR_COUNT * 10);
  }
}

function cell({ luma, cb, cr }: Thumbnail, i: number): number {
  const y = Math.min(BINS_PER_CHANNEL - 1, Math.floor((luma[i]! * BINS_PER_CHANNEL) / 256));
  // Colours of rooms and people fill the middle of the range.
  const u = Math.max(0, Math.min(BINS_PER_CHANNEL - 1, Math.floor(((cb[i]! - 80) * BINS_PER_CHANNEL) / 96)));
  const v = Math.max(0, Math.min(BINS_PER_CHANNEL - 1, Math.floor(((cr[i]! - 80) * BINS_PER_CHANNEL) / 96)));
  return (y * BINS_PER_CHANNEL + u) * BINS_PER_CHANNEL + v;
}
