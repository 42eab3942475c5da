import type { Picture } from '../picture.ts';
import type { HoleMap } from './hole-map.ts';
import { fitHomography, type Homography, type Match, mapX, mapY, SMALL_PX } from './homography.ts';
import type { SampleGrid } from './sample-grid.ts';

/** What the camera did. */
export type Motion =
  | { readonly camera: 'still' | 'lost' }
  /** `map` tells where the plate has what is at (x, y) now. */
  | { readonly camera: 'moved'; readonly map: Homography };

const STILL: Motion = { camera: 'still' };
const LOST: Motion = { camera: 'lost' };

/** Levels between two neighbouring points from which on they count as texture... */
const TEXTURE = 10;
/** ...and beyond which they do not count more: one strong edge must not outvote a wall. */
const STRONG = 40;
/** Fewer textured pairs than this cannot tell a movement. */
const ENOUGH = 64;
/**
 * At most so many pairs are compared for a look at the whole picture, every third of them for the first look around;
 */
const PAIRS = 1536;
/** and so many in a window. */
const PAIRS_WINDOW = 96;
/** Agreement from which plate and frame show the same place, and under which they certainly do not. */
const SAME = 0.6;
const OTHER = 0.4;
/** Search range in pixels for a picture 640 wide. */
const RANGE = 48;
/**
 * Agreement from which nothing better is looked for; and the range, pixels as above, within which every way is tried
 * otherwise.
 */
const SURE = 0.8;
const NUDGE = 10;
/**
 * Windows a row and a column, for each of which the way is found by itself; how many pairs it needs, and which
 * agreement.
 */
const COLUMNS = 8;
const ROWS = 6;
const ENOUGH_WINDOW = 20;
const SAME_WINDOW = 0.55;
/**
 * Pixels by which a window's way may differ from that of the camera, at first and in the end, for a picture 640 wide.
 */
const NEAR = 3;
const NEARER = 2;
/**
 * So many windows, and this share of those that show the plate somewhere, must go the camera's way: the rest is nearer,
 * or moves.
 */
const LEAST = 6;
const SHARE = 0.3;
/**
 * Where the plate may also be right as it stands, a camera must have moved everything: so much of every quarter of the
 * picture. A person who fills half of the picture and breathes is no camera.
 */
const SHARE_OF_QUARTER = 0.5;

const AROUND = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
] as const;

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Pairs of neighbouring points between which the plate has texture: the first's place, and whether the second is below
 * it or beside it.
 */
class Pairs {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly down: Uint8Array;
  readonly contrast: Float32Array;
  n = 0;

  constructor(room: number) {
    this.x = new Int32Array(room);
    this.y = new Int32Array(room);
    this.down = new Uint8Array(room);
    this.contrast = new Float32Array(room);
  }
}

/**
 * Finds how a camera moved that looks at something flat, or far, or only turns: a projective map from frame to plate.
 *
 * Local contrast (differences of neighbouring points) of plate and frame outside the hole is compared by its normalised
 * correlation, so light and exposure cancel out: over the whole picture, displaced by whole pixels, exhaustively, for
 * the way of most; from there in each window by itself, with a parabola through the neighbours for the part of a pixel;
 * the map is then fitted to the windows that agree, by consensus (Fischler & Bolles, "Random sample consensus", 1981,
 * but over all pairs of windows, since they are few) and least squares. Everything is compared with the plate, so
 * nothing adds up from frame to frame where it is seen.
 */
export class MotionSearch {
  readonly #all = new Pairs(PAIRS);
  readonly #window = new Pairs(PAIRS_WINDOW);
  /** Twice the first point's index, plus 1 when the second is below it. */
  #found = new Int32Array(0);
  /** The way of most in the last frame, where the next search looks as well. */
  #lastX = 0;
  #lastY = 0;

  find(grid: SampleGrid, picture: Picture, holes: HoleMap): Motion {
    const all = this.#all;
    this.#collect(grid, all, 0, 0, grid.width, grid.height);
    const before = [this.#lastX, this.#lastY] as const;
    this.#lastX = this.#lastY = 0;
    if (all.n < ENOUGH) return STILL;
    const agree = (x: number, y: number, every = 1) => agreement(grid, picture, holes, all, x, y, every, ENOUGH);
    const here = agree(0, 0);
    // Hidden is not moved: where nearly all of the plate's texture is under the hole, nothing speaks against the plate.
    if (here === 0) return STILL;
    if (here >= SAME && Math.max(agree(1, 0), agree(-1, 0), agree(0, 1), agree(0, -1)) <= here) return STILL;

    let [best, x, y] = [here, 0, 0];
    const step = grid.pitch;
    const range = step * Math.ceil((RANGE * picture.width) / 640 / step);
    const look = (dx: number, dy: number) => {
      const a = agree(dx, dy, 3);
      if (a > best) [best, x, y] = [a, dx, dy];
    };
    for (let dy = -range; dy <= range; dy += step) for (let dx = -range; dx <= range; dx += step) look(dx, dy);
    look(before[0], before[1]);
    if (best < SURE) {
      // Texture finer than a step, as of a floor, hides the way between two steps. A camera that is nudged does not go
      // far.
      const near = Math.ceil((NUDGE * picture.width) / 640);
      for (let dy = -near; dy <= near; dy++) for (let dx = -near; dx <= near; dx++) look(dx, dy);
    }
    [best, x, y] = climb(agree, x, y, 2 * range);
    const moved = this.#fit(grid, picture, holes, x, y, here);
    if (!moved) return here < OTHER ? LOST : STILL;
    this.#lastX = x;
    this.#lastY = y;
    return moved;
  }

  /** The map that most windows agree on, each found near (x, y); undefined when there is no such thing. */
  #fit(grid: SampleGrid, picture: Picture, holes: HoleMap, x: number, y: number, here: number): Motion | undefined {
    const scale = picture.width / 640;
    const matches: Match[] = [];
    /** The windows that can tell at all. */
    const able: Place[] = [];
    const window = this.#window;
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        const x0 = Math.floor((column * grid.width) / COLUMNS);
        const y0 = Math.floor((row * grid.height) / ROWS);
        const x1 = Math.floor(((column + 1) * grid.width) / COLUMNS);
        const y1 = Math.floor(((row + 1) * grid.height) / ROWS);
        this.#collect(grid, window, x0, y0, x1, y1);
        if (window.n < ENOUGH_WINDOW) continue;
        const agree = (dx: number, dy: number) => agreement(grid, picture, holes, window, dx, dy, 1, ENOUGH_WINDOW);
        const [best, u, v] = climb(agree, x, y, 64);
        const at = { x: grid.at((x0 + x1 - 1) >> 1), y: grid.at((y0 + y1 - 1) >> 1) };
        if (best !== 0) able.push(at);
        if (best < SAME_WINDOW) continue;
        const dx = u + vertex(agree(u - 1, v), best, agree(u + 1, v));
        const dy = v + vertex(agree(u, v - 1), best, agree(u, v + 1));
        matches.push({ x: at.x + dx, y: at.y + dy, toX: at.x, toY: at.y, weight: best * best });
      }
    }
    const mapOf = (to: readonly Match[]) => fitHomography(to, picture.width, to.length < 2 * LEAST);
    let inliers = consensus(matches, NEAR * scale);
    for (let round = 0; round < 3; round++) {
      if (inliers.length < 4) return undefined;
      const map = mapOf(inliers);
      inliers = matches.filter((match) => distance(map, match) <= (round === 0 ? NEAR : NEARER) * scale);
    }
    if (inliers.length < Math.max(LEAST, SHARE * matches.length)) return undefined;
    if (here >= OTHER && !everywhere(able, inliers, picture)) return undefined;
    const map = mapOf(inliers);
    return farthest(map, picture) < SMALL_PX ? STILL : { camera: 'moved', map };
  }

  /** Pairs within a part of the grid, evenly chosen from all that are known in the plate and have texture there. */
  #collect(grid: SampleGrid, pairs: Pairs, x0: number, y0: number, x1: number, y1: number): void {
    const { width, height, plate, count, detail } = grid;
    if (this.#found.length !== 2 * width * height) this.#found = new Int32Array(2 * width * height);
    const found = this.#found;
    const p = plate[detail];
    let n = 0;
    for (let j = y0; j < Math.min(y1, height - 1); j++) {
      for (let k = x0, i = j * width + x0; k < Math.min(x1, width - 1); k++, i++) {
        if (count[i] === 0) continue;
        if (count[i + 1] !== 0 && Math.abs(p[i + 1]! - p[i]!) >= TEXTURE) found[n++] = 2 * i;
        if (count[i + width] !== 0 && Math.abs(p[i + width]! - p[i]!) >= TEXTURE) found[n++] = 2 * i + 1;
      }
    }
    pairs.n = Math.min(n, pairs.x.length);
    for (let m = 0; m < pairs.n; m++) {
      const pair = found[Math.floor((m * n) / pairs.n)]!;
      const i = pair >> 1;
      const down = pair & 1;
      pairs.x[m] = grid.at(i % width);
      pairs.y[m] = grid.at(Math.floor(i / width));
      pairs.down[m] = down;
      pairs.contrast[m] = clip(p[i + (down ? width : 1)]! - p[i]!);
    }
  }
}

/**
 * Normalised correlation, -1..1, over every so many pairs displaced by whole pixels; 0 when fewer than `enough` are
 * visible.
 */
function agreement(
  grid: SampleGrid,
  picture: Picture,
  holes: HoleMap,
  pairs: Pairs,
  dx: number,
  dy: number,
  every: number,
  enough: number,
): number {
  const { offset, stride, step } = picture.channels[grid.detail];
  const { width, height, data: hole } = holes.full;
  const { data } = picture;
  let pp = 0;
  let ff = 0;
  let pf = 0;
  let n = 0;
  for (let i = 0; i < pairs.n; i += every) {
    const ax = pairs.x[i]! + dx;
    const ay = pairs.y[i]! + dy;
    const down = pairs.down[i]! * grid.pitch;
    const bx = ax + grid.pitch - down;
    const by = ay + down;
    if (ax < 0 || ay < 0 || bx >= width || by >= height) continue;
    if (hole[ay * width + ax] || hole[by * width + bx]) continue;
    const p = pairs.contrast[i]!;
    const f = clip(data[offset + by * stride + bx * step]! - data[offset + ay * stride + ax * step]!);
    pp += p * p;
    ff += f * f;
    pf += p * f;
    n++;
  }
  return n * every < enough ? 0 : pf / Math.sqrt(pp * ff + 1e-9);
}

/** From (x, y) step by step to where the agreement is highest, within `range` of 0. */
function climb(agree: (x: number, y: number) => number, x: number, y: number, range: number): [number, number, number] {
  let best = agree(x, y);
  for (let moved = true; moved && Math.abs(x) <= range && Math.abs(y) <= range; ) {
    moved = false;
    for (const [dx, dy] of AROUND) {
      const a = agree(x + dx, y + dy);
      if (a <= best) continue;
      [best, x, y, moved] = [a, x + dx, y + dy, true];
      break;
    }
  }
  return [best, x, y];
}

/** The most matches that a turn, a zoom and a shift explain together: those of the best pair of them. */
export function consensus(matches: readonly Match[], near: number): Match[] {
  let best: Homography | undefined;
  let most = 0;
  for (const [i, a] of matches.entries()) {
    for (let j = i + 1; j < matches.length; j++) {
      const b = matches[j]!;
      const [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, b.toX - a.toX, b.toY - a.toY];
      const uu = ux * ux + uy * uy;
      const c = (ux * vx + uy * vy) / uu;
      const s = (ux * vy - uy * vx) / uu;
      if (Math.abs(c - 1) > 0.2 || Math.abs(s) > 0.2) continue;
      const map: Homography = [c, -s, a.toX - c * a.x + s * a.y, s, c, a.toY - s * a.x - c * a.y, 0, 0];
      let n = 0;
      for (const match of matches) if (distance(map, match) <= near) n++;
      if (n > most) [most, best] = [n, map];
    }
  }
  return best ? matches.filter((match) => distance(best, match) <= near) : [];
}

/** The longest way of a corner, pixels. */
function farthest(map: Homography, { width, height }: Picture): number {
  const way = (x: number, y: number) => Math.hypot(mapX(map, x, y) - x, mapY(map, x, y) - y);
  return Math.max(way(0, 0), way(width, 0), way(0, height), way(width, height));
}

/** Whether no quarter of the picture disagrees. */
function everywhere(able: readonly Place[], inliers: readonly Match[], { width, height }: Picture): boolean {
  const count = (places: readonly Place[]) => {
    const n = [0, 0, 0, 0];
    for (const { x, y } of places) n[(2 * x < width ? 0 : 1) + (2 * y < height ? 0 : 2)]!++;
    return n;
  };
  const all = count(able);
  return count(inliers.map(({ toX, toY }) => ({ x: toX, y: toY }))).every((n, i) => n >= SHARE_OF_QUARTER * all[i]!);
}

export function distance(map: Homography, { x, y, toX, toY }: Match): number {
  return Math.hypot(mapX(map, x, y) - toX, mapY(map, x, y) - toY);
}

function clip(contrast: number): number {
  return contrast > STRONG ? STRONG : contrast < -STRONG ? -STRONG : contrast;
}

/** Where the parabola through (-1, a), (0, b), (1, c) has its top, within half a pixel. */
function vertex(a: number, b: number, c: number): number {
  const bend = a - 2 * b + c;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend)));
}
