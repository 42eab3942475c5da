import { boxMean } from './box-mean.ts';
import type { Level } from './pyramid.ts';

/** Pixels to each side of a patch's centre. */
export const RADIUS = 3;
export const SIDE = 2 * RADIUS + 1;
/** RGB and two planes of texture. */
export const PLANES = 5;
/** What the texture planes weigh against colour. */
const TEXTURE = 2;

/**
 * What patches are compared by, pixel by pixel, interleaved, with a mirrored border of {@link RADIUS} pixels: RGB, and
 * two planes of texture, the mean steepness across and down around a pixel (Newson et al., "Video inpainting of complex
 * scenes", 2014), without which every smooth patch is a good match for every blurred one.
 */
export class Features {
  readonly width: number;
  readonly height: number;
  /** Pixels to a row, border included. */
  readonly stride: number;
  readonly data: Float32Array;

  constructor(level: Level) {
    const { width, height, rgb } = level;
    this.width = width;
    this.height = height;
    this.stride = width + 2 * RADIUS;
    this.data = new Float32Array(PLANES * this.stride * (height + 2 * RADIUS));
    const texture = textureOf(level);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, p = PLANES * this.at(0, y); x < width; x++, i++, p += PLANES) {
        for (let c = 0; c < 3; c++) this.data[p + c] = rgb[3 * i + c]!;
        this.data[p + 3] = texture[2 * i]!;
        this.data[p + 4] = texture[2 * i + 1]!;
      }
    }
  }

  /** Index of a pixel, border included; times {@link PLANES} for its first value. */
  at(x: number, y: number): number {
    return (y + RADIUS) * this.stride + x + RADIUS;
  }

  /** Mirrors the picture into its border, anew after every change. */
  mirror(): void {
    const { width, height } = this;
    for (let y = -RADIUS; y < height + RADIUS; y++) {
      const v = mirrored(y, height);
      const inside = v === y;
      for (let x = -RADIUS; x < width + RADIUS; x++) {
        if (inside && x === 0) x = width;
        const from = PLANES * this.at(mirrored(x, width), v);
        this.data.copyWithin(PLANES * this.at(x, y), from, from + PLANES);
      }
    }
  }
}

function mirrored(i: number, n: number): number {
  const at = i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
  return Math.min(n - 1, Math.max(0, at));
}

/**
 * Mean of |dx| and |dy| of luma over a patch, interleaved, of known pixels whose neighbours are known; 0 where there
 * are none.
 */
function textureOf({ width, height, rgb, unknown }: Level): Float32Array {
  const n = width * height;
  const luma = new Float32Array(n);
  for (let i = 0; i < n; i++) luma[i] = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
  const across = new Float32Array(n);
  const down = new Float32Array(n);
  const weight = new Float32Array(n);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      if (unknown[i]! | unknown[i - 1]! | unknown[i + 1]! | unknown[i - width]! | unknown[i + width]!) continue;
      across[i] = Math.abs(luma[i + 1]! - luma[i - 1]!);
      down[i] = Math.abs(luma[i + width]! - luma[i - width]!);
      weight[i] = 1;
    }
  }
  const texture = new Float32Array(2 * n);
  for (const each of [across, down, weight]) boxMean(each, width, RADIUS);
  for (let i = 0; i < n; i++) {
    if (weight[i]! < 1e-3) continue;
    texture[2 * i] = (TEXTURE * across[i]!) / weight[i]!;
    texture[2 * i + 1] = (TEXTURE * down[i]!) / weight[i]!;
  }
  return texture;
}
