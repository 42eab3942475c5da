import type { Context2D } from './canvas.ts';
import { type Corner, fillQuad, glow, shade, speckle } from './paint.ts';
import { paintFloor, paintRug } from './room-floor.ts';
import { paintPictures, paintPlant, paintShelf, paintSideboard } from './room-things.ts';
import { paintWindow } from './room-window.ts';
import { project, ROOM, type View } from './view.ts';

/** Paints the empty room. Slow (tens of milliseconds); keep the result. */
export function paintRoom(ctx: Context2D, view: View): void {
  const at = (x: number, y: number, depth: number): Corner => project(view, x, y, depth);
  ctx.fillStyle = '#b9b0a2';
  ctx.fillRect(0, 0, view.width, view.height);
  paintWalls(ctx, view, at);
  paintWindow(ctx, view);
  paintPictures(ctx, view);
  paintShelf(ctx, view);
  paintFloor(ctx, view);
  paintSkirting(ctx, at);
  paintRug(ctx, view);
  paintSideboard(ctx, view);
  paintPlant(ctx, view);
  paintLight(ctx, view, at);
}

type Project = (x: number, y: number, depth: number) => Corner;

function paintWalls(ctx: Context2D, view: View, at: Project): void {
  const { left, right, back, top } = ROOM;
  const wall = ctx.createLinearGradient(...at(left, 1.4, back), ...at(right, 1.1, back));
  wall.addColorStop(0, '#cfc8ba');
  wall.addColorStop(0.3, '#d8d1c3');
  wall.addColorStop(0.65, '#cdc5b6');
  wall.addColorStop(1, '#b5ab9b');
  fillQuad(ctx, [at(left, top, back), at(right, top, back), at(right, 0, back), at(left, 0, back)], wall);

  const near = 1.2;
  const leftWall = ctx.createLinearGradient(0, 0, at(left, 0, back)[0], 0);
  leftWall.addColorStop(0, '#a9a497');
  leftWall.addColorStop(1, '#b9b3a5');
  fillQuad(ctx, [at(left, top, near), at(left, top, back), at(left, 0, back), at(left, 0, near)], leftWall);
  const rightWall = ctx.createLinearGradient(at(right, 0, back)[0], 0, view.width, 0);
  rightWall.addColorStop(0, '#c6bba8');
  rightWall.addColorStop(1, '#d3c8b5');
  fillQuad(ctx, [at(right, top, back), at(right, top, near), at(right, 0, near), at(right, 0, back)], rightWall);

  // The corners collect shadow.
  for (const [x, spread] of [
    [left, 0.55],
    [right, 0.45],
  ] as const) {
    const [cx] = at(x, 0, back);
    const width = (spread * view.focal) / back;
    const corner = ctx.createLinearGradient(cx - width, 0, cx + width, 0);
    corner.addColorStop(0, 'rgb(60 50 40 / 0)');
    corner.addColorStop(0.5, 'rgb(60 50 40 / 0.26)');
    corner.addColorStop(1, 'rgb(60 50 40 / 0)');
    ctx.fillStyle = corner;
    ctx.fillRect(cx - width, 0, 2 * width, at(x, 0, back)[1]);
  }
  speckle(ctx, 0, 0, view.width, at(0, 0, back)[1], 11, 0.035, view.height / 140);
}

function paintSkirting(ctx: Context2D, at: Project): void {
  const { left, right, back } = ROOM;
  const strips: [Corner[], string][] = [
    [[at(left, 0.12, back), at(right, 0.12, back), at(right, 0, back), at(left, 0, back)], '#e3ddd0'],
    [[at(left, 0.12, 1.2), at(left, 0.12, back), at(left, 0, back), at(left, 0, 1.2)], '#bdb7aa'],
    [[at(right, 0.12, back), at(right, 0.12, 1.2), at(right, 0, 1.2), at(right, 0, back)], '#ded6c6'],
  ];
  for (const [corners, colour] of strips) fillQuad(ctx, corners, colour);
  fillQuad(
    ctx,
    [at(left, 0.125, back), at(right, 0.125, back), at(right, 0.115, back), at(left, 0.115, back)],
    'rgb(70 60 50 / 0.35)',
  );
  fillQuad(
    ctx,
    [at(left, 0.015, back), at(right, 0.015, back), at(right, -0.012, back), at(left, -0.012, back)],
    'rgb(40 28 18 / 0.5)',
  );
}

/** What the daylight does to everything: the wall round the window glows, the far corner and the edges fall off. */
function paintLight(ctx: Context2D, view: View, at: Project): void {
  glow(ctx, at(-1.35, 1.65, ROOM.back), view.height * 0.62, 'rgb(255 246 228 / 0.20)');
  glow(ctx, at(1.62, 1.18, 4.25), view.height * 0.2, 'rgb(255 206 140 / 0.30)');
  shade(ctx, at(2.5, 0.2, 3.6), view.height * 0.7, 'rgb(35 24 16 / 0.22)');
  shade(ctx, at(-2.6, 2.9, 4), view.height * 0.6, 'rgb(40 34 28 / 0.16)');
  const { width, height } = view;
  const vignette = ctx.createRadialGradient(
    width / 2,
    height * 0.48,
    height * 0.5,
    width / 2,
    height * 0.5,
    width * 0.66,
  );
  vignette.addColorStop(0, 'rgb(20 14 10 / 0)');
  vignette.addColorStop(1, 'rgb(20 14 10 / 0.26)');
  ctx.fillStyle = vignette;
  ctx.fillRect(0, 0, width, height);
}
