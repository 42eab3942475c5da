import type { Context2D } from './canvas.ts';
import { fillQuad, soft } from './paint.ts';
import { hash } from './sdf.ts';
import { project, type View } from './view.ts';

const DEPTH = 4.5;
const [LEFT, RIGHT, LOW, HIGH] = [-1.98, -0.72, 0.98, 2.4];

/** A window on an overcast garden, out of focus, with linen curtains. */
export function paintWindow(ctx: Context2D, view: View): void {
  const at = (x: number, y: number) => project(view, x, y, DEPTH);
  const rect = (x0: number, y0: number, x1: number, y1: number, style: string | CanvasGradient) =>
    fillQuad(ctx, [at(x0, y1), at(x1, y1), at(x1, y0), at(x0, y0)], style);

  ctx.save();
  ctx.beginPath();
  const [wx, wy] = at(LEFT, HIGH);
  const [wr, wb] = at(RIGHT, LOW);
  ctx.rect(wx, wy, wr - wx, wb - wy);
  ctx.clip();
  const sky = ctx.createLinearGradient(0, wy, 0, wb);
  sky.addColorStop(0, '#eef4f8');
  sky.addColorStop(0.55, '#f4f5f0');
  sky.addColorStop(1, '#cdd8bd');
  ctx.fillStyle = sky;
  ctx.fillRect(wx, wy, wr - wx, wb - wy);
  soft(ctx, view.width, view.height, 7, (small) => {
    for (let i = 0; i < 46; i++) {
      const x = LEFT + (RIGHT - LEFT) * hash(i, 1, 51);
      const y = LOW + 0.75 * hash(i, 2, 51) ** 1.5;
      const [cx, cy] = at(x, y);
      const r = (0.06 + 0.13 * hash(i, 3, 51)) * (view.focal / DEPTH);
      const g = hash(i, 4, 51);
      small.fillStyle = `rgb(${128 + 60 * g} ${152 + 50 * g} ${108 + 50 * g} / 0.5)`;
      small.beginPath();
      small.arc(cx, cy, r, 0, 7);
      small.fill();
    }
  });
  ctx.restore();

  const bar = 0.05;
  const white = '#f3efe6';
  rect(LEFT - bar, HIGH, RIGHT + bar, HIGH + bar, white);
  rect(LEFT - bar, LOW - bar, RIGHT + bar, LOW, '#e4dfd3');
  rect(LEFT - bar, LOW, LEFT, HIGH, '#dcd6c9');
  rect(RIGHT, LOW, RIGHT + bar, HIGH, white);
  const mid = (LEFT + RIGHT) / 2;
  rect(mid - 0.025, LOW, mid + 0.025, HIGH, '#d9d4c8');
  rect(LEFT, LOW + 0.92, RIGHT, LOW + 0.955, '#ddd8cc');
  rect(LEFT, LOW, LEFT + 0.012, HIGH, 'rgb(60 60 60 / 0.3)');
  rect(LEFT - 0.12, LOW - 0.1, RIGHT + 0.12, LOW - 0.045, '#efe9dd');
  rect(LEFT - 0.1, LOW - 0.15, RIGHT + 0.1, LOW - 0.1, 'rgb(70 60 50 / 0.22)');

  rect(LEFT - 0.42, HIGH + 0.16, RIGHT + 0.42, HIGH + 0.185, '#5d5347');
  curtain(ctx, view, LEFT - 0.36, LEFT + 0.1, 61);
  curtain(ctx, view, RIGHT - 0.1, RIGHT + 0.36, 62);
}

/** Folds as upright stripes: lit on one side, in shade on the other, a little see-through before the window. */
function curtain(ctx: Context2D, view: View, left: number, right: number, seed: number): void {
  const [x0, y0] = project(view, left, HIGH + 0.16, DEPTH - 0.06);
  const [x1, y1] = project(view, right, 0.06, DEPTH - 0.06);
  const folds = ctx.createLinearGradient(x0, 0, x1, 0);
  const count = 7;
  for (let i = 0; i <= count * 4; i++) {
    const u = i / (count * 4);
    const wave = Math.sin(u * count * 2 * Math.PI + hash(i >> 2, seed, 1) * 1.5);
    const v = 196 + 26 * wave + 8 * (hash(i, seed, 2) - 0.5);
    folds.addColorStop(u, `rgb(${v} ${v - 6} ${v - 18} / 0.94)`);
  }
  ctx.fillStyle = folds;
  ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
  const fall = ctx.createLinearGradient(0, y0, 0, y1);
  fall.addColorStop(0, 'rgb(70 60 48 / 0.20)');
  fall.addColorStop(0.12, 'rgb(70 60 48 / 0.02)');
  fall.addColorStop(0.7, 'rgb(70 60 48 / 0.06)');
  fall.addColorStop(1, 'rgb(50 40 30 / 0.30)');
  ctx.fillStyle = fall;
  ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
}
