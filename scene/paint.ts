import { type Context2D, makeCanvas } from './canvas.ts';
import { hash } from './sdf.ts';

export type Corner = [number, number];

export function fillQuad(ctx: Context2D, corners: readonly Corner[], style: string | CanvasGradient): void {
  ctx.beginPath();
  corners.forEach(([x, y], i) => {
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  ctx.closePath();
  ctx.fillStyle = style;
  ctx.fill();
}

function radial(ctx: Context2D, [x, y]: Corner, radius: number, colour: string): void {
  const clear = `${colour.slice(0, colour.indexOf('/'))}/ 0)`;
  const gradient = ctx.createRadialGradient(x, y, 0, x, y, radius);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(1, clear);
  ctx.fillStyle = gradient;
  ctx.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/** Light that is added round a point. `colour` is `rgb(r g b / a)`. */
export function glow(ctx: Context2D, at: Corner, radius: number, colour: string): void {
  ctx.globalCompositeOperation = 'screen';
  radial(ctx, at, radius, colour);
  ctx.globalCompositeOperation = 'source-over';
}

/** Light that is missing round a point. `colour` is `rgb(r g b / a)`. */
export function shade(ctx: Context2D, at: Corner, radius: number, colour: string): void {
  radial(ctx, at, radius, colour);
}

/** Draws at a tenth of the size and scales up: a blur that needs no filter (Safari's canvas has none). */
export function soft(
  ctx: Context2D,
  width: number,
  height: number,
  coarseness: number,
  draw: (small: Context2D) => void,
): void {
  const w = Math.max(2, Math.round(width / coarseness));
  const h = Math.max(2, Math.round(height / coarseness));
  const [canvas, small] = makeCanvas(w, h);
  small.scale(w / width, h / height);
  draw(small);
  ctx.imageSmoothingEnabled = true;
  ctx.imageSmoothingQuality = 'high';
  ctx.drawImage(canvas, 0, 0, width, height);
}

/** Uneven paint: soft blots of `size` pixels, `strength` 0..1. */
export function speckle(
  ctx: Context2D,
  x: number,
  y: number,
  width: number,
  height: number,
  seed: number,
  strength: number,
  size: number,
): void {
  const w = Math.max(2, Math.ceil(width / size));
  const h = Math.max(2, Math.ceil(height / size));
  const [canvas, small] = makeCanvas(w, h);
  const picture = small.createImageData(w, h);
  for (let i = 0; i < w * h; i++) {
    const v = hash(i, seed, 3) < 0.5 ? 0 : 255;
    picture.data.set([v, v, v, 255 * strength * hash(i, seed, 4)], i * 4);
  }
  small.putImageData(picture, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(canvas, x, y, width, height);
}
