import type { Rect } from '../../../geometry.ts';
import { boxOf } from '../../vision/regions.ts';
import type { ColourPlanes } from './colour-mixture.ts';

/** Levels of luma, and of both colour differences together, by which a pixel is no longer the same. */
const LUMA_SCALE_LEVELS = 28;
const CHROMA_SCALE_LEVELS = 20;

/** Pixels that are compared at a place at most. */
const MAX_SAMPLES = 400;

/** Share of the template that must lie in the picture for a place to be considered. */
const MIN_VISIBLE_SHARE = 0.35;

/** What it costs to lie outside the picture altogether: less of an object fits more easily. */
const OUTSIDE_PENALTY = 0.2;

/** How far its looks follow what is seen, a frame: an object turns, and light on it changes. */
const UPDATE_RATE = 0.08;

/** Where a template fits, and how badly: 0 = exactly, 1 = not at all. */
export interface TemplateFit {
  /** Shift from where it was, pixels. */
  readonly dx: number;
  readonly dy: number;
  readonly miss: number;
}

/**
 * How an object looked, pixel by pixel, and where. It follows the object by trying places (template matching, truncated
 * absolute differences).
 */
export class Template {
  readonly #width: number;
  readonly #height: number;
  /** Pixels of the grid at shift 0, their columns and rows, and their looks. */
  readonly #x: Int32Array;
  readonly #y: Int32Array;
  readonly #luma: Float32Array;
  readonly #cb: Float32Array;
  readonly #cr: Float32Array;
  readonly #box: Rect;
  readonly #step: number;
  #dx = 0;
  #dy = 0;

  constructor(planes: ColourPlanes, mask: Uint8Array, width: number, height: number) {
    this.#width = width;
    this.#height = height;
    const pixels: number[] = [];
    for (let i = 0; i < mask.length; i++) if (mask[i]) pixels.push(i);
    this.#x = Int32Array.from(pixels, (i) => i % width);
    this.#y = Int32Array.from(pixels, (i) => Math.floor(i / width));
    this.#luma = Float32Array.from(pixels, (i) => planes.luma[i]!);
    this.#cb = Float32Array.from(pixels, (i) => planes.cb[i]!);
    this.#cr = Float32Array.from(pixels, (i) => planes.cr[i]!);
    this.#box = boxOf(mask, width);
    this.#step = Math.max(1, Math.ceil(pixels.length / MAX_SAMPLES));
  }

  get size(): number {
    return this.#x.length;
  }

  /** Where it is now. */
  get box(): Rect {
    return { ...this.#box, x: this.#box.x + this.#dx, y: this.#box.y + this.#dy };
  }

  /** Share of it that lies in the picture. */
  get visible(): number {
    let n = 0;
    for (let k = 0; k < this.#x.length; k++) if (this.#at(k, 0, 0) >= 0) n++;
    return n / this.#x.length;
  }

  /**
   * How badly it fits at a shift.
   *
   * @param may whether a pixel may be the object's at all
   */
  miss(planes: ColourPlanes, may: (i: number) => boolean, dx: number, dy: number): number {
    let sum = 0;
    let n = 0;
    let all = 0;
    for (let k = 0; k < this.#x.length; k += this.#step, all++) {
      const i = this.#at(k, dx, dy);
      if (i < 0) continue;
      n++;
      if (!may(i)) {
        sum++;
        continue;
      }
      sum += Math.min(1, this.#far(planes, i, k));
    }
    return n < MIN_VISIBLE_SHARE * all ? 1 : Math.min(1, sum / n + OUTSIDE_PENALTY * (1 - n / all));
  }

  /** The best fit within `range` pixels of the shift (`x`, `y`): every third place, then those around the best. */
  search(planes: ColourPlanes, may: (i: number) => boolean, range: number, x = 0, y = 0): TemplateFit {
    let best: TemplateFit = { dx: x, dy: y, miss: this.miss(planes, may, x, y) };
    const consider = (dx: number, dy: number) => {
      const miss = this.miss(planes, may, dx, dy);
      if (miss < best.miss) best = { dx, dy, miss };
    };
    for (let dy = y - range; dy <= y + range; dy += 3)
      for (let dx = x - range; dx <= x + range; dx += 3) consider(dx, dy);
    const { dx, dy } = best;
    for (let v = dy - 2; v <= dy + 2; v++) for (let u = dx - 2; u <= dx + 2; u++) consider(u, v);
    return best;
  }

  /** It is there now. */
  move({ dx, dy }: TemplateFit): void {
    this.#dx += dx;
    this.#dy += dy;
  }

  /** Takes on a little of how it looks now, where it still looks alike. */
  follow(planes: ColourPlanes): void {
    for (let k = 0; k < this.#x.length; k++) {
      const i = this.#at(k, 0, 0);
      if (i < 0 || this.#far(planes, i, k) >= 1) continue;
      this.#luma[k]! += UPDATE_RATE * (planes.luma[i]! - this.#luma[k]!);
      this.#cb[k]! += UPDATE_RATE * (planes.cb[i]! - this.#cb[k]!);
      this.#cr[k]! += UPDATE_RATE * (planes.cr[i]! - this.#cr[k]!);
    }
  }

  /** Its pixels that show what it looks like. */
  forEachAlike(planes: ColourPlanes, visit: (i: number) => void): void {
    for (let k = 0; k < this.#x.length; k++) {
      const i = this.#at(k, 0, 0);
      if (i >= 0 && this.#far(planes, i, k) < 1) visit(i);
    }
  }

  /** Its pixels in the picture, where it is or shifted from there. */
  forEach(visit: (i: number) => void, { dx, dy } = { dx: 0, dy: 0 }): void {
    for (let k = 0; k < this.#x.length; k++) {
      const i = this.#at(k, dx, dy);
      if (i >= 0) visit(i);
    }
  }

  /** How different pixel `i` is from the template's pixel `k`: from 1 on it is another one. */
  #far({ luma, cb, cr }: ColourPlanes, i: number, k: number): number {
    const colour = Math.abs(cb[i]! - this.#cb[k]!) + Math.abs(cr[i]! - this.#cr[k]!);
    return Math.abs(luma[i]! - this.#luma[k]!) / LUMA_SCALE_LEVELS + colour / CHROMA_SCALE_LEVELS;
  }

  #at(k: number, dx: number, dy: number): number {
    const x = this.#x[k]! + this.#dx + dx;
    const y = this.#y[k]! + this.#dy + dy;
    return x < 0 || y < 0 || x >= this.#width || y >= this.#height ? -1 : y * this.#width + x;
  }
}
