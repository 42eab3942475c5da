import { drawTime } from './draw-time.ts';

/** From {@link MarkedSource} to its worker. */
export type ToCamera =
  | {
      readonly type: 'start';
      readonly writable: WritableStream<VideoFrame>;
      readonly frames: readonly ImageBitmap[];
      readonly fps: number;
    }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'stop' };

// In a worker, as a camera is no part of the page either: it goes on while the page is busy or hidden.
const canvas = new OffscreenCanvas(480, 360);
const context = canvas.getContext('2d', { alpha: false })!;
let timer: ReturnType<typeof setInterval>;
let paused = false;

self.onmessage = ({ data }: MessageEvent<ToCamera>) => {
  switch (data.type) {
    case 'start':
      start(data);
      break;
    case 'pause':
      paused = data.paused;
      break;
    case 'size':
      Object.assign(canvas, { width: data.width, height: data.height });
      break;
    case 'stop':
      clearInterval(timer);
      break;
  }
};

function start({ writable, frames, fps }: Extract<ToCamera, { type: 'start' }>): void {
  const writer = writable.getWriter();
  writer.closed.catch(() => self.close()); // the track was stopped
  let number = 0;
  const draw = () => {
    if (paused) return;
    number++;
    // There and back, so that the figure never jumps.
    const at = number % (2 * frames.length);
    const picture = frames[at < frames.length ? at : 2 * frames.length - 1 - at]!;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    drawTime(context, Date.now());
    const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
    writer.write(frame).catch(() => frame.close());
  };
  draw();
  timer = setInterval(draw, 1000 / fps);
}
