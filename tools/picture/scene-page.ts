import { prepareFigure, renderScene } from '../../scene/scene.ts';
import { encode, put } from './put.ts';

export interface SceneJob {
  readonly width: number;
  readonly height: number;
  /** Seconds of the scene at the first frame. */
  readonly start: number;
  readonly fps: number;
  readonly frames: number;
  /** Without the figure it is the truth behind it. */
  readonly figure: boolean;
}

/** Draws the generated scene and stores it as `/scene/%05d.png`. */
export async function drawScene({ width, height, start, fps, frames, figure }: SceneJob): Promise<void> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) throw new Error('No 2D canvas.');
  await prepareFigure();
  for (let i = 0; i < frames; i++) {
    renderScene(context, start + i / fps, { width, height, figure });
    await put(`/scene/${String(i).padStart(5, '0')}.png`, await encode(canvas, 'image/png'));
  }
}
