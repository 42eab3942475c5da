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

/**
 * Squares as high as the frame's shorter side, then ones of half that side, each set overlapping by at least a third.
 */
export function tiles(width: number, height: number): Rect[] {
  const out: Rect[] = [];
  for (const side of [Math.min(width, height), Math.min(width, height) / 2]) {
    for (const y of starts(height, side)) {
      for (const x of starts(width, side)) out.push({ x, y, width: side, height: side });
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
