import { sumColumns } from '../../column-sums.ts';
import type { Rect } from '../../geometry.ts';
import type { Channel, Picture, YuvSpace } from '../../picture.ts';

/** The longer side of the grid on which masks are made, pixels: that of the models, so that nothing is scaled twice. */
const GRID_SIZE_PX = 256;

/** A small copy of a picture (or of a part of it), averaged over the source pixels of each of its own. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** What a model sees. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Luma 0..255 and two colour differences around 128, with fractions: averaging lowers the noise below one level. */
  readonly luma: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  /** Standard deviation of the camera's noise in a pixel's luma, levels; 0 where it was not measured. */
  noise: number;
}

/** The grid for a picture: its aspect, {@link GRID_SIZE_PX} on the longer side, never more than the picture has. */
export function gridSize({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, GRID_SIZE_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function createThumbnail(width: number, height: number): Thumbnail {
  const size = width * height;
  const plane = () => new Float32Array(size);
  return { width, height, rgba: new Uint8ClampedArray(size * 4), luma: plane(), cb: plane(), cr: plane(), noise: 0 };
}

/** Fills `out` with the part `rect` of `picture`. */
export function shrink(picture: Picture, out: Thumbnail, rect: Rect = { x: 0, y: 0, ...sizeOf(picture) }): void {
  const [a, b, c] = picture.channels;
  average(picture.data, a, rect, out.luma, out.width, out.height);
  average(picture.data, b, rect, out.cb, out.width, out.height);
  average(picture.data, c, rect, out.cr, out.width, out.height);
  if (picture.format === 'RGBA') fromRgb(out);
  else fromYuv(out, picture.yuv);
}

/**
 * Makes a dim thumbnail of `picture` as bright as others, in place; from the means, so that their fractions count.
 *
 * @param gain 1 and more
 */
export function brighten(out: Thumbnail, gain: number, { format, yuv }: Picture): void {
  if (gain === 1) return;
  const { rgba, luma, cb, cr } = out;
  const [kr, kb] = format === 'RGBA' ? WEIGHTS.bt601 : WEIGHTS[yuv.matrix];
  const kg = 1 - kr - kb;
  for (let i = 0, o = 0; i < luma.length; i++, o += 4) {
    const y = gain * luma[i]!;
    const u = gain * (cb[i]! - 128);
    const v = gain * (cr[i]! - 128);
    const r = y + 2 * (1 - kr) * v;
    const b = y + 2 * (1 - kb) * u;
    rgba[o] = r;
    rgba[o + 1] = (y - kr * r - kb * b) / kg;
    rgba[o + 2] = b;
    luma[i] = y;
    cb[i] = 128 + u;
    cr[i] = 128 + v;
  }
}

/** Of red and blue in luma. */
const WEIGHTS = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;

function sizeOf({ width, height }: Picture) {
  return { width, height };
}

/** More samples than this across a pixel of the thumbnail add time but no certainty. */
const MAX_SAMPLES_ACROSS = 6;

/** The sums of the columns under one row of a thumbnail. */
let scratch = new Int32Array(0);

function average(
  data: Uint8Array,
  channel: Channel,
  rect: Rect,
  out: Float32Array,
  width: number,
  height: number,
): void {
  const scale = 1 / (1 << channel.shift);
  const columns = edges(rect.x * scale, rect.width * scale, width, channel.width);
  const rows = edges(rect.y * scale, rect.height * scale, height, channel.height);
  const { offset, step, stride } = channel;
  const skip = Math.max(1, Math.floor((rect.height * scale) / height / MAX_SAMPLES_ACROSS));
  const first = columns[0]!;
  const across = columns[2 * width - 1]! - first;
  if (scratch.length < across) scratch = new Int32Array(across);
  const sums = scratch;
  for (let j = 0, o = 0; j < height; j++) {
    const top = rows[2 * j]!;
    const down = Math.ceil((rows[2 * j + 1]! - top) / skip);
    sumColumns(data, offset + top * stride + first * step, step, skip * stride, down, across, sums);
    for (let i = 0; i < width; i++, o++) {
      const left = columns[2 * i]! - first;
      const right = columns[2 * i + 1]! - first;
      let sum = 0;
      for (let x = left; x < right; x++) sum += sums[x]!;
      out[o] = sum / (down * (right - left));
    }
  }
}

/** For each of `count` cells the first source sample and the one after the last; at least one each. */
function edges(start: number, length: number, count: number, limit: number): Int32Array {
  const out = new Int32Array(count * 2);
  for (let i = 0; i < count; i++) {
    const first = Math.min(limit - 1, Math.floor(start + (i * length) / count));
    const last = Math.min(limit, Math.floor(start + ((i + 1) * length) / count));
    out[2 * i] = first;
    out[2 * i + 1] = Math.max(first + 1, last);
  }
  return out;
}

/** The channels hold R, G, B so far. BT.601, full range: only differences of these are ever used. */
function fromRgb({ rgba, luma, cb, cr }: Thumbnail): void {
  for (let i = 0, o = 0; i < luma.length; i++, o += 4) {
    const r = luma[i]!;
    const g = cb[i]!;
    const b = cr[i]!;
    rgba[o] = r;
    rgba[o + 1] = g;
    rgba[o + 2] = b;
    rgba[o + 3] = 255;
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    luma[i] = y;
    cb[i] = 128 + (b - y) * 0.564;
    cr[i] = 128 + (r - y) * 0.713;
  }
}

function fromYuv({ rgba, luma, cb, cr }: Thumbnail, { matrix, fullRange }: YuvSpace): void {
  const [kr, kb] = WEIGHTS[matrix];
  const kg = 1 - kr - kb;
  const black = fullRange ? 0 : 16;
  const lumaGain = fullRange ? 1 : 255 / 219;
  const chromaGain = fullRange ? 1 : 255 / 224;
  for (let i = 0, o = 0; i < luma.length; i++, o += 4) {
    const y = (luma[i]! - black) * lumaGain;
    const u = (cb[i]! - 128) * chromaGain;
    const v = (cr[i]! - 128) * chromaGain;
    const r = y + 2 * (1 - kr) * v;
    const b = y + 2 * (1 - kb) * u;
    rgba[o] = r;
    rgba[o + 1] = (y - kr * r - kb * b) / kg;
    rgba[o + 2] = b;
    rgba[o + 3] = 255;
    luma[i] = y;
    cb[i] = 128 + u;
    cr[i] = 128 + v;
  }
}
