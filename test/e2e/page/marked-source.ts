import { prepareFigure, renderMask, renderScene } from '../../../scene/scene.ts';
import { Camera, type ToCamera } from './camera.ts';
import type { BeOdd, Oddities, OpenCamera } from './camera-worker.ts';

/** No camera picture and no scene of ours has this colour; a received pixel near it was behind the mask. */
export const MARKER = [255, 0, 200] as const;

const SIZE = { width: 480, height: 360 };
const FRAMES = 40;
const STEP_SECONDS = 0.12;

const rendered = new Map<number, Promise<ImageBitmap[]>>();

/** A camera that shows the generated room, its figure wearing a marker, and in a corner when each picture was drawn. */
export class MarkedSource {
  readonly track: MediaStreamTrack;
  readonly #post: (message: ToCamera | BeOdd) => void;
  readonly #end: () => void;

  private constructor(frames: readonly ImageBitmap[], fps: number, odd: Oddities) {
    const { track, post, end } = typeof MediaStreamTrackGenerator === 'undefined' ? canvasCamera() : workerCamera();
    this.track = track;
    this.#post = post;
    this.#end = end;
    if (Object.keys(odd).length) this.become(odd);
    post({ type: 'start', frames, fps });
  }

  /** @param at seconds into the scene where it starts; the figure comes in after 2, and stands close from 13 to 24. */
  static async create(at = 14, fps = 15, odd: Oddities = {}): Promise<MarkedSource> {
    const frames = rendered.get(at) ?? render(at);
    rendered.set(at, frames);
    return new MarkedSource(await frames, fps, odd);
  }

  /** Stops making frames and waits until those under way have surely arrived, so that a test knows which is which. */
  async pause(): Promise<void> {
    this.#post({ type: 'pause', paused: true });
    await new Promise((resolve) => setTimeout(resolve, 800));
  }

  resume(): void {
    this.#post({ type: 'pause', paused: false });
  }

  /** Gives pictures of another size from now on, as a camera does that is turned. */
  resize(width: number, height: number): void {
    this.#post({ type: 'size', width, height });
  }

  /** Is odd in another way from now on; with a track generator only. */
  become(odd: Oddities): void {
    this.#post({ type: 'odd', odd });
  }

  stop(): void {
    this.#end();
    this.track.stop();
  }
}

interface CameraTrack {
  readonly track: MediaStreamTrack;
  post(message: ToCamera | BeOdd): void;
  end(): void;
}

function workerCamera(): CameraTrack {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const worker = new Worker('/page/test-e2e-page-camera-worker-ts/page.js', { type: 'module' });
  const { writable } = track;
  worker.postMessage({ type: 'open', writable } satisfies OpenCamera, [writable]);
  return { track, post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

/** Where there is no track generator (Firefox). */
function canvasCamera(): CameraTrack {
  const context = Object.assign(document.createElement('canvas'), SIZE).getContext('2d', { alpha: false })!;
  const camera = new Camera(context);
  const [track] = context.canvas.captureStream().getVideoTracks();
  const post = (message: ToCamera | BeOdd) => message.type !== 'odd' && camera.onMessage(message);
  return { track: track!, post, end: () => camera.stop() };
}

async function render(at: number): Promise<ImageBitmap[]> {
  await prepareFigure();
  const frames: ImageBitmap[] = [];
  for (let i = 0; i < FRAMES; i++) frames.push(await renderMarked(at + i * STEP_SECONDS));
  return frames;
}

async function renderMarked(time: number): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(SIZE.width, SIZE.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  renderMask(context, time, SIZE);
  const middle = centre(context.getImageData(0, 0, SIZE.width, SIZE.height));
  renderScene(context, time, SIZE);
  if (!middle) return canvas.transferToImageBitmap();
  const [x, y] = middle;
  context.fillStyle = `rgb(${MARKER.join(' ')})`;
  context.beginPath();
  context.arc(x, y, SIZE.height / 14, 0, 7);
  context.fill();
  return canvas.transferToImageBitmap();
}

/** The mean of the mask's pixels: on a person who faces the camera, the chest. Undefined while the room is empty. */
function centre({ data, width, height }: ImageData): [number, number] | undefined {
  let n = 0;
  let sx = 0;
  let sy = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[(y * width + x) * 4]) continue;
      n++;
      sx += x;
      sy += y;
    }
  }
  return n ? [sx / n, sy / n] : undefined;
}
