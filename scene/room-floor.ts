import type { Context2D } from './canvas.ts';
import { fillQuad, soft } from './paint.ts';
import { hash, noise } from './sdf.ts';
import { project, ROOM, type View } from './view.ts';

const BOARD = 0.135;
/** As near as the picture's lower edge shows. */
const NEAR = 2.2;

/** Oak boards that run away from the camera, each with its own tone, grain and end joints. */
export function paintFloor(ctx: Context2D, view: View): void {
  const at = (x: number, depth: number) => project(view, x, 0, depth);
  const boards = Math.ceil((ROOM.right - ROOM.left) / BOARD);
  for (let b = 0; b < boards; b++) {
    const x0 = ROOM.left + b * BOARD;
    const x1 = Math.min(ROOM.right, x0 + BOARD);
    for (let from = NEAR - 1.7 * hash(b, 0, 21), n = 0; from < ROOM.back; n++) {
      const to = from + 1.1 + 0.7 * hash(b, n, 22);
      const d0 = Math.max(NEAR, from);
      const d1 = Math.min(ROOM.back, to);
      if (d1 > d0) {
        const tone = hash(b, n, 23) - 0.5;
        const gradient = ctx.createLinearGradient(...at(0, d0), ...at(0, d1));
        const wood = (lift: number) =>
          `rgb(${158 + 34 * tone + lift} ${116 + 30 * tone + lift} ${76 + 24 * tone + lift * 0.9})`;
        gradient.addColorStop(0, wood(-8));
        gradient.addColorStop(1, wood(14));
        fillQuad(ctx, [at(x0, d1), at(x1, d1), at(x1, d0), at(x0, d0)], gradient);
        grain(ctx, view, x0, x1, d0, d1, b * 31 + n);
        fillQuad(ctx, [at(x0, d1), at(x1, d1), at(x1, d1 - 0.008), at(x0, d1 - 0.008)], 'rgb(50 30 16 / 0.45)');
      }
      from = to;
    }
    const seam = at(x0, NEAR);
    ctx.strokeStyle = 'rgb(52 32 17 / 0.5)';
    ctx.lineWidth = view.height / 640;
    ctx.beginPath();
    ctx.moveTo(...seam);
    ctx.lineTo(...at(x0, ROOM.back));
    ctx.stroke();
  }
  // The window lies on the floor as a soft pool, and the far wall mirrors a little in the varnish.
  soft(ctx, view.width, view.height, 22, (small) => {
    fillQuad(small, [at(-1.6, 4.2), at(-0.5, 4.2), at(0.25, 2.75), at(-1.15, 2.75)], 'rgb(255 240 212 / 0.42)');
  });
  const sheen = ctx.createLinearGradient(0, at(0, ROOM.back)[1], 0, view.height);
  sheen.addColorStop(0, 'rgb(236 226 208 / 0.30)');
  sheen.addColorStop(0.35, 'rgb(236 226 208 / 0.06)');
  sheen.addColorStop(1, 'rgb(30 18 10 / 0.14)');
  fillQuad(
    ctx,
    [at(ROOM.left, ROOM.back), at(ROOM.right, ROOM.back), at(ROOM.right, NEAR), at(ROOM.left, NEAR)],
    sheen,
  );
}

function grain(ctx: Context2D, view: View, x0: number, x1: number, d0: number, d1: number, seed: number): void {
  ctx.lineWidth = view.height / 900;
  for (let line = 0; line < 5; line++) {
    const x = x0 + (x1 - x0) * (0.12 + 0.76 * hash(seed, line, 31));
    const dark = hash(seed, line, 32) < 0.7;
    ctx.strokeStyle = dark ? `rgb(84 52 28 / ${0.1 + 0.16 * hash(seed, line, 33)})` : 'rgb(214 172 122 / 0.16)';
    ctx.beginPath();
    for (let s = 0; s <= 8; s++) {
      const d = d0 + ((d1 - d0) * s) / 8;
      const [px, py] = project(view, x + 0.012 * noise(d * 2.2, seed, line * 0.7), 0, d);
      if (s === 0) ctx.moveTo(px, py);
      else ctx.lineTo(px, py);
    }
    ctx.stroke();
  }
}

/** A woven rug, in the middle where people stand. */
export function paintRug(ctx: Context2D, view: View): void {
  const at = (x: number, depth: number) => project(view, x, 0.012, depth);
  const [left, right, near, far] = [-1.25, 1.2, 2.72, 3.75];
  fillQuad(
    ctx,
    [
      at(left - 0.03, far + 0.02),
      at(right + 0.03, far + 0.02),
      at(right + 0.05, near - 0.06),
      at(left - 0.05, near - 0.06),
    ],
    'rgb(40 26 16 / 0.32)',
  );
  const rows = 46;
  for (let r = 0; r < rows; r++) {
    const d0 = far + ((near - far) * r) / rows;
    const d1 = far + ((near - far) * (r + 1)) / rows;
    const band = [6, 7, 9, 36, 38, 39].includes(r);
    const tone = (hash(r, 5, 41) - 0.5) * 10;
    const base = band ? [120, 88, 78] : [176, 170, 158];
    fillQuad(
      ctx,
      [at(left, d0), at(right, d0), at(right, d1 - 0.004), at(left, d1 - 0.004)],
      `rgb(${base.map((c) => c + tone).join(' ')})`,
    );
    for (let k = 0; k < 90; k++) {
      const x = left + ((right - left) * k) / 90;
      const v = hash(k, r, 42);
      fillQuad(
        ctx,
        [at(x, d0), at(x + 0.024, d0), at(x + 0.024, d1), at(x, d1)],
        v < 0.5 ? `rgb(60 44 34 / ${v * 0.2})` : `rgb(255 248 235 / ${(v - 0.5) * 0.22})`,
      );
    }
  }
}
