import { prepareFigure, renderScene } from '../../scene/scene.ts';
import { readClip } from '../remove/clip.ts';
import { drawTimecode } from './timecode.ts';

export interface CameraJob {
  readonly width: number;
  readonly height: number;
  /** URL of a clip, or `null` for the project's generated scene. */
  readonly clip: string | null;
  /** Filmed by somebody who holds the camera in the hand. */
  readonly moving: boolean;
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

window.makeCamera = async ({ width, height, clip, moving }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas.');
  const pictures: Blob[] = [];
  for await (const picture of clip ? clipPictures(clip, width, height) : scenePictures(width, height)) {
    const [x, y] = moving ? swayed(pictures.length) : [0, 0];
    const scale = moving ? 1 + 2 * SWAY : 1;
    context.drawImage(
      picture,
      (x - (scale - 1) / 2) * width,
      (y - (scale - 1) / 2) * height,
      scale * width,
      scale * height,
    );
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

/** How far a hand moves a camera at most, share of the picture. */
const SWAY = 0.04;

/** Where a hand holds the camera at frame `i`: it sways slowly, and trembles a little. Shares of the picture. */
function swayed(i: number): [number, number] {
  return [0.034 * Math.sin(i / 19) + 0.004 * Math.sin(i / 2.3), 0.026 * Math.sin(i / 23) + 0.004 * Math.sin(i / 3.1)];
}

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
