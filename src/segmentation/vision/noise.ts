import type { Picture } from '../../picture.ts';

/** About so many places are looked at, whatever the size: their median is then fixed to a few per cent. */
const SAMPLE_COUNT = 6000;

/** What is the same may differ by so many standard deviations of the noise. */
const SAME_SIGMAS = 4;

/** Colour is averaged from a quarter of the samples, some of its pixels from one alone. */
const CHROMA_TO_LUMA_NOISE = 1.5;

/** Larger responses are edges, whatever their size. */
const MAX_RESPONSE = 1023;

/**
 * Standard deviation of the camera's noise in a picture's luma (or green), levels of 0..255. The response to a mask
 * that is blind to planes and to straight edges along rows and columns (Immerkaer, "Fast noise variance estimation",
 * 1996); its median rather than its mean, so that texture in less than half of the picture does not count. Noise that
 * the camera or a codec smoothed reads as less than it is.
 */
export function noiseOf({ data, channels, format, yuv }: Picture): number {
  const { offset, stride, step, width, height } = channels[format === 'RGBA' ? 1 : 0];
  if (width < 3 || height < 3) return 0;
  // Odd, so that rows and columns of all parities come up.
  const pitch = Math.max(1, Math.round(Math.sqrt((width * height) / SAMPLE_COUNT)) | 1);
  const bins = new Uint32Array(MAX_RESPONSE + 1);
  let n = 0;
  for (let y = 1; y < height - 1; y += pitch) {
    for (let x = 1; x < width - 1; x += pitch) {
      const i = offset + y * stride + x * step;
      const above = i - stride;
      const below = i + stride;
      const sides = data[above]! + data[below]! + data[i - step]! + data[i + step]!;
      const corners = data[above - step]! + data[above + step]! + data[below - step]! + data[below + step]!;
      bins[Math.min(MAX_RESPONSE, Math.abs(corners - 2 * sides + 4 * data[i]!))]!++;
      n++;
    }
  }
  let below = 0;
  let bin = 0;
  while (below + bins[bin]! < n / 2) below += bins[bin++]!;
  // Responses are whole numbers: half of a bin lies below its own, but nothing below 0.
  const median = bin === 0 ? n / 2 / bins[0]! / 2 : bin - 0.5 + (n / 2 - below) / bins[bin]!;
  const gain = format === 'RGBA' || yuv.fullRange ? 1 : 255 / 219;
  return (gain * 1.4826 * median) / 6;
}

/**
 * Levels by which luma may differ and still be the same.
 *
 * @param levels in a picture without noise
 * @param noise of a pixel of the thumbnail (thumbnail.ts)
 */
export function sameLuma(levels: number, noise: number): number {
  return Math.max(levels, SAME_SIGMAS * noise);
}

/** The same for a colour difference. */
export function sameChroma(levels: number, noise: number): number {
  return Math.max(levels, CHROMA_TO_LUMA_NOISE * SAME_SIGMAS * noise);
}
