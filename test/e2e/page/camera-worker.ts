import { pictureBytes, wrapPicture } from '../../../src/picture.ts';
import { rgbaToI420 } from '../../../src/transport/rgba-to-i420.ts';
import { Camera, type ToCamera } from './camera.ts';

/** The first message: where the frames go. */
export interface OpenCamera {
  readonly type: 'open';
  readonly writable: WritableStream<VideoFrame>;
}

/** What a camera may do that a desk camera does not. */
export interface Oddities {
  /** Its pixels lie on their side, and its frames say how they are to be turned. */
  readonly rotation?: 0 | 90 | 180 | 270;
  readonly flip?: boolean;
  /** `still`: every frame is of the time 0. `milliseconds`: for microseconds. */
  readonly clock?: 'running' | 'still' | 'milliseconds';
  /** Frames arrive late by up to so many milliseconds. */
  readonly lateBy?: number;
  /** Planes, as hardware gives them. Default: as a canvas gives it. */
  readonly planes?: 'I420' | 'NV12';
}

export interface BeOdd {
  readonly type: 'odd';
  readonly odd: Oddities;
}

// In a worker, as a camera is no part of the page either: it goes on while the page is busy or hidden.
const canvas = new OffscreenCanvas(480, 360);
const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;
const side = new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true })!;
let camera: Camera;
let odd: Oddities = {};

self.onmessage = ({ data }: MessageEvent<OpenCamera | BeOdd | ToCamera>) => {
  if (data.type === 'open') camera = open(data.writable);
  else if (data.type === 'odd') odd = data.odd;
  else camera.onMessage(data);
};

function open(writable: WritableStream<VideoFrame>): Camera {
  const writer = writable.getWriter();
  writer.closed.catch(() => self.close()); // the track was stopped
  return new Camera(context, () => {
    const frame = makeFrame(odd);
    const write = () => writer.write(frame).catch(() => frame.close());
    if (odd.lateBy) setTimeout(write, Math.random() * odd.lateBy);
    else write();
  });
}

function makeFrame({ rotation = 0, flip = false, clock = 'running', planes }: Oddities): VideoFrame {
  const now = performance.now();
  const timestamp = { running: Math.round(now * 1000), still: 0, milliseconds: Math.round(now) }[clock];
  const from = rotation || flip ? layOnSide(rotation, flip) : context;
  const turn = { timestamp, rotation, flip };
  if (!planes) return new VideoFrame(from.canvas, turn);
  const { width, height } = from.canvas;
  const rgba = new Uint8Array(from.getImageData(0, 0, width, height).data.buffer);
  const made = wrapPicture('I420', width, height, new Uint8Array(pictureBytes('I420', width, height)));
  rgbaToI420(wrapPicture('RGBA', width, height, rgba), made);
  const data = planes === 'I420' ? made.data : interleaved(made.data, width * height);
  return new VideoFrame(data, { format: planes, codedWidth: width, codedHeight: height, ...turn });
}

/** Draws the picture so that turning it clockwise, and then mirroring it, makes it upright. */
function layOnSide(rotation: number, flip: boolean): OffscreenCanvasRenderingContext2D {
  const { width, height } = canvas;
  const across = rotation % 180 !== 0;
  Object.assign(side.canvas, across ? { width: height, height: width } : { width, height });
  side.translate(side.canvas.width / 2, side.canvas.height / 2);
  side.rotate((-rotation * Math.PI) / 180);
  side.scale(flip ? -1 : 1, 1);
  side.drawImage(canvas, -width / 2, -height / 2);
  return side;
}

/** NV12 of I420. */
function interleaved(i420: Uint8Array, luma: number): Uint8Array {
  const nv12 = i420.slice();
  const chroma = (i420.length - luma) / 2;
  for (let i = 0; i < chroma; i++) {
    nv12[luma + 2 * i] = i420[luma + i]!;
    nv12[luma + 2 * i + 1] = i420[luma + chroma + i]!;
  }
  return nv12;
}
