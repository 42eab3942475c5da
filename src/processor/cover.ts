import { HOLE, type Mask } from '../mask.ts';
import { type Channel, type Picture, pictureBytes, wrapPicture } from '../picture.ts';
import { type FrameTiming, frameOf } from '../transport/pixels.ts';
import type { Cover } from './options.ts';

/** An even dark grey: bright enough not to be taken for a dead camera. As a share of white. */
const GREY = 0.22;
/** Tiles along the shorter side: a face at desk distance is then about three tiles. */
const TILES = 9;

/** Covers the whole picture in place. */
export function coverPicture(picture: Picture, cover: Cover): void {
  if (cover === 'blank') blank(picture);
  else mosaic(picture);
}

/** A frame of nothing but the even grey. */
export function blankFrame(width: number, height: number, timing: FrameTiming): VideoFrame {
  const picture = wrapPicture('I420', width, height, new Uint8Array(pictureBytes('I420', width, height)));
  blank(picture);
  return frameOf(picture, timing);
}

/**
 * Covers the hole alone, without regard to what is behind it: for an inpainter that failed while the mask still holds,
 * and for the part of a mask that is in doubt. Returns the share of the mask that is hole.
 */
export function coverHole(picture: Picture, hole: Mask): number {
  let size = 0;
  for (const value of hole.data) if (value >= HOLE) size++;
  if (size === 0) return 0;
  // Every source pixel that a hole value can reach by bilinear scaling is covered.
  const sx = hole.width / picture.width;
  const sy = hole.height / picture.height;
  picture.channels.forEach((channel, index) => {
    const value = blankValue(picture, index);
    for (let y = 0; y < channel.height; y++) {
      const rows = span(y, channel.shift, sy, hole.height);
      for (let x = 0; x < channel.width; x++) {
        const columns = span(x, channel.shift, sx, hole.width);
        if (touches(hole, columns, rows)) {
          picture.data[channel.offset + y * channel.stride + x * channel.step] = value;
        }
      }
    }
  });
  return size / hole.data.length;
}

function span(at: number, shift: number, scale: number, limit: number): readonly [number, number] {
  const first = Math.floor((at << shift) * scale - 0.5);
  const last = Math.ceil(((at + 1) << shift) * scale - 0.5);
  return [Math.max(0, first), Math.min(limit - 1, last)];
}

function touches(mask: Mask, [x0, x1]: readonly [number, number], [y0, y1]: readonly [number, number]): boolean {
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) if (mask.data[y * mask.width + x]! >= HOLE) return true;
  }
  return false;
}

function blankValue({ format, yuv }: Picture, channel: number): number {
  if (format === 'RGBA') return Math.round(255 * GREY);
  if (channel > 0) return 128;
  return Math.round(yuv.fullRange ? 255 * GREY : 16 + 219 * GREY);
}

function blank(picture: Picture): void {
  if (picture.format === 'RGBA') {
    const grey = blankValue(picture, 0);
    new Uint32Array(picture.data.buffer, 0, picture.width * picture.height).fill(
      (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0,
    );
    return;
  }
  picture.data.fill(128);
  picture.data.fill(blankValue(picture, 0), 0, picture.width * picture.height);
}

function mosaic(picture: Picture): void {
  const tile = 2 * Math.max(1, Math.ceil(Math.min(picture.width, picture.height) / TILES / 2));
  for (const channel of picture.channels) {
    const size = tile >> channel.shift || 1;
    for (let y = 0; y < channel.height; y += size) {
      for (let x = 0; x < channel.width; x += size) flatten(picture.data, channel, x, y, size);
    }
  }
}

function flatten(data: Uint8Array, channel: Channel, x0: number, y0: number, size: number): void {
  const { offset, stride, step } = channel;
  const x1 = Math.min(channel.width, x0 + size);
  const y1 = Math.min(channel.height, y0 + size);
  let sum = 0;
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[offset + y * stride + x * step]!;
  const mean = Math.round(sum / ((x1 - x0) * (y1 - y0)));
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) data[offset + y * stride + x * step] = mean;
}
