import { growBody } from './body.ts';
import { type Context2D, makeCanvas } from './canvas.ts';
import { Figure } from './figure.ts';
import { drawExposure, drawGrain } from './grain.ts';
import { motion } from './motion.ts';
import { Raster } from './raster.ts';
import { paintRoom } from './room.ts';
import { makeView, project, type View } from './view.ts';

export interface SceneSize {
  /** Pixels. Made for 4:3 to 16:9. */
  readonly width: number;
  readonly height: number;
}

export interface SceneOptions extends SceneSize {
  /** Draw the figure and its shadow; default true. Without it the picture is the truth behind the figure. */
  readonly figure?: boolean;
}

interface Stage {
  readonly view: View;
  readonly room: OffscreenCanvas;
  readonly raster: Raster;
  readonly patch: OffscreenCanvas;
  readonly patchContext: OffscreenCanvasRenderingContext2D;
}

const stages = new Map<string, Stage>();
let figure: Figure | undefined;

/**
 * Draws the generated room as it is `time` seconds after its start. Pure in time: the same time gives the same picture,
 * noise included. The first call for a size paints the room; see {@link prepareFigure} for the figure.
 */
export function renderScene(ctx: Context2D, time: number, options: SceneOptions): void {
  const { width, height } = options;
  const stage = stageFor(width, height);
  ctx.drawImage(stage.room, 0, 0);
  if (options.figure ?? true) drawFigure(ctx, stage, time, true);
  drawExposure(ctx, time, width, height);
  drawGrain(ctx, time, width, height);
}

/** Draws where the figure is in {@link renderScene}: white on black, without its shadow. */
export function renderMask(ctx: Context2D, time: number, size: SceneSize): void {
  const { width, height } = size;
  ctx.fillStyle = 'black';
  ctx.fillRect(0, 0, width, height);
  drawFigure(ctx, stageFor(width, height), time, false);
  // Whatever was drawn is brighter than black by a little at least: make it all white.
  const picture = ctx.getImageData(0, 0, width, height);
  const words = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = (words[i]! & 0xffffff) === 0 ? 0xff000000 : 0xffffffff;
  ctx.putImageData(picture, 0, 0);
}

/** Work at a stretch while the page is to stay responsive, milliseconds. */
const STRETCH_MS = 8;

/**
 * Makes the figure's body ahead of its first frame (about half a second of work), in pieces that leave the page
 * responsive. Without it the first frame with the figure waits.
 */
export async function prepareFigure(): Promise<void> {
  const growth = growBody();
  let pause = performance.now() + STRETCH_MS;
  while (!figure) {
    const { done, value } = growth.next();
    if (done) figure = new Figure(value);
    else if (performance.now() > pause) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      pause = performance.now() + STRETCH_MS;
    }
  }
}

function theFigure(): Figure {
  const growth = growBody();
  while (!figure) {
    const { done, value } = growth.next();
    if (done) figure = new Figure(value);
  }
  return figure;
}

function stageFor(width: number, height: number): Stage {
  const key = `${width}x${height}`;
  const known = stages.get(key);
  if (known) return known;
  const view = makeView(width, height);
  const [room, roomContext] = makeCanvas(width, height);
  paintRoom(roomContext, view);
  const [patch, patchContext] = makeCanvas(width, height);
  const stage = { view, room, raster: new Raster(width, height), patch, patchContext };
  stages.set(key, stage);
  return stage;
}

function drawFigure(ctx: Context2D, stage: Stage, time: number, withShadow: boolean): void {
  const moved = motion(time);
  if (!moved) return;
  if (withShadow) drawShadow(ctx, stage.view, moved.root.x, moved.root.distance);
  const area = stage.raster.draw(theFigure().project(stage.view, moved.root, moved.pose));
  if (area.width === 0 || area.height === 0) return;
  const { left, top, width, height } = area;
  // Two more on each side: scaling looks beyond the area, where an older frame must not be.
  stage.patchContext.putImageData(stage.raster.pixels, 0, 0, left - 2, top - 2, width + 4, height + 4);
  // Half a pixel off: every pixel becomes the mean of four, which softens edges as a lens does.
  ctx.drawImage(stage.patch, left, top, width, height, left - 0.5, top - 0.5, width, height);
}

/** Where the body keeps the light from the floor: dark at the feet, faint towards the right. */
function drawShadow(ctx: Context2D, view: View, x: number, distance: number): void {
  for (const [dx, reach, depth, dark] of [
    [0.02, 0.3, 0.14, 0.42],
    [0.28, 0.75, 0.3, 0.26],
  ] as const) {
    const [cx, cy] = project(view, x + dx, 0, distance);
    const rx = (reach * view.focal) / distance;
    const ry = project(view, 0, 0, distance - depth)[1] - cy;
    ctx.save();
    ctx.translate(cx, cy);
    ctx.scale(1, ry / rx);
    const gradient = ctx.createRadialGradient(0, 0, 0, 0, 0, rx);
    gradient.addColorStop(0, `rgb(25 16 10 / ${dark})`);
    gradient.addColorStop(0.5, `rgb(25 16 10 / ${dark * 0.5})`);
    gradient.addColorStop(1, 'rgb(25 16 10 / 0)');
    ctx.fillStyle = gradient;
    ctx.fillRect(-rx, -rx, 2 * rx, 2 * rx);
    ctx.restore();
  }
}
