import { type Context2D, makeCanvas } from './canvas.ts';
import { hash } from './sdf.ts';

const TILE = 256;
/** Strength of one grain: pulls a pixel this far towards a random colour, about ±3 levels. */
const STRENGTH = 0.03;

let tile: OffscreenCanvas | undefined;

function makeTile(): OffscreenCanvas {
  const [canvas, ctx] = makeCanvas(TILE, TILE);
  const picture = ctx.createImageData(TILE, TILE);
  for (let i = 0; i < TILE * TILE; i++) {
    // Mostly brightness, a little colour, as sensors after demosaicing.
    const grey = hash(i, 1, 1) + hash(i, 2, 1) - 1;
    for (let c = 0; c < 3; c++) picture.data[i * 4 + c] = 128 + 127 * (0.8 * grey + 0.4 * (hash(i, 3 + c, 1) - 0.5));
    picture.data[i * 4 + 3] = 255 * STRENGTH;
  }
  ctx.putImageData(picture, 0, 0);
  return canvas;
}

/** Sensor noise, another for each frame of 30 a second. */
export function drawGrain(ctx: Context2D, time: number, width: number, height: number): void {
  tile ??= makeTile();
  const frame = Math.round(time * 30);
  for (let y = -Math.floor(hash(frame, 0, 7) * TILE); y < height; y += TILE) {
    for (let x = -Math.floor(hash(frame, 1, 7) * TILE); x < width; x += TILE) ctx.drawImage(tile, x, y);
  }
}

/** The camera's exposure and white balance wander by a few per cent over tens of seconds. */
export function drawExposure(ctx: Context2D, time: number, width: number, height: number): void {
  const gain = 0.965 + 0.028 * Math.sin(time * 0.21) + 0.007 * Math.sin(time * 0.83 + 1);
  const warm = 0.008 * Math.sin(time * 0.13 + 2);
  const level = (g: number) => Math.round(255 * Math.min(1, g));
  ctx.globalCompositeOperation = 'multiply';
  ctx.fillStyle = `rgb(${level(gain + warm)} ${level(gain)} ${level(gain - warm)})`;
  ctx.fillRect(0, 0, width, height);
  ctx.globalCompositeOperation = 'source-over';
}
