import { renderScene } from '../../../scene/scene.ts';

/** Blocks that a picture is compared by, pixels of the 640x360 room: noise and the encoder average out. */
const BLOCK = 5;
const SIZE = { width: 640, height: 360 };
/**
 * A block differs when one of its colours is so many levels off. Skin, wool and denim on that wall are 30 to 120 off.
 */
const LEVELS = 26;

const canvas = new OffscreenCanvas(SIZE.width / BLOCK, SIZE.height / BLOCK);
const small = canvas.getContext('2d', { willReadFrequently: true })!;
small.imageSmoothingQuality = 'high';

function blocks(picture: CanvasImageSource): Uint8ClampedArray {
  // A video without a picture yet draws nothing: what was compared before must not stay.
  small.fillStyle = 'black';
  small.fillRect(0, 0, canvas.width, canvas.height);
  small.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return small.getImageData(0, 0, canvas.width, canvas.height).data;
}

function emptyRoom(): Uint8ClampedArray {
  const full = new OffscreenCanvas(SIZE.width, SIZE.height);
  renderScene(full.getContext('2d')!, 0, { ...SIZE, figure: false });
  return blocks(full);
}

let truth: Uint8ClampedArray | undefined;

/** Share of the picture, 0..1, that is not the empty room, after the camera's exposure is fitted; 1 with no picture. */
export function notTheRoom(video: HTMLVideoElement): number {
  if (!video.videoWidth) return 1;
  truth ??= emptyRoom();
  const picture = blocks(video);
  const gains = [0, 1, 2].map((c) => gain(picture, truth!, c));
  let off = 0;
  for (let i = 0; i < picture.length; i += 4) {
    if (gains.some((g, c) => Math.abs(picture[i + c]! - g * truth![i + c]!) > LEVELS)) off++;
  }
  return off / (picture.length / 4);
}

/** Of the demo's plate: the share that is known, and the share of that which is not the empty room, 0..1. */
export function plateShares(plate: HTMLCanvasElement): { known: number; strange: number } {
  const alone = new OffscreenCanvas(canvas.width, canvas.height);
  const context = alone.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(plate, 0, 0, alone.width, alone.height);
  const { data } = context.getImageData(0, 0, alone.width, alone.height);
  truth ??= emptyRoom();
  let known = 0;
  let strange = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3]! < 255) continue;
    known++;
    if ([0, 1, 2].some((c) => Math.abs(data[i + c]! - truth![i + c]!) > LEVELS + 0.15 * truth![i + c]!)) strange++;
  }
  return { known: known / (data.length / 4), strange: strange / Math.max(1, known) };
}

/** The scene's exposure wanders by a few per cent; a cover must not be fitted away. */
const [DARKEST, BRIGHTEST] = [0.85, 1.15];

/** Median of the ratios, so that a figure over less than half of the picture does not count. */
function gain(picture: Uint8ClampedArray, room: Uint8ClampedArray, channel: number): number {
  const ratios: number[] = [];
  for (let i = channel; i < picture.length; i += 4) if (room[i]! > 40) ratios.push(picture[i]! / room[i]!);
  ratios.sort((a, b) => a - b);
  return Math.min(BRIGHTEST, Math.max(DARKEST, ratios[ratios.length >> 1] ?? 1));
}
