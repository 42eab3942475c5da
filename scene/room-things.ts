import type { Context2D } from './canvas.ts';
import { type Corner, fillQuad, glow, shade, soft } from './paint.ts';
import { hash } from './sdf.ts';
import { project, type View } from './view.ts';

const WALL = 4.5;

/** Upright rectangle that faces the camera. */
function panel(
  ctx: Context2D,
  view: View,
  depth: number,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  style: string | CanvasGradient,
): void {
  const at = (x: number, y: number) => project(view, x, y, depth);
  fillQuad(ctx, [at(x0, y1), at(x1, y1), at(x1, y0), at(x0, y0)], style);
}

/** Two framed landscapes: bands of hills under a sky. */
export function paintPictures(ctx: Context2D, view: View): void {
  picture(ctx, view, [-0.12, 1.36, 0.5, 2.16], ['#e9d9bd', '#d8a878', '#a8664a', '#5c4a4e', '#38404c'], 71);
  picture(ctx, view, [0.66, 1.66, 1.06, 2.16], ['#dfe6e2', '#a9c0bd', '#6f9290', '#48696c', '#2f4a50'], 72);
}

function picture(
  ctx: Context2D,
  view: View,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  colours: readonly string[],
  seed: number,
): void {
  soft(ctx, view.width, view.height, 5, (small) => {
    panel(small, view, WALL, [x0 + 0.03, y0 - 0.05, x1 + 0.07, y1 - 0.02], 'rgb(60 48 38 / 0.36)');
  });
  panel(ctx, view, WALL, [x0, y0, x1, y1], '#4a3526');
  panel(ctx, view, WALL, [x0, y1 - 0.012, x1, y1], '#6d523d');
  panel(ctx, view, WALL, [x0 + 0.03, y0 + 0.03, x1 - 0.03, y1 - 0.03], '#f0ebe0');
  const [left, top] = project(view, x0 + 0.09, y1 - 0.09, WALL);
  const [right, bottom] = project(view, x1 - 0.09, y0 + 0.09, WALL);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  ctx.fillStyle = colours[0]!;
  ctx.fillRect(left, top, right - left, bottom - top);
  colours.slice(1).forEach((colour, layer) => {
    const base = top + (bottom - top) * (0.36 + 0.16 * layer);
    const wave = (bottom - top) * 0.1;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(left, bottom);
    for (let s = 0; s <= 24; s++) {
      const u = s / 24;
      const y = base + wave * Math.sin(u * (4 + 3 * hash(layer, seed, 1)) + 6 * hash(layer, seed, 2));
      ctx.lineTo(left + (right - left) * u, y);
    }
    ctx.lineTo(right, bottom);
    ctx.fill();
  });
  ctx.restore();
}

/** A board on the wall with books and a small pot. */
export function paintShelf(ctx: Context2D, view: View): void {
  const [left, right, y] = [1.3, 2.3, 1.72];
  soft(ctx, view.width, view.height, 6, (small) => {
    panel(small, view, WALL, [left + 0.05, y - 0.2, right + 0.06, y + 0.02], 'rgb(60 48 38 / 0.34)');
    panel(small, view, WALL, [left + 0.08, y, right - 0.1, y + 0.3], 'rgb(60 48 38 / 0.22)');
  });
  const spines = ['#8c3f34', '#d9cdb4', '#3f5663', '#b98a4b', '#ece4d4', '#55664f', '#7b6a86', '#c7b08a', '#2f3a45'];
  for (let x = left + 0.05, i = 0; x < right - 0.36; i++) {
    const width = 0.026 + 0.03 * hash(i, 81, 1);
    const height = 0.2 + 0.1 * hash(i, 82, 1);
    const depth = WALL - 0.18;
    const base = y + 0.012;
    panel(ctx, view, depth, [x, base, x + width, base + height], spines[i % spines.length]!);
    panel(ctx, view, depth, [x, base, x + 0.007, base + height], 'rgb(255 250 240 / 0.18)');
    panel(ctx, view, depth, [x + width - 0.008, base, x + width, base + height], 'rgb(20 14 10 / 0.3)');
    panel(ctx, view, depth, [x, base + height * 0.74, x + width, base + height * 0.8], 'rgb(255 240 210 / 0.25)');
    x += width + 0.003;
  }
  const pot = project(view, right - 0.17, y, WALL - 0.14);
  const unit = view.focal / WALL;
  ctx.fillStyle = '#d8d2c4';
  ctx.beginPath();
  ctx.ellipse(pot[0], pot[1] - 0.06 * unit, 0.07 * unit, 0.075 * unit, 0, 0, 7);
  ctx.fill();
  for (let i = 0; i < 15; i++) {
    leaf(
      ctx,
      [pot[0], pot[1] - 0.12 * unit],
      -Math.PI / 2 + (hash(i, 91, 1) - 0.5) * 3.4,
      (0.12 + 0.1 * hash(i, 92, 1)) * unit,
      i,
    );
  }
  const deep = WALL - 0.24;
  const at = (x: number, h: number, d: number): Corner => project(view, x, h, d);
  fillQuad(
    ctx,
    [at(left, y + 0.012, WALL), at(right, y + 0.012, WALL), at(right, y + 0.012, deep), at(left, y + 0.012, deep)],
    '#7d5b3c',
  );
  panel(ctx, view, deep, [left, y - 0.024, right, y + 0.012], '#9b7450');
  panel(ctx, view, deep, [left, y + 0.006, right, y + 0.012], '#b98f66');
}

/** A walnut sideboard with a lamp, a bowl and a pile of books. */
export function paintSideboard(ctx: Context2D, view: View): void {
  const [left, right, front, back, high, low] = [0.72, 2.3, 4.02, 4.46, 0.78, 0.16];
  const at = (x: number, y: number, d: number): Corner => project(view, x, y, d);
  soft(ctx, view.width, view.height, 12, (small) => {
    fillQuad(
      small,
      [
        at(left - 0.08, 0, back),
        at(right + 0.1, 0, back),
        at(right + 0.2, 0, front - 0.22),
        at(left + 0.02, 0, front - 0.2),
      ],
      'rgb(26 15 8 / 0.62)',
    );
  });
  for (const x of [left + 0.1, right - 0.14]) panel(ctx, view, front + 0.04, [x, 0, x + 0.04, low], '#3b281b');
  fillQuad(ctx, [at(left, high, front), at(left, high, back), at(left, low, back), at(left, low, front)], '#5a3d28');
  fillQuad(
    ctx,
    [at(left, high, back), at(right, high, back), at(right, high, front), at(left, high, front)],
    '#a57950',
  );
  const face = ctx.createLinearGradient(...at(left, high, front), ...at(right, low, front));
  face.addColorStop(0, '#8f6644');
  face.addColorStop(0.5, '#7c5636');
  face.addColorStop(1, '#614229');
  panel(ctx, view, front, [left, low, right, high], face);
  const doors = 3;
  for (let i = 0; i < doors; i++) {
    const x0 = left + 0.02 + ((right - left - 0.02) * i) / doors;
    const x1 = left + ((right - left - 0.02) * (i + 1)) / doors;
    panel(ctx, view, front, [x0, low + 0.03, x1, high - 0.05], 'rgb(255 220 170 / 0.06)');
    panel(ctx, view, front, [x1, low + 0.03, x1 + 0.018, high - 0.05], 'rgb(25 14 8 / 0.55)');
    panel(ctx, view, front, [x0 + 0.2, high - 0.13, x0 + 0.31, high - 0.115], '#d0b27c');
    for (let g = 0; g < 9; g++) {
      const y = low + 0.06 + (high - low - 0.14) * hash(g, i, 101);
      panel(ctx, view, front, [x0 + 0.01, y, x1 - 0.01, y + 0.004], `rgb(45 26 14 / ${0.1 + 0.14 * hash(g, i, 102)})`);
    }
  }
  panel(ctx, view, front, [left, high - 0.035, right, high - 0.028], 'rgb(25 14 8 / 0.5)');

  const unit = view.focal / 4.2;
  const lamp = at(1.62, high, 4.2);
  ctx.fillStyle = '#c9bca6';
  ctx.beginPath();
  ctx.ellipse(lamp[0], lamp[1] - 0.09 * unit, 0.075 * unit, 0.1 * unit, 0, 0, 7);
  ctx.fill();
  shade(ctx, [lamp[0] + 0.05 * unit, lamp[1] - 0.06 * unit], 0.09 * unit, 'rgb(60 40 25 / 0.5)');
  const shadeTop = lamp[1] - 0.5 * unit;
  const shadeLow = lamp[1] - 0.22 * unit;
  const cloth = ctx.createLinearGradient(0, shadeTop, 0, shadeLow);
  cloth.addColorStop(0, '#f6dcae');
  cloth.addColorStop(0.6, '#ffeecb');
  cloth.addColorStop(1, '#f3cf98');
  fillQuad(
    ctx,
    [
      [lamp[0] - 0.12 * unit, shadeTop],
      [lamp[0] + 0.12 * unit, shadeTop],
      [lamp[0] + 0.19 * unit, shadeLow],
      [lamp[0] - 0.19 * unit, shadeLow],
    ],
    cloth,
  );
  glow(ctx, [lamp[0], lamp[1] - 0.3 * unit], 0.5 * unit, 'rgb(255 205 140 / 0.35)');

  ['#44586a', '#c9b48c', '#8b4a3c'].forEach((colour, i) => {
    const y = high + i * 0.036;
    panel(ctx, view, 4.16, [0.9 + 0.02 * i, y, 1.2 - 0.015 * i, y + 0.034], colour);
    panel(ctx, view, 4.16, [0.9 + 0.02 * i, y, 1.2 - 0.015 * i, y + 0.006], 'rgb(20 14 10 / 0.4)');
  });
  const bowl = at(2.0, high, 4.18);
  const clay = ctx.createLinearGradient(bowl[0] - 0.13 * unit, 0, bowl[0] + 0.13 * unit, 0);
  clay.addColorStop(0, '#d9cfc0');
  clay.addColorStop(1, '#8f8272');
  ctx.fillStyle = clay;
  ctx.beginPath();
  ctx.ellipse(bowl[0], bowl[1] - 0.1 * unit, 0.13 * unit, 0.1 * unit, 0, 0, Math.PI);
  ctx.fill();
  ctx.fillStyle = '#6f6456';
  ctx.beginPath();
  ctx.ellipse(bowl[0], bowl[1] - 0.1 * unit, 0.13 * unit, 0.025 * unit, 0, 0, 7);
  ctx.fill();
}

/** A rubber plant in a basket, left of the window. */
export function paintPlant(ctx: Context2D, view: View): void {
  const depth = 3.95;
  const unit = view.focal / depth;
  const base = project(view, -1.82, 0, depth);
  soft(ctx, view.width, view.height, 12, (small) => {
    small.fillStyle = 'rgb(26 15 8 / 0.6)';
    small.beginPath();
    small.ellipse(base[0] + 0.06 * unit, base[1] - 0.01 * unit, 0.34 * unit, 0.08 * unit, 0, 0, 7);
    small.fill();
  });
  const basket = ctx.createLinearGradient(base[0] - 0.2 * unit, 0, base[0] + 0.2 * unit, 0);
  basket.addColorStop(0, '#b08d5f');
  basket.addColorStop(0.45, '#cdac7c');
  basket.addColorStop(1, '#7d603d');
  const top = base[1] - 0.36 * unit;
  fillQuad(
    ctx,
    [
      [base[0] - 0.21 * unit, top],
      [base[0] + 0.21 * unit, top],
      [base[0] + 0.17 * unit, base[1]],
      [base[0] - 0.17 * unit, base[1]],
    ],
    basket,
  );
  for (let r = 0; r < 11; r++) {
    const y = top + ((base[1] - top) * r) / 11;
    for (let k = 0; k < 14; k++) {
      const x = base[0] + (k / 13 - 0.5) * 0.38 * unit;
      ctx.fillStyle = (r + k) % 2 ? 'rgb(60 40 20 / 0.22)' : 'rgb(255 235 200 / 0.14)';
      ctx.fillRect(x, y, 0.026 * unit, 0.028 * unit);
    }
  }
  ctx.fillStyle = '#3a2a1c';
  ctx.beginPath();
  ctx.ellipse(base[0], top, 0.2 * unit, 0.03 * unit, 0, 0, 7);
  ctx.fill();
  for (let i = 0; i < 44; i++) {
    const climb = (i / 44) ** 0.8;
    const y = top - climb * 0.85 * unit;
    const side = hash(i, 111, 1) - 0.5;
    const x = base[0] + side * 0.12 * unit;
    leaf(
      ctx,
      [x, y],
      -Math.PI / 2 + side * (3.6 - climb * 1.4),
      (0.24 + 0.14 * hash(i, 112, 1)) * (1 - 0.35 * climb) * unit,
      i,
    );
  }
}

function leaf(ctx: Context2D, [x, y]: Corner, angle: number, length: number, seed: number): void {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle + 0.3 * (hash(seed, 121, 1) - 0.5));
  const light = hash(seed, 122, 1);
  const green = ctx.createLinearGradient(0, -length * 0.2, 0, length * 0.22);
  green.addColorStop(0, `rgb(${66 + 50 * light} ${98 + 48 * light} ${58 + 26 * light})`);
  green.addColorStop(0.5, `rgb(${44 + 40 * light} ${76 + 40 * light} ${44 + 20 * light})`);
  green.addColorStop(0.52, `rgb(${36 + 26 * light} ${62 + 34 * light} ${38 + 16 * light})`);
  green.addColorStop(1, `rgb(${24 + 20 * light} ${46 + 26 * light} ${28 + 12 * light})`);
  ctx.fillStyle = green;
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.bezierCurveTo(length * 0.3, -length * 0.28, length * 0.75, -length * 0.22, length, 0);
  ctx.bezierCurveTo(length * 0.75, length * 0.22, length * 0.3, length * 0.28, 0, 0);
  ctx.fill();
  ctx.strokeStyle = 'rgb(190 205 150 / 0.35)';
  ctx.lineWidth = Math.max(0.5, length * 0.012);
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.lineTo(length * 0.95, 0);
  ctx.stroke();
  ctx.restore();
}
