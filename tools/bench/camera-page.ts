import { prepareFigure, renderScene } from '../../scene/scene.ts';
import { readClip } from '../remove/clip.ts';
import { drawTimecode } from './timecode.ts';

export interface CameraJob {
  readonly width: number;
  readonly height: number;
  /** URL of a clip, or `null` for the project's generated scene. */
  readonly clip: string | null;
}

declare global {
  interface Window {
    /** Sends a fake camera's frames to `/frame`, one after another. Gives how many. */
    makeCamera(job: CameraJob): Promise<number>;
  }
}

/** Frames drawn. Played forth and back they loop without a jump that would look like a moved camera. */
const FRAMES = 150;
/** The figure of the generated scene stands before the camera from then on, seconds. */
const SCENE_START = 11;

window.makeCamera = async ({ width, height, clip }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas.');
  const pictures: Blob[] = [];
  for await (const picture of clip ? clipPictures(clip, width, height) : scenePictures(width, height)) {
    context.drawImage(picture, 0, 0);
    drawTimecode(context, pictures.length);
    pictures.push(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
    if (pictures.length === FRAMES) break;
  }
  const order = [...pictures, ...pictures.toReversed()];
  for (const body of order) {
    const response = await fetch('/frame', { method: 'PUT', body });
    if (!response.ok) throw new Error(await response.text());
  }
  return order.length;
};

/** The clip, scaled so that it fills the picture. */
async function* clipPictures(url: string, width: number, height: number): AsyncGenerator<OffscreenCanvas> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No 2D canvas.');
  for await (const frame of readClip({ video: url, names: null, fps: 30, size: null })) {
    const scale = Math.max(width / frame.displayWidth, height / frame.displayHeight);
    const [w, h] = [frame.displayWidth * scale, frame.displayHeight * scale];
    context.drawImage(frame, (width - w) / 2, (height - h) / 2, w, h);
    frame.close();
    yield canvas;
  }
}

async function* scenePictures(width: number, height: number): AsyncGenerator<OffscreenCanvas> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas.');
  await prepareFigure();
  for (let i = 0; ; i++) {
    renderScene(context, SCENE_START + i / 30, { width, height });
    yield canvas;
  }
}
