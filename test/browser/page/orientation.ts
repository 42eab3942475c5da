import { type Picture, type PictureFormat, pictureBytes, wrapPicture } from '../../../src/picture.ts';
import { stamped } from '../../../src/transport/clock.ts';
import { drawPixels } from '../../../src/transport/draw-pixels.ts';
import { FramePixels, frameOf, sizeOf, timingOf } from '../../../src/transport/pixels.ts';

export interface Turn {
  readonly format: PictureFormat;
  readonly rotation: number;
  readonly flip: boolean;
}

/** What the browser shows of a turned frame, beside what we make of it: sizes, and levels apart at most. */
export async function compare({ format, rotation, flip }: Turn): Promise<{
  readonly shown: string;
  readonly made: string;
  readonly apart: number;
  readonly drawnApart: number;
}> {
  const { data, width, height } = card(format);
  const init = { format, codedWidth: width, codedHeight: height, timestamp: 0, rotation, flip };
  // Given another time, as where a source has no clock.
  const frame = stamped(new VideoFrame(data, init), 7);
  const shown = seen(frame);
  const picture = await new FramePixels(true).read(frame);
  const made = frameOf(picture, timingOf(frame));
  const drawn = drawPixels(frame, sizeOf(frame), undefined);
  const ours = seen(made);
  const answer = {
    shown: `${frame.displayWidth}x${frame.displayHeight} at ${frame.timestamp}`,
    made: `${made.displayWidth}x${made.displayHeight} at ${made.timestamp}`,
    apart: apart(shown, ours, made.displayWidth),
    drawnApart: apart(shown, drawn.data, made.displayWidth),
  };
  frame.close();
  made.close();
  return answer;
}

/** A picture without any symmetry, in blocks, so that chroma is whole. */
function card(format: PictureFormat): Picture {
  const [width, height] = [48, 32];
  const picture = wrapPicture(format, width, height, new Uint8Array(pictureBytes(format, width, height)).fill(255));
  picture.channels.forEach(({ offset, step, stride, width, height, shift }, c) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const block = ((x << shift) >> 4) + 3 * ((y << shift) >> 4);
        picture.data[offset + y * stride + x * step] = 60 + ((block * 37 + c * 53) % 6) * 25;
      }
    }
  });
  return picture;
}

function seen(frame: VideoFrame): Uint8ClampedArray {
  const { displayWidth, displayHeight } = frame;
  const context = new OffscreenCanvas(displayWidth, displayHeight).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(frame, 0, 0);
  return context.getImageData(0, 0, displayWidth, displayHeight).data;
}

/** Within the blocks: between two, chroma is interpolated in another direction where the browser turns a frame. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>, width: number): number {
  if (a.length !== b.length) return 255;
  const inner = (at: number) => at % 16 >= 3 && at % 16 < 13;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const pixel = i >> 2;
    if (inner(pixel % width) && inner(Math.floor(pixel / width))) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  }
  return most;
}
