import { type Homography, mapX, mapY, solve } from '../homography.ts';
import { type Level, seenThrough } from './level.ts';

/** Steps at most, and pixels of the level below which another one is not worth it. */
const STEPS = 8;
const DONE = 0.01;
/** Half the side of the box whose mean is taken out: what is left of light after that is a gain. */
const BOX = 8;
/** Levels from which a difference counts for less: at first, when edges still lie apart, and in the end. */
const LEVELS_FIRST = 24;
const LEVELS_LAST = 6;
/** Pixels that are needed. */
const MIN_PIXELS = 500;
/** How strongly the eight entries are held where nothing speaks for them, the two of perspective most. */
const PULL = [1, 1, 1, 1, 1, 1, 30, 30];

/**
 * Moves a map by less than a pixel or two to where the view and the room through it agree best: Gauss-Newton on the
 * differences of luma without its local mean, weighted by how small they are (Lucas & Kanade 1981; Baker & Matthews,
 * "Lucas-Kanade 20 years on", 2004, compositional). Edges count for the way across them alone, which matched windows
 * cannot do.
 */
export function align(view: Level, room: Level, start: Homography): Homography {
  const { width, height } = view;
  const sharp = withoutMean(view.value, view.known, width, height);
  let map = start;
  for (let step = 0; step < STEPS; step++) {
    const seen = seenThrough(room, width, height, (x, y, at) => {
      const [px, py] = [(x + 0.5) * view.scaleX - 0.5, (y + 0.5) * view.scaleY - 0.5];
      at[0] = (mapX(map, px, py) + 0.5) / room.scaleX - 0.5;
      at[1] = (mapY(map, px, py) + 0.5) / room.scaleY - 0.5;
    });
    const known = new Uint8Array(width * height);
    for (let i = 0; i < known.length; i++) known[i] = view.known[i]! & seen.known[i]!;
    const ghost = withoutMean(seen.value, known, width, height);
    const move = stepOf(sharp, ghost, known, width, Math.max(LEVELS_LAST, LEVELS_FIRST / (step + 1)));
    if (!move) break;
    map = composed(map, move, view);
    if (Math.max(...move.map(Math.abs)) * (width / 2) < DONE) break;
  }
  return map;
}

/** The eight entries of the move, in coordinates of -1..1 across the width; undefined where too little is there. */
function stepOf(
  view: Float32Array,
  ghost: Float32Array,
  known: Uint8Array,
  width: number,
  scale: number,
): number[] | undefined {
  const height = known.length / width;
  let gg = 0;
  let vg = 0;
  let pixels = 0;
  for (let i = 0; i < known.length; i++) {
    if (known[i] === 0) continue;
    gg += ghost[i]! * ghost[i]!;
    vg += view[i]! * ghost[i]!;
    pixels++;
  }
  if (pixels < MIN_PIXELS || gg === 0 || vg <= 0) return undefined;
  const gain = vg / gg;
  const m = new Float64Array(8 * 9);
  const j = new Float64Array(9);
  const unit = 2 / width;
  for (let y = 1; y < height - 1; y++) {
    const v = (y - (height - 1) / 2) * unit;
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      if ((known[i]! & known[i - 1]! & known[i + 1]! & known[i - width]! & known[i + width]!) === 0) continue;
      const off = view[i]! - gain * ghost[i]!;
      const weight = 1 / (1 + (off / scale) ** 2);
      // Slopes of both: halfway between them lies the true one.
      const gx = ((gain * (ghost[i + 1]! - ghost[i - 1]!) + view[i + 1]! - view[i - 1]!) / 4) * (1 / unit);
      const gy =
        ((gain * (ghost[i + width]! - ghost[i - width]!) + view[i + width]! - view[i - width]!) / 4) * (1 / unit);
      const u = (x - (width - 1) / 2) * unit;
      const along = -(gx * u + gy * v);
      j[0] = gx * u;
      j[1] = gx * v;
      j[2] = gx;
      j[3] = gy * u;
      j[4] = gy * v;
      j[5] = gy;
      j[6] = along * u;
      j[7] = along * v;
      j[8] = off;
      for (let r = 0; r < 8; r++) for (let c = r; c < 9; c++) m[r * 9 + c]! += weight * j[r]! * j[c]!;
    }
  }
  for (let r = 0; r < 8; r++) {
    for (let c = 0; c < r; c++) m[r * 9 + c] = m[c * 9 + r]!;
    m[r * 9 + r]! += PULL[r]! * pixels;
  }
  const move = solve(m, 8);
  return move.every(Number.isFinite) ? move : undefined;
}

/** The map after a move of the view's own plane. */
function composed(map: Homography, [a, b, c, d, e, f, g, h]: number[], { width, height, scaleX, scaleY }: Level) {
  // Coordinates of -1..1 to pixels of the view and back.
  const [sx, sy] = [(width * scaleX) / 2, (width * scaleY) / 2];
  const [mx, my] = [(width * scaleX - 1) / 2, (height * scaleY - 1) / 2];
  const toView = [sx, 0, mx, 0, sy, my, 0, 0, 1];
  const toUnit = [1 / sx, 0, -mx / sx, 0, 1 / sy, -my / sy, 0, 0, 1];
  const move = [1 + a!, b!, c!, d!, 1 + e!, f!, g!, h!, 1];
  const all = times([...map, 1], times(toView, times(move, toUnit)));
  return all.slice(0, 8).map((v) => v / all[8]!) as unknown as Homography;
}

function times(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const [r, c] = [3 * Math.floor(i / 3), i % 3];
    return a[r]! * b[c]! + a[r + 1]! * b[c + 3]! + a[r + 2]! * b[c + 6]!;
  });
}

/** Luma less the mean of what is known around. */
function withoutMean(value: Float32Array, known: Uint8Array, width: number, height: number): Float32Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  const counts = new Int32Array(sums.length);
  const row = width + 1;
  for (let y = 0; y < height; y++) {
    let [sum, n] = [0, 0];
    for (let x = 0; x < width; x++) {
      if (known[y * width + x]) {
        sum += value[y * width + x]!;
        n++;
      }
      const at = (y + 1) * row + x + 1;
      sums[at] = sums[at - row]! + sum;
      counts[at] = counts[at - row]! + n;
    }
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - BOX) * row;
    const bottom = Math.min(height, y + BOX + 1) * row;
    for (let x = 0; x < width; x++) {
      if (known[y * width + x] === 0) continue;
      const [l, r] = [Math.max(0, x - BOX), Math.min(width, x + BOX + 1)];
      const n = counts[bottom + r]! - counts[bottom + l]! - counts[top + r]! + counts[top + l]!;
      const sum = sums[bottom + r]! - sums[bottom + l]! - sums[top + r]! + sums[top + l]!;
      out[y * width + x] = value[y * width + x]! - sum / n;
    }
  }
  return out;
}
