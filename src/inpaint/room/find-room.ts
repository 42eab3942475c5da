import { fitHomography, type Homography, type Match, mapX, mapY } from '../homography.ts';
import { consensus, distance } from '../motion.ts';
import { align } from './align.ts';
import { coarseSearch, unmoved } from './coarse-search.ts';
import { type Level, levelOf, seenThrough } from './level.ts';
import type { Room } from './room.ts';

/** Pixels along the longer side at which windows are matched, from coarse to fine. */
const LONGEST = [96, 192, 384];
/** A window's side as a share of the picture's, and how far it is moved, pixels of the level. */
const WINDOW = { width: 1 / 6, height: 1 / 5 };
const REACH = 4;
const REACH_AGAIN = 2;
/** Share of a window that must be known, and the least deviation of its luma: a bare wall tells nothing. */
const MIN_KNOWN = 0.6;
const MIN_DEVIATION = 4;
/** Correlation from which a window shows the same place. */
const SAME_PLACE = 0.7;
/** Pixels of the level by which windows may disagree, at first and in the end. */
const NEAR = 2;
const NEARER = 1.2;
/** So many windows, and this share of those that can tell, must agree in the end. */
const MIN_WINDOWS = 8;
const MIN_SHARE = 0.4;
/** From this share on nothing better is looked for. */
const SURE = 0.75;
/** So many matches are needed for a map with perspective. */
const MATCHES_FOR_PERSPECTIVE = 16;
/** Pixels of the view by which nothing was moved: what is not resampled stays sharp. */
const STILL = 0.35;

/** Where a room is in the view, and how sure that is. */
export interface Place {
  /** From pixels of the view to pixels of the room. */
  readonly map: Homography;
  /** Share of the windows with structure that agree, 0..1. */
  readonly share: number;
}

/**
 * Looks for a room in what is visible now, coarse to fine: as it was kept, else the best of all turns, zooms and shifts
 * at 48 pixels; then, level by level, the map that most windows agree on, each matched by itself (Fischler & Bolles,
 * "Random sample consensus", 1981). Undefined where it is not there, or where too little can be seen to tell.
 */
export function findRoom(room: Room, view: Room): Place | undefined {
  const levels = LONGEST.map((longest) => [levelOf(view, longest), levelOf(room, longest)] as const);
  let best: Place | undefined;
  const look = (map: Homography) => {
    const place = refine(levels[0]!, room, map, REACH);
    if (place && place.share > (best?.share ?? 0)) best = place;
  };
  unmoved(room, view).forEach(look);
  if ((best?.share ?? 0) < SURE) for (const { map } of coarseSearch(room, view)) look(map);
  if (!best) return undefined;
  let { map } = best as Place;
  for (const [here, there] of levels.slice(1)) map = align(here, there, map);
  const share = agreeingShare(levels[1]!, map);
  return share < MIN_SHARE ? undefined : { map: still(map, room, view), share };
}

/** At one level, twice: the second time the windows are matched where they lie. */
function refine([here, there]: readonly [Level, Level], room: Room, start: Homography, far: number): Place | undefined {
  let map = start;
  let share = 0;
  for (const reach of [far, REACH_AGAIN]) {
    const { windows, able } = matchWindows(here, there, map, reach);
    const matches = windows.map(({ match }) => match);
    const agreeing = new Set(consensus([...windows], NEAR * here.scaleX));
    let inliers = windows.filter((window) => agreeing.has(window)).map(({ match }) => match);
    for (let k = 0; k < 3; k++) {
      if (inliers.length < 4) return undefined;
      const near = here.scaleX * distanceScale(map);
      map = fitHomography(inliers, room.width, inliers.length < MATCHES_FOR_PERSPECTIVE);
      inliers = matches.filter((match) => distance(map, match) <= (k === 0 ? NEAR : NEARER) * near);
    }
    if (inliers.length < MIN_WINDOWS || inliers.length < MIN_SHARE * able) return undefined;
    map = fitHomography(inliers, room.width, inliers.length < MATCHES_FOR_PERSPECTIVE);
    share = inliers.length / able;
  }
  return { map, share };
}

/** Pixels of the room to one of the view. */
function distanceScale([a, b, , d, e]: Homography): number {
  return Math.sqrt(Math.abs(a * e - b * d));
}

/** The map, or none at all where it moves nothing by as much as it costs to resample. */
function still(map: Homography, room: Room, { width, height }: Room): Homography {
  if (room.width !== width || room.height !== height) return map;
  const way = (x: number, y: number) => Math.hypot(mapX(map, x, y) - x, mapY(map, x, y) - y);
  const most = Math.max(way(0, 0), way(width, 0), way(0, height), way(width, height));
  return most < STILL ? [1, 0, 0, 0, 1, 0, 0, 0] : map;
}

/** Share of the windows with structure in which the room through the map shows the same as the view. */
function agreeingShare([here, there]: readonly [Level, Level], map: Homography): number {
  const { windows, able } = matchWindows(here, there, map, 1);
  const near = windows.filter(({ x, y, toX, toY }) => Math.hypot(toX - x, toY - y) <= here.scaleX);
  return windows.length < MIN_WINDOWS ? 0 : near.length / able;
}

/** How far a window lies from where the map so far has it, in pixels of the view; and where that is in the room. */
interface Window extends Match {
  readonly match: Match;
}

interface Matched {
  readonly windows: Window[];
  /** Windows with enough structure on both sides. */
  readonly able: number;
}

function matchWindows(view: Level, room: Level, map: Homography, reach: number): Matched {
  const margin = reach + 1;
  const ghost = ghostOf(view, room, map, margin);
  const [w, h] = [Math.round(view.width * WINDOW.width), Math.round(view.height * WINDOW.height)];
  const windows: Window[] = [];
  let able = 0;
  for (let y = 0; y + h <= view.height; y += Math.max(1, h >> 1)) {
    for (let x = 0; x + w <= view.width; x += Math.max(1, w >> 1)) {
      const scores = new Map<number, number>();
      const agree = (dx: number, dy: number) => {
        const key = (dy + margin) * 64 + dx + margin;
        const known = scores.get(key);
        if (known !== undefined) return known;
        const score = correlation(view, ghost, margin, x, y, w, h, dx, dy);
        scores.set(key, score);
        return score;
      };
      let [best, bx, by] = [-2, 0, 0];
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const score = agree(dx, dy);
          if (score > best) [best, bx, by] = [score, dx, dy];
        }
      }
      if (best < -1) continue;
      able++;
      if (best < SAME_PLACE || (reach > 1 && (Math.abs(bx) === reach || Math.abs(by) === reach))) continue;
      const u = bx + vertex(agree(bx - 1, by), best, agree(bx + 1, by));
      const v = by + vertex(agree(bx, by - 1), best, agree(bx, by + 1));
      // The window's middle in the view, and what the map makes of where it was found.
      const full = (at: number, scale: number) => (at + 0.5) * scale - 0.5;
      const [cx, cy] = [x + (w - 1) / 2, y + (h - 1) / 2];
      const [px, py] = [full(cx + u, view.scaleX), full(cy + v, view.scaleY)];
      const at = { x: full(cx, view.scaleX), y: full(cy, view.scaleY), weight: best * best };
      const match = { ...at, toX: mapX(map, px, py), toY: mapY(map, px, py) };
      windows.push({ ...at, toX: px, toY: py, match });
    }
  }
  return { windows, able };
}

/** The room through the map on the view's grid, with a margin on all sides. */
function ghostOf(view: Level, room: Level, map: Homography, margin: number): Level {
  const width = view.width + 2 * margin;
  const height = view.height + 2 * margin;
  const seen = seenThrough(room, width, height, (x, y, at) => {
    const px = (x - margin + 0.5) * view.scaleX - 0.5;
    const py = (y - margin + 0.5) * view.scaleY - 0.5;
    at[0] = (mapX(map, px, py) + 0.5) / room.scaleX - 0.5;
    at[1] = (mapY(map, px, py) + 0.5) / room.scaleY - 0.5;
  });
  return { ...seen, width, height, scaleX: view.scaleX, scaleY: view.scaleY };
}

/**
 * Of a window of the view with the ghost moved by (dx, dy), -1..1; -2 where too little is known or there is nothing.
 */
function correlation(
  view: Level,
  ghost: Level,
  margin: number,
  x0: number,
  y0: number,
  w: number,
  h: number,
  dx: number,
  dy: number,
): number {
  let n = 0;
  let sa = 0;
  let sb = 0;
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let y = y0; y < y0 + h; y++) {
    let j = (y + margin + dy) * ghost.width + x0 + margin + dx;
    for (let i = y * view.width + x0, end = i + w; i < end; i++, j++) {
      if ((view.known[i]! & ghost.known[j]!) === 0) continue;
      const a = view.value[i]!;
      const b = ghost.value[j]!;
      n++;
      sa += a;
      sb += b;
      saa += a * a;
      sbb += b * b;
      sab += a * b;
    }
  }
  if (n < MIN_KNOWN * w * h) return -2;
  const va = saa - (sa * sa) / n;
  const vb = sbb - (sb * sb) / n;
  const least = n * MIN_DEVIATION * MIN_DEVIATION;
  if (va < least || vb < least / 4) return -2;
  return (sab - (sa * sb) / n) / Math.sqrt(va * vb);
}

/** Where the parabola through (-1, a), (0, b), (1, c) has its top, within half a pixel. */
function vertex(a: number, b: number, c: number): number {
  const bend = a - 2 * b + c;
  return a < -1 || c < -1 || bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend)));
}
