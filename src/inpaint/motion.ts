import type { Picture } from '../picture.ts';
import type { HoleMap } from './hole-map.ts';
import type { SparseGrid } from './sparse.ts';

/** What the camera did: content that the plate has at (x, y) is now at (x + dx, y + dy), pixels. */
export type Motion =
  | { readonly camera: 'still' | 'lost' }
  | { readonly camera: 'shifted'; readonly dx: number; readonly dy: number };

const STILL: Motion = { camera: 'still' };
const LOST: Motion = { camera: 'lost' };

/** Levels between two neighbouring points from which on they count as texture... */
const TEXTURE = 10;
/** ...and beyond which they do not count more: one strong edge must not outvote a wall. */
const STRONG = 40;
/** Fewer textured pairs than this cannot tell a movement. */
const ENOUGH = 64;
/** At most so many pairs are compared; a third of them for the first look around. */
const PAIRS = 1536;
/** Agreement from which plate and frame show the same place, and under which they certainly do not. */
const SAME = 0.6;
const OTHER = 0.4;
/** A shift must agree by so much better than none. */
const BETTER = 0.08;
/** Search range in pixels for a picture 640 wide. */
const RANGE = 24;
/** Pixels under which a movement is left alone: resampling would cost more than it mends. */
const SMALL = 0.35;
/**
 * A camera moves everything: every quarter of the picture that has texture must have moved alike, within so many pixels. A
 * person who fills half of the picture and breathes is no camera.
 */
const APART = 0.4;
const ENOUGH_QUARTER = 32;

/**
 * Compares local contrast (differences of neighbouring points) of plate and frame outside the hole, displaced by whole
 * pixels, by their normalised correlation; light and exposure cancel out. Exhaustive search over translations, then a
 * parabola through the neighbours for the part of a pixel.
 */
export class MotionSearch {
  /** Twice the first point's index, plus 1 when the second is below it and not beside it. */
  #pairs = new Int32Array(0);
  readonly #x = new Int32Array(PAIRS);
  readonly #y = new Int32Array(PAIRS);
  readonly #down = new Uint8Array(PAIRS);
  readonly #quarter = new Uint8Array(PAIRS);
  readonly #contrast = new Float32Array(PAIRS);
  #n = 0;

  find(grid: SparseGrid, picture: Picture, holes: HoleMap): Motion {
    this.#collect(grid);
    if (this.#n < ENOUGH) return STILL;
    const agree = (dx: number, dy: number, every = 1) => this.#agreement(grid, picture, holes, dx, dy, every);
    const here = agree(0, 0);
    // Hidden is not moved: where nearly all of the plate's texture is under the hole, nothing speaks against the plate.
    if (here === 0) return STILL;
    let best = here;
    let x = 0;
    let y = 0;
    if (here < SAME || Math.max(agree(1, 0), agree(-1, 0), agree(0, 1), agree(0, -1)) > here) {
      const range = 2 * Math.ceil((RANGE * picture.width) / 1280);
      for (let dy = -range; dy <= range; dy += 2) {
        for (let dx = -range; dx <= range; dx += 2) {
          const a = agree(dx, dy, 3);
          if (a > best) [best, x, y] = [a, dx, dy];
        }
      }
      best = agree(x, y);
      for (let moved = true; moved && Math.abs(x) <= range && Math.abs(y) <= range; ) {
        moved = false;
        for (const [dx, dy] of [
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
          [1, 1],
          [-1, -1],
          [1, -1],
          [-1, 1],
        ] as const) {
          const a = agree(x + dx, y + dy);
          if (a <= best) continue;
          [best, x, y, moved] = [a, x + dx, y + dy, true];
          break;
        }
      }
    }
    if ((x !== 0 || y !== 0) && best < here + BETTER) [best, x, y] = [here, 0, 0];
    if (best < (x === 0 && y === 0 ? OTHER : SAME)) return here < OTHER ? LOST : STILL;
    const dx = x + vertex(agree(x - 1, y), best, agree(x + 1, y));
    const dy = y + vertex(agree(x, y - 1), best, agree(x, y + 1));
    if (Math.hypot(dx, dy) < SMALL) return STILL;
    for (let quarter = 0; quarter < 4; quarter++) {
      const part = (dx: number, dy: number) => this.#agreement(grid, picture, holes, dx, dy, 1, quarter);
      const centre = part(x, y);
      if (centre === 0) continue;
      const ex = x + vertex(part(x - 1, y), centre, part(x + 1, y)) - dx;
      const ey = y + vertex(part(x, y - 1), centre, part(x, y + 1)) - dy;
      if (centre < OTHER || Math.hypot(ex, ey) > APART) return here < OTHER ? LOST : STILL;
    }
    return { camera: 'shifted', dx, dy };
  }

  /** Pairs of neighbouring points, known in the plate, between which the plate has texture. */
  #collect(grid: SparseGrid): void {
    const { width, height, plate, count, detail } = grid;
    if (this.#pairs.length !== 2 * width * height) this.#pairs = new Int32Array(2 * width * height);
    const p = plate[detail];
    let n = 0;
    for (let j = 0; j < height - 1; j++) {
      for (let k = 0, i = j * width; k < width - 1; k++, i++) {
        if (count[i] === 0) continue;
        if (count[i + 1] !== 0 && Math.abs(p[i + 1]! - p[i]!) >= TEXTURE) this.#pairs[n++] = 2 * i;
        if (count[i + width] !== 0 && Math.abs(p[i + width]! - p[i]!) >= TEXTURE) this.#pairs[n++] = 2 * i + 1;
      }
    }
    this.#n = Math.min(n, PAIRS);
    for (let m = 0; m < this.#n; m++) {
      const pair = this.#pairs[Math.floor((m * n) / this.#n)]!;
      const i = pair >> 1;
      const down = pair & 1;
      this.#x[m] = grid.at(i % width);
      this.#y[m] = grid.at(Math.floor(i / width));
      this.#down[m] = down;
      this.#quarter[m] = (2 * (i % width) < width ? 0 : 1) + (2 * Math.floor(i / width) < height ? 0 : 2);
      this.#contrast[m] = clip(p[i + (down ? width : 1)]! - p[i]!);
    }
  }

  /** Normalised correlation, -1..1, over every so many pairs, of one quarter only if given; 0 when too few are visible. */
  #agreement(
    grid: SparseGrid,
    picture: Picture,
    holes: HoleMap,
    dx: number,
    dy: number,
    every: number,
    quarter = -1,
  ): number {
    const { offset, stride, step } = picture.channels[grid.detail];
    const { width, height, data: hole } = holes.full;
    const { data } = picture;
    let pp = 0;
    let ff = 0;
    let pf = 0;
    let n = 0;
    for (let i = 0; i < this.#n; i += every) {
      if (quarter >= 0 && this.#quarter[i] !== quarter) continue;
      const ax = this.#x[i]! + dx;
      const ay = this.#y[i]! + dy;
      const down = this.#down[i]! * grid.pitch;
      const bx = ax + grid.pitch - down;
      const by = ay + down;
      if (ax < 0 || ay < 0 || bx >= width || by >= height) continue;
      if (hole[ay * width + ax] || hole[by * width + bx]) continue;
      const p = this.#contrast[i]!;
      const f = clip(data[offset + by * stride + bx * step]! - data[offset + ay * stride + ax * step]!);
      pp += p * p;
      ff += f * f;
      pf += p * f;
      n++;
    }
    return n * every < (quarter < 0 ? ENOUGH : ENOUGH_QUARTER) ? 0 : pf / Math.sqrt(pp * ff + 1e-9);
  }
}

function clip(contrast: number): number {
  return contrast > STRONG ? STRONG : contrast < -STRONG ? -STRONG : contrast;
}

/** Where the parabola through (-1, a), (0, b), (1, c) has its top, within half a pixel. */
function vertex(a: number, b: number, c: number): number {
  const bend = a - 2 * b + c;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend)));
}
