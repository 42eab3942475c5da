import type { PickShape, PicturePoint, Rect } from '../../../geometry.ts';
import { boxOf } from '../../vision/regions.ts';

/** Half the side of what a point stands for, share of the frame's shorter side: about what a fingertip means. */
const POINT_RADIUS_SHARE = 0.012;

/** What a pick says of a grid's pixels. */
export interface Seeds {
  /** Pixels that are the target's for certain. */
  readonly inside: Uint8Array;
  /** What the target lies within, where the pick says it; pixels of the grid. */
  readonly bounds: Rect | undefined;
  /** Where the pick is: the box of {@link inside}, or {@link bounds}. */
  readonly box: Rect;
}

/** Lays a pick over a grid. */
export function seedsOf(pick: PickShape, width: number, height: number): Seeds {
  const inside = new Uint8Array(width * height);
  if ('box' in pick) {
    const { x, y, width: w, height: h } = pick.box;
    const bounds = { x: x * width, y: y * height, width: w * width, height: h * height };
    return { inside, bounds, box: bounds };
  }
  const points = 'point' in pick ? [pick.point] : pick.stroke;
  const radius = Math.max(1, POINT_RADIUS_SHARE * Math.min(width, height));
  let last: PicturePoint | undefined;
  for (const point of points) {
    const at = { x: point.x * width, y: point.y * height };
    const from = last ?? at;
    const steps = Math.max(1, Math.ceil(Math.hypot(at.x - from.x, at.y - from.y)));
    for (let k = 1; k <= steps; k++) {
      dab(
        inside,
        width,
        height,
        from.x + ((at.x - from.x) * k) / steps,
        from.y + ((at.y - from.y) * k) / steps,
        radius,
      );
    }
    last = at;
  }
  return { inside, bounds: undefined, box: boxOf(inside, width) };
}

function dab(out: Uint8Array, width: number, height: number, x: number, y: number, radius: number): void {
  const left = Math.max(0, Math.floor(x - radius));
  const right = Math.min(width - 1, Math.floor(x + radius));
  const top = Math.max(0, Math.floor(y - radius));
  const bottom = Math.min(height - 1, Math.floor(y + radius));
  for (let v = top; v <= bottom; v++) {
    for (let u = left; u <= right; u++) {
      if (Math.hypot(u + 0.5 - x, v + 0.5 - y) <= radius) out[v * width + u] = 1;
    }
  }
  // Never nothing: the pixel itself.
  const u = Math.min(width - 1, Math.floor(x));
  const v = Math.min(height - 1, Math.floor(y));
  out[v * width + u] = 1;
}
