import { DEFAULT_YUV, type Picture, type PictureFormat, pictureBytes, wrapPicture, type YuvSpace } from '../picture.ts';
import { drawPixels } from './draw-pixels.ts';
import { isUpright, orientationOf, type Size, turnUpright, uprightSize } from './orientation.ts';
import { rgbaToI420 } from './rgba-to-i420.ts';

/**
 * Copies frames' pixels out, into buffers that are used again for every frame, and makes frames of them again. What it
 * gives is upright: whatever comes behind it knows no rotation and no flip.
 *
 * I420 and NV12 (what cameras give) stay as they are. Everything else is read as RGBA and becomes limited-range BT.601
 * I420: Chromium's encoders take what they get for that, and a frame made of RGB arrives up to 37 levels off.
 * `keepRgb` leaves RGBA as it is, for output that meets no encoder.
 */
export class FramePixels {
  readonly #keepRgb: boolean;
  readonly #copied = new PictureBuffer();
  readonly #turned = new PictureBuffer();
  readonly #converted = new PictureBuffer();

  constructor(keepRgb = false) {
    this.#keepRgb = keepRgb;
  }

  /**
   * The picture is valid until the next call. Does not close `frame`.
   *
   * @throws Error where the frame can be neither copied nor drawn
   */
  async read(frame: VideoFrame): Promise<Picture> {
    const upright = await this.#upright(frame);
    if (upright.format !== 'RGBA' || this.#keepRgb) return upright;
    const converted = this.#converted.picture('I420', upright, DEFAULT_YUV);
    rgbaToI420(upright, converted);
    return converted;
  }

  async #upright(frame: VideoFrame): Promise<Picture> {
    let copied: Picture;
    try {
      copied = await this.#copy(frame);
    } catch (cause) {
      // Some frames cannot be copied where they can be shown (https://github.com/w3c/webcodecs/issues/920).
      return drawPixels(frame, sizeOf(frame), cause);
    }
    const orientation = orientationOf(frame);
    if (isUpright(orientation)) return copied;
    const turned = this.#turned.picture(copied.format, uprightSize(copied, orientation), copied.yuv);
    turnUpright(copied, turned, orientation);
    return turned;
  }

  async #copy(frame: VideoFrame): Promise<Picture> {
    const format = frame.format === 'I420' || frame.format === 'NV12' ? frame.format : 'RGBA';
    const picture = this.#copied.picture(format, visibleSize(frame), yuvOf(frame.colorSpace));
    if (format === 'RGBA') await copyRgba(frame, picture.data, picture.width);
    else await frame.copyTo(picture.data, { layout: layoutOf(picture) });
    return picture;
  }
}

/** Memory for one picture, made anew when the size changes. */
class PictureBuffer {
  #bytes = new Uint8Array(0);

  picture(format: PictureFormat, { width, height }: Size, yuv: YuvSpace): Picture {
    const length = pictureBytes(format, width, height);
    if (this.#bytes.length !== length) this.#bytes = new Uint8Array(length);
    return wrapPicture(format, width, height, this.#bytes, yuv);
  }
}

/**
 * Chromium converts to RGBA with the help of the page's main thread, also for a worker: a busy page would hold every
 * frame up. So the bytes are taken as they are where they are RGB already, and put in order here.
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
  // Little endian, as wherever there are browsers.
  const pixels = new Uint32Array(to.buffer, to.byteOffset, to.byteLength / 4);
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

/** What `copyTo` copies of a frame, pixels: as they lie in memory. */
export function visibleSize({ visibleRect, codedWidth, codedHeight }: VideoFrame): Size {
  return visibleRect ?? { width: codedWidth, height: codedHeight };
}

/** A frame's size when it is upright, pixels. */
export function sizeOf(frame: VideoFrame): Size {
  return uprightSize(visibleSize(frame), orientationOf(frame));
}

/** What a frame needs beside its pixels. */
export interface FrameTiming {
  /** Microseconds. */
  readonly timestamp: number;
  /** Microseconds. */
  readonly duration: number | null;
  /** Where a pixel is not square this is not the picture's size. */
  readonly displayWidth?: number;
  readonly displayHeight?: number;
}

/** A frame of `picture` with the source frame's time and display size, and a colour space that survives the encoder. */
export function frameOf(picture: Picture, like: FrameTiming): VideoFrame {
  const { width, height } = picture;
  const init: VideoFrameBufferInit = {
    format: picture.format satisfies PictureFormat,
    codedWidth: width,
    codedHeight: height,
    timestamp: like.timestamp,
    layout: layoutOf(picture),
    displayWidth: like.displayWidth ?? width,
    displayHeight: like.displayHeight ?? height,
  };
  if (like.duration !== null) init.duration = like.duration;
  if (picture.format !== 'RGBA') init.colorSpace = colorSpaceOf(picture.yuv);
  return new VideoFrame(picture.data, init);
}

/** What must be kept of a frame to make another one in its place. The display size is that of the upright picture. */
export function timingOf({ timestamp, duration, displayWidth, displayHeight }: VideoFrame): FrameTiming {
  return { timestamp, duration, displayWidth, displayHeight };
}

function layoutOf(picture: Picture): PlaneLayout[] {
  const planes = picture.format === 'RGBA' ? 1 : picture.format === 'NV12' ? 2 : 3;
  return picture.channels.slice(0, planes).map(({ offset, stride }) => ({ offset, stride }));
}

/** What a frame says of its colours goes out again word for word. File-fed cameras say nothing. */
function yuvOf({ matrix, primaries, transfer, fullRange }: VideoColorSpace): YuvSpace {
  if (!matrix && !fullRange) return DEFAULT_YUV;
  const bt601 = !matrix || matrix === 'smpte170m' || matrix === 'bt470bg';
  return {
    matrix: bt601 ? 'bt601' : 'bt709',
    fullRange: fullRange ?? false,
    stated: { matrix, primaries, transfer, fullRange },
  };
}

function colorSpaceOf({ matrix, fullRange, stated }: YuvSpace): VideoColorSpaceInit {
  const name = matrix === 'bt709' ? 'bt709' : 'smpte170m';
  return stated ?? { matrix: name, primaries: name, transfer: name, fullRange };
}
