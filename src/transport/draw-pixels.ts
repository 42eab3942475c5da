import { type Picture, wrapPicture } from '../picture.ts';
import type { Size } from './orientation.ts';

/**
 * Reads a frame by drawing it, for frames that cannot be copied. The canvas turns it upright.
 *
 * @param why what kept it from being copied
 * @returns RGBA in a buffer of its own
 */
export function drawPixels(frame: VideoFrame, { width, height }: Size, why: unknown): Picture {
  try {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(frame, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return wrapPicture('RGBA', width, height, new Uint8Array(data.buffer));
  } catch {
    const words = why instanceof Error ? why.message : String(why);
    throw new Error(`a ${width}x${height} frame of format ${frame.format} can be neither copied nor drawn: ${words}`, {
      cause: why,
    });
  }
}
