import type { Background } from './background.ts';
import type { Exposure } from './exposure.ts';
import type { Thumbnail } from './thumbnail.ts';

/** Levels of luma that noise alone may reach after averaging; on top comes what the pixel's own variance says. */
const LUMA_FLOOR = 2.5;
const LUMA_SIGMAS = 1.5;

/** Levels that the sum of both colour differences may reach. Colour is coarser in video, so its floor is higher. */
const CHROMA_FLOOR = 4;

/** How a frame differs from the background that it should show. */
export interface Difference {
  /**
   * 0 = same; from 1 on noise no longer explains it; in units of that limit. 0 where the background is unknown.
   */
  readonly score: Float32Array;
  /** 1 where the pixel is darker by up to a factor but has kept its colour: a shadow, or something dark. */
  readonly shade: Uint8Array;
  /** 1 where the pixel is brighter and has kept its colour: light, or something bright. */
  readonly lit: Uint8Array;
}

/** Shadows leave at least this share of the light; what is darker is a thing. */
const DARKEST_SHADOW = 0.4;

/** Chroma score below which light, more of it or less, explains a difference. */
const SAME_COLOUR = 2;

/** Measures differences over 3x3 neighbourhoods. */
export class DifferenceMeter implements Difference {
  readonly score: Float32Array;
  readonly shade: Uint8Array;
  readonly lit: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #raw: readonly [Float32Array, Float32Array, Float32Array];
  readonly #smooth: readonly [Float32Array, Float32Array, Float32Array];
  readonly #row: Float32Array;

  constructor(width: number, height: number) {
    const plane = () => new Float32Array(width * height);
    this.#width = width;
    this.#height = height;
    this.score = plane();
    this.shade = new Uint8Array(width * height);
    this.lit = new Uint8Array(width * height);
    this.#raw = [plane(), plane(), plane()];
    this.#smooth = [plane(), plane(), plane()];
    this.#row = new Float32Array(width);
  }

  measure(frame: Thumbnail, background: Background, { gain, offset, cb, cr }: Exposure): this {
    const { known, luma, variance } = background;
    const [y, u, v] = this.#raw;
    for (let i = 0; i < known.length; i++) {
      const there = known[i];
      y[i] = there ? frame.luma[i]! - gain * luma[i]! - offset : 0;
      u[i] = there ? frame.cb[i]! - background.cb[i]! - cb : 0;
      v[i] = there ? frame.cr[i]! - background.cr[i]! - cr : 0;
    }
    const [sy, su, sv] = this.#smooth;
    for (const k of [0, 1, 2] as const) this.#average(this.#raw[k], this.#smooth[k]);
    for (let i = 0; i < known.length; i++) {
      this.score[i] = 0;
      this.shade[i] = 0;
      this.lit[i] = 0;
      if (!known[i]) continue;
      const chroma = (Math.abs(su[i]!) + Math.abs(sv[i]!)) / CHROMA_FLOOR;
      const light = Math.abs(sy[i]!) / (LUMA_FLOOR + LUMA_SIGMAS * Math.sqrt(variance[i]!));
      this.score[i] = Math.max(light, chroma);
      if (chroma >= SAME_COLOUR) continue;
      if (sy[i]! > 0) this.lit[i] = 1;
      else if (frame.luma[i]! > DARKEST_SHADOW * (gain * luma[i]! + offset)) this.shade[i] = 1;
    }
    return this;
  }

  /** 3x3 mean; at the edges the mean of what is there. */
  #average(from: Float32Array, to: Float32Array): void {
    const width = this.#width;
    const height = this.#height;
    const row = this.#row;
    for (let y = 0; y < height; y++) {
      const a = Math.max(0, y - 1) * width;
      const b = y * width;
      const c = Math.min(height - 1, y + 1) * width;
      for (let x = 0; x < width; x++) row[x] = from[a + x]! + from[b + x]! + from[c + x]!;
      // The ends repeat their own column; apart from the loop, which then has no test in it.
      const end = width - 1;
      to[b] = (2 * row[0]! + row[Math.min(1, end)]!) / 9;
      for (let x = 1; x < end; x++) to[b + x] = (row[x - 1]! + row[x]! + row[x + 1]!) / 9;
      if (end > 0) to[b + end] = (row[end - 1]! + 2 * row[end]!) / 9;
    }
  }
}
