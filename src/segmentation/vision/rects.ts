import type { Rect } from '../../geometry.ts';

/** Intersection over union of two boxes, 0..1. */
export function overlap(a: Rect, b: Rect): number {
  const both = common(a, b);
  return both === 0 ? 0 : both / (area(a) + area(b) - both);
}

/** Share of `inner` that lies in `outer`, 0..1. */
export function within(inner: Rect, outer: Rect): number {
  return common(inner, outer) / Math.max(area(inner), 1e-6);
}

export function area({ width, height }: Rect): number {
  return width * height;
}

/** The box with `by` pixels more on each side. */
export function grown({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/**
 * A square round a box, `scale` times its longer side and at least `least`; shifted into the frame, and cut where it is
 * too large for it.
 */
export function squareAround(box: Rect, scale: number, least: number, frame: { width: number; height: number }): Rect {
  const side = Math.max(least, scale * Math.max(box.width, box.height));
  const width = Math.min(frame.width, side);
  const height = Math.min(frame.height, side);
  const place = (from: number, length: number, whole: number, limit: number) =>
    Math.max(0, Math.min(limit - whole, from + (length - whole) / 2));
  return {
    x: place(box.x, box.width, width, frame.width),
    y: place(box.y, box.height, height, frame.height),
    width,
    height,
  };
}

/** Of a strip, no tile is shorter than this share of its length: a scene's first frame looks at every tile. */
const SHORTEST_TILE = 1 / 12;
/**
 * Nor is a strip looked at in halves whose side is less than this share of its length: 40 rows hold nobody who shows in
 * 20.
 */
const SHORTEST_HALF = 1 / 8;

/**
 * Squares as high as the frame's shorter side, then ones of half that side, each set overlapping by at least a third. A
 * strip has a few longer ones instead: 1500x40 would have 399 squares, which took 10 s.
 */
export function tiles(width: number, height: number): Rect[] {
  const out: Rect[] = [];
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const sides = shorter / 2 < SHORTEST_HALF * longer ? [shorter] : [shorter, shorter / 2];
  for (const side of sides) {
    const tile = Math.max(side, SHORTEST_TILE * longer);
    const [across, down] = [Math.min(width, tile), Math.min(height, tile)];
    for (const y of starts(height, down)) {
      for (const x of starts(width, across)) out.push({ x, y, width: across, height: down });
    }
  }
  return out;
}

/** Calls `visit` with the index of every pixel of a `width` x `height` grid whose middle lies in `rect`. */
export function eachPixel(rect: Rect, width: number, height: number, visit: (i: number) => void): void {
  const left = Math.max(0, Math.ceil(rect.x - 0.5));
  const right = Math.min(width, Math.ceil(rect.x + rect.width - 0.5));
  const top = Math.max(0, Math.ceil(rect.y - 0.5));
  const bottom = Math.min(height, Math.ceil(rect.y + rect.height - 0.5));
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) visit(y * width + x);
}

function common(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function starts(length: number, side: number): number[] {
  const count = Math.max(1, Math.ceil((length - side) / (side * 0.67)) + 1);
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (i * (length - side)) / (count - 1)));
}
