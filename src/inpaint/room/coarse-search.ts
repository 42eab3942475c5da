import { type Homography, mapX, mapY } from '../homography.ts';
import { type Level, levelOf, seenThrough } from './level.ts';
import type { Room } from './room.ts';

/** Pixels along the longer side at which all ways are tried. */
const LONGEST = 48;
/** How far the camera may have been moved, share of the picture's sides; turned, degrees; and zoomed. */
const SHIFT = 1 / 3;
const TURNS = [-10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10];
const ZOOMS = [0.8, 0.85, 0.9, 0.95, 1, 1.06, 1.12, 1.18, 1.25];
/** Aspects that differ by less are one. */
const SAME_ASPECT = 0.03;
/** Levels a pixel below which a slope is more noise than edge. */
const SOFT_SLOPE = 4;
/** Share of the view's structure that must lie on known room. */
const MIN_OVERLAP = 0.3;
/** How many of the best ways are looked at more closely; and by how much they differ, share of the picture's width. */
const BEST = 5;
const APART = 0.04;

/** A way in which the room may be seen now, as a map from the view's pixels to the room's. */
export interface Candidate {
  readonly map: Homography;
  /** Agreement of the slopes, -1..1. */
  readonly score: number;
}

/**
 * Where a room may be in what is visible now: slopes of both, made equal in strength so that light cancels out, are
 * compared for every turn, zoom and shift in range.
 */
export function coarseSearch(room: Room, view: Room): Candidate[] {
  const [a, b] = [levelOf(view, LONGEST), levelOf(room, LONGEST)];
  const seen = slopesOf(a);
  if (seen.strength === 0) return [];
  const reachX = Math.ceil(SHIFT * a.width);
  const reachY = Math.ceil(SHIFT * a.height);
  const found: Candidate[] = [];
  for (const base of basesOf(room, view)) {
    for (const zoom of ZOOMS) {
      for (const turn of TURNS) {
        const k = 1 / (base * zoom);
        const [c, s] = [k * Math.cos((turn * Math.PI) / 180), k * Math.sin((turn * Math.PI) / 180)];
        const ghost = slopesOf(ghostOf(a, b, reachX, reachY, c, s));
        const best = bestShift(seen, ghost, reachX, reachY);
        if (!best) continue;
        // In pixels of the pictures: about both middles, moved by the shift.
        const mx = (view.width - 1) / 2 + best.x * a.scaleX;
        const my = (view.height - 1) / 2 + best.y * a.scaleY;
        const [nx, ny] = [(room.width - 1) / 2, (room.height - 1) / 2];
        const map: Homography = [c, -s, nx - c * mx + s * my, s, c, ny - s * mx - c * my, 0, 0];
        found.push({ map, score: best.score });
      }
    }
  }
  found.sort((p, q) => q.score - p.score);
  const best: Candidate[] = [];
  for (const each of found) {
    if (best.length === BEST) break;
    if (best.every(({ map }) => farthest(map, each.map, view) > APART * room.width)) best.push(each);
  }
  return best;
}

/** The room seen as it was kept: nobody moved the camera. */
export function unmoved(room: Room, view: Room): Homography[] {
  return basesOf(room, view).map((base) => {
    const k = 1 / base;
    return [
      k,
      0,
      (room.width - 1 - k * (view.width - 1)) / 2,
      0,
      k,
      (room.height - 1 - k * (view.height - 1)) / 2,
      0,
      0,
    ];
  });
}

/** By how many pixels of the room two maps differ at a corner of the view, at most. */
function farthest(a: Homography, b: Homography, { width, height }: Room): number {
  const apart = (x: number, y: number) => Math.hypot(mapX(a, x, y) - mapX(b, x, y), mapY(a, x, y) - mapY(b, x, y));
  return Math.max(apart(0, 0), apart(width, 0), apart(0, height), apart(width, height));
}

/** Pixels of the view to one of the room: the same width, or the same height, where a camera cuts its picture. */
function basesOf(room: Room, view: Room): number[] {
  const [across, down] = [view.width / room.width, view.height / room.height];
  return Math.abs(Math.log(across / down)) < SAME_ASPECT ? [across] : [across, down];
}

/** The room as it would be seen, turned and zoomed, with a margin on all sides into which it can be shifted. */
function ghostOf(view: Level, room: Level, marginX: number, marginY: number, c: number, s: number): Level {
  const width = view.width + 2 * marginX;
  const height = view.height + 2 * marginY;
  const [mx, my] = [(width - 1) / 2, (height - 1) / 2];
  const [nx, ny] = [(room.width - 1) / 2, (room.height - 1) / 2];
  const seen = seenThrough(room, width, height, (x, y, at) => {
    const [dx, dy] = [(x - mx) * view.scaleX, (y - my) * view.scaleY];
    at[0] = nx + (c * dx - s * dy) / room.scaleX;
    at[1] = ny + (s * dx + c * dy) / room.scaleY;
  });
  return { ...seen, width, height, scaleX: view.scaleX, scaleY: view.scaleY };
}

interface Slopes {
  readonly width: number;
  readonly height: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly squared: Float32Array;
  /** 1 = known. */
  readonly known: Float32Array;
  /** Sum of the squares. */
  readonly strength: number;
}

function slopesOf({ width, height, value, known }: Level): Slopes {
  const n = width * height;
  const out = { x: new Float32Array(n), y: new Float32Array(n), squared: new Float32Array(n) };
  const has = new Float32Array(n);
  let strength = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      if (!(known[i - 1]! & known[i + 1]! & known[i - width]! & known[i + width]!)) continue;
      has[i] = 1;
      const gx = value[i + 1]! - value[i - 1]!;
      const gy = value[i + width]! - value[i - width]!;
      const soft = Math.sqrt(gx * gx + gy * gy + SOFT_SLOPE * SOFT_SLOPE);
      out.x[i] = gx / soft;
      out.y[i] = gy / soft;
      out.squared[i] = out.x[i]! ** 2 + out.y[i]! ** 2;
      strength += out.squared[i]!;
    }
  }
  return { width, height, ...out, known: has, strength };
}

interface Shift {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** Every second shift, and then those around the best one. */
function bestShift(view: Slopes, ghost: Slopes, reachX: number, reachY: number): Shift | undefined {
  let best: Shift | undefined;
  const look = (x: number, y: number) => {
    const score = agreement(view, ghost, x + reachX, y + reachY, reachX, reachY);
    if (score > (best?.score ?? 0)) best = { x, y, score };
  };
  for (let y = -reachY; y <= reachY; y += 2) for (let x = -reachX; x <= reachX; x += 2) look(x, y);
  if (!best) return undefined;
  const { x, y } = best as Shift;
  for (let v = Math.max(-reachY, y - 1); v <= Math.min(reachY, y + 1); v++) {
    for (let u = Math.max(-reachX, x - 1); u <= Math.min(reachX, x + 1); u++) if (u !== x || v !== y) look(u, v);
  }
  return best;
}

/** Normalised correlation of the slopes that both know; 0 where that is too little of the view. */
function agreement(view: Slopes, ghost: Slopes, dx: number, dy: number, reachX: number, reachY: number): number {
  let both = 0;
  let own = 0;
  let other = 0;
  for (let y = 1; y < view.height - 1; y++) {
    let j = (y + 2 * reachY - dy) * ghost.width + 2 * reachX - dx + 1;
    for (let i = y * view.width + 1, end = i + view.width - 2; i < end; i++, j++) {
      both += view.x[i]! * ghost.x[j]! + view.y[i]! * ghost.y[j]!;
      own += view.squared[i]! * ghost.known[j]!;
      other += ghost.squared[j]! * view.known[i]!;
    }
  }
  return own < MIN_OVERLAP * view.strength ? 0 : both / Math.sqrt(own * other + 1e-9);
}
