import { Camera, type ToCamera } from './camera.ts';

/** The first message: where the frames go. */
export interface OpenCamera {
  readonly type: 'open';
  readonly writable: WritableStream<VideoFrame>;
}

// In a worker, as a camera is no part of the page either: it goes on while the page is busy or hidden.
const canvas = new OffscreenCanvas(480, 360);
const context = canvas.getContext('2d', { alpha: false })!;
let camera: Camera;

self.onmessage = ({ data }: MessageEvent<OpenCamera | ToCamera>) => {
  if (data.type === 'open') camera = open(data.writable);
  else camera.hear(data);
};

function open(writable: WritableStream<VideoFrame>): Camera {
  const writer = writable.getWriter();
  writer.closed.catch(() => self.close()); // the track was stopped
  return new Camera(context, () => {
    const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
    writer.write(frame).catch(() => frame.close());
  });
}
