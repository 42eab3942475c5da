import type { ColourMap } from './colour.ts';
import type { LayerGrid, LayerOnShow } from './completion/layer.ts';
import type { Exposure } from './exposure.ts';
import type { PhotometricFit } from './photometric-fit.ts';
import type { Plate, PlateGrid } from './plate.ts';

/** A plate view's longer side is no longer than that, pixels: enough to see what is known, and little to send. */
const LONGEST = 480;

/** Alpha of what is shown, and was not seen in this call. */
export const NOT_SEEN = 128;
const [LUMA, CHROMA, ALL] = [[0], [1, 2], [0, 1, 2]];
/** From this share on a layer is trusted at a place, and drawn into the view. */
const TRUSTED = 0.5;

/** The plate made small, for people to look at. */
export interface PlateView {
  readonly width: number;
  readonly height: number;
  /**
   * RGBA, row by row. Alpha is 255 where all of a pixel's part of the picture was seen without what is removed;
   * {@link NOT_SEEN} where it is remembered or completed; else 0 and all of it is 0.
   */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The view's size for a picture of so many pixels: its shape, never larger than it. */
export function viewSize(width: number, height: number): Size {
  const scale = Math.min(1, LONGEST / Math.max(1, width, height));
  const side = (n: number) => Math.max(1, Math.round(n * scale));
  return { width: side(width), height: side(height) };
}

/** The plate in the light of the last frame, averaged over boxes. */
export function viewOf(plate: Plate, exposure: readonly Exposure[], colour: ColourMap): PlateView {
  const { full, half } = plate;
  const toRgb = inLight(colour, exposure);
  const { width, height } = viewSize(full.width, full.height);
  const view: PlateView = { width, height, data: new Uint8ClampedArray(4 * width * height) };
  draw(view, full, toRgb, 255, (box, mean) => average(full, box, mean) && (!half || average(half, halved(box), mean)));
  return view;
}

/**
 * Draws into a view what stands in for what was never seen: the first of the layers that has something there.
 *
 * @param size of the picture that the view is of, pixels
 */
export function addLayers(
  view: PlateView,
  layers: readonly (LayerOnShow | undefined)[],
  { exposure, seam: { cell, width: cells, height: rows } }: PhotometricFit,
  colour: ColourMap,
  size: Size,
): void {
  const columns = (size.width + 1) >> 1;
  draw(view, size, inLight(colour, exposure), NOT_SEEN, (box, mean) => {
    const [x, y] = box;
    const at = Math.min(rows - 1, Math.floor(y / cell)) * cells + Math.min(cells - 1, Math.floor(x / cell));
    return layers.some((shown) => {
      if (!shown?.layer || shown.share[at]! < TRUSTED) return false;
      const [full, half] = shown.layer as [LayerGrid, LayerGrid | undefined];
      if (!averageOf(full, size.width, box, half ? LUMA : ALL, mean)) return false;
      return !half || averageOf(half, columns, halved(box), CHROMA, mean);
    });
  });
}

/** Ends excluded, samples. */
type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** The chroma samples of a box of pixels. */
const halved = ([x0, y0, x1, y1]: Box): Box => [x0 >> 1, y0 >> 1, (x1 + 1) >> 1, (y1 + 1) >> 1];

/**
 * Gives what is still transparent of a view its colour.
 *
 * @param meanOf writes the means of the channels over a pixel's part of the picture; false where there is nothing
 */
function draw(
  { width, height, data }: PlateView,
  size: Size,
  toRgb: Float32Array,
  alpha: number,
  meanOf: (box: Box, mean: Float32Array) => boolean,
): void {
  const mean = new Float32Array(3);
  for (let y = 0, i = 0; y < height; y++) {
    const y0 = Math.floor((y * size.height) / height);
    const y1 = Math.ceil(((y + 1) * size.height) / height);
    for (let x = 0; x < width; x++, i += 4) {
      const x0 = Math.floor((x * size.width) / width);
      const x1 = Math.ceil(((x + 1) * size.width) / width);
      if (data[i + 3] !== 0 || !meanOf([x0, y0, x1, y1], mean)) continue;
      for (let k = 0, m = 0; k < 3; k++, m += 4) {
        data[i + k] = toRgb[m]! * mean[0]! + toRgb[m + 1]! * mean[1]! + toRgb[m + 2]! * mean[2]! + toRgb[m + 3]!;
      }
      data[i + 3] = alpha;
    }
  }
}

/**
 * Means of a layer's channels over what it has of a box, ends excluded; false where that is nothing, not even beside
 * it: at an edge the luma of a pixel may have been seen, and its chroma not.
 */
function averageOf(
  { value, has }: LayerGrid,
  width: number,
  [x0, y0, x1, y1]: Box,
  channels: readonly number[],
  mean: Float32Array,
): boolean {
  for (const beside of [0, 1]) {
    const [left, right] = [Math.max(0, x0 - beside), Math.min(width, x1 + beside)];
    const [top, bottom] = [Math.max(0, y0 - beside), Math.min(has.length / width, y1 + beside)];
    let n = 0;
    for (const c of channels) mean[c] = 0;
    for (let y = top; y < bottom; y++) {
      for (let i = y * width + left, end = y * width + right; i < end; i++) {
        if (has[i] === 0) continue;
        n++;
        for (let k = 0; k < channels.length; k++) mean[channels[k]!]! += value[k]![i]!;
      }
    }
    if (n === 0) continue;
    for (const c of channels) mean[c]! /= n;
    return true;
  }
  return false;
}

/** From the plate's channels to RGB of 0..255, through the exposure: rows of four, as {@link ColourMap}. */
function inLight({ toRgb }: ColourMap, exposure: readonly Exposure[]): Float32Array {
  const out = new Float32Array(12);
  for (let m = 0; m < 12; m += 4) {
    out[m + 3] = 255 * toRgb[m + 3]!;
    exposure.forEach(({ gain, offset }, c) => {
      out[m + c] = 255 * toRgb[m + c]! * gain;
      out[m + 3]! += 255 * toRgb[m + c]! * offset;
    });
  }
  return out;
}

/** Means of the grid's channels over a box, ends excluded; false where any of it is unknown. */
function average(grid: PlateGrid, [x0, y0, x1, y1]: Box, mean: Float32Array): boolean {
  const { width, count, channels, value } = grid;
  for (let y = y0; y < y1; y++) {
    for (let i = y * width + x0, end = y * width + x1; i < end; i++) if (count[i] === 0) return false;
  }
  const share = 1 / ((x1 - x0) * (y1 - y0));
  for (let k = 0; k < channels.length; k++) {
    const from = value[k]!;
    let sum = 0;
    for (let y = y0; y < y1; y++) {
      for (let i = y * width + x0, end = y * width + x1; i < end; i++) sum += from[i]!;
    }
    mean[channels[k]!] = sum * share;
  }
  return true;
}
