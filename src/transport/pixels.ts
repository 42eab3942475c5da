import { DEFAULT_YUV, type Picture, type PictureFormat, pictureBytes, wrapPicture, type YuvSpace } from '../picture.ts';
import { rgbaToI420 } from './rgba-to-i420.ts';

/**
 * Copies frames' pixels out, into one buffer that is used again for every frame, and makes frames of them again.
 *
 * I420 and NV12 (what cameras give) stay as they are. Everything else is read as RGBA and becomes limited-range BT.601
 * I420: Chromium's encoders take what they get for that, and a frame made of RGB arrives up to 37 levels off.
 * `keepRgb` leaves RGBA as it is, for output that meets no encoder.
 */
export class FramePixels {
  readonly #keepRgb: boolean;
  #bytes = new Uint8Array(0);
  #rgba = new Uint8Array(0);

  constructor(keepRgb = false) {
    this.#keepRgb = keepRgb;
  }

  /** The picture is valid until the next call. Does not close `frame`. */
  async read(frame: VideoFrame): Promise<Picture> {
    const { width, height } = visibleSize(frame);
    const format = frame.format === 'I420' || frame.format === 'NV12' ? frame.format : 'RGBA';
    if (format !== 'RGBA') {
      this.#bytes = atLeast(this.#bytes, pictureBytes(format, width, height));
      const picture = wrapPicture(format, width, height, this.#bytes, yuvOf(frame.colorSpace));
      await frame.copyTo(this.#bytes, { layout: layoutOf(picture) });
      return picture;
    }
    this.#rgba = atLeast(this.#rgba, pictureBytes('RGBA', width, height));
    await copyRgba(frame, this.#rgba, width);
    const picture = wrapPicture('RGBA', width, height, this.#rgba);
    if (this.#keepRgb) return picture;
    this.#bytes = atLeast(this.#bytes, pictureBytes('I420', width, height));
    const converted = wrapPicture('I420', width, height, this.#bytes, DEFAULT_YUV);
    rgbaToI420(picture, converted);
    return converted;
  }
}

/**
 * Chromium converts to RGBA with the help of the page's main thread, also for a worker: a busy page would hold every frame
 * up. So the bytes are taken as they are where they are RGB already, and put in order here.
 */
async function copyRgba(frame: VideoFrame, to: Uint8Array, width: number): Promise<void> {
  const layout = [{ offset: 0, stride: width * 4 }];
  const { format, colorSpace } = frame;
  const own = (format === 'RGBX' || format === 'BGRX' || format === 'RGBA' || format === 'BGRA') && isSrgb(colorSpace);
  if (!own) {
    await frame.copyTo(to, { format: 'RGBA', layout });
    return;
  }
  await frame.copyTo(to, { layout });
  if (format === 'RGBA') return;
  const swap = format.startsWith('BGR');
  const opaque = format.endsWith('X') ? 0xff000000 : 0;
  const pixels = new Uint32Array(to.buffer, to.byteOffset, to.byteLength / 4); // little endian, as wherever there are browsers
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const rgba = swap ? (pixel & 0xff00ff00) | ((pixel & 0xff) << 16) | ((pixel >>> 16) & 0xff) : pixel;
    pixels[i] = rgba | opaque;
  }
}

/** What does not say so is taken for it: canvases don't. */
function isSrgb({ primaries, transfer }: VideoColorSpace): boolean {
  return (primaries ?? 'bt709') === 'bt709' && (transfer ?? 'iec61966-2-1') === 'iec61966-2-1';
}

/** What `copyTo` copies of a frame, pixels. */
export function visibleSize({ visibleRect, codedWidth, codedHeight }: VideoFrame): { width: number; height: number } {
  return visibleRect ?? { width: codedWidth, height: codedHeight };
}

/** What a frame needs beside its pixels. */
export interface FrameTiming {
  readonly timestamp: number;
  readonly duration: number | null;
  /** Kept where the browser knows them; older typings don't. */
  readonly rotation?: number;
  readonly flip?: boolean;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
}

/** A frame of `picture` with the source frame's time, size, rotation and a colour space that survives the encoder. */
export function frameOf(picture: Picture, like: FrameTiming): VideoFrame {
  const { width, height } = picture;
  const init: VideoFrameBufferInit & { rotation?: number; flip?: boolean } = {
    format: picture.format satisfies PictureFormat,
    codedWidth: width,
    codedHeight: height,
    timestamp: like.timestamp,
    layout: layoutOf(picture),
    displayWidth: like.displayWidth ?? width,
    displayHeight: like.displayHeight ?? height,
  };
  if (like.duration !== null) init.duration = like.duration;
  if (like.rotation) init.rotation = like.rotation;
  if (like.flip) init.flip = like.flip;
  if (picture.format !== 'RGBA') init.colorSpace = colorSpaceOf(picture.yuv);
  return new VideoFrame(picture.data, init);
}

/** What must be kept of a frame to make another one in its place. */
export function timingOf(frame: VideoFrame): FrameTiming {
  const { rotation, flip } = frame as VideoFrame & { rotation?: number; flip?: boolean };
  // With a rotation the display size is the turned one, while the constructor wants it unturned.
  const turned = rotation === 90 || rotation === 270;
  return {
    // WebKitGTK's canvas tracks give frames the lowest 64-bit number for a time, which no frame can be made with.
    timestamp: Number.isSafeInteger(frame.timestamp) ? frame.timestamp : Math.round(performance.now() * 1000),
    duration: frame.duration,
    displayWidth: turned ? frame.displayHeight : frame.displayWidth,
    displayHeight: turned ? frame.displayWidth : frame.displayHeight,
    ...(rotation ? { rotation } : {}),
    ...(flip ? { flip } : {}),
  };
}

function layoutOf(picture: Picture): PlaneLayout[] {
  const planes = picture.format === 'RGBA' ? 1 : picture.format === 'NV12' ? 2 : 3;
  return picture.channels.slice(0, planes).map(({ offset, stride }) => ({ offset, stride }));
}

function yuvOf(space: VideoColorSpace): YuvSpace {
  if (!space.matrix) return DEFAULT_YUV; // file-fed cameras say nothing
  return { matrix: space.matrix === 'bt709' ? 'bt709' : 'bt601', fullRange: space.fullRange ?? false };
}

function colorSpaceOf({ matrix, fullRange }: YuvSpace): VideoColorSpaceInit {
  const name = matrix === 'bt709' ? 'bt709' : 'smpte170m';
  return { matrix: name, primaries: name, transfer: name, fullRange };
}

function atLeast(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return bytes.length === length ? bytes : new Uint8Array(length);
}
