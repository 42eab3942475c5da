/**
 * Signed distances in metres (negative inside) and the noise that roughens them. The primitives follow
 * Inigo Quilez, "Distance functions"; the ellipsoid's is a bound, good enough near its surface.
 */
export type Sdf = (x: number, y: number, z: number) => number;

/** `Math.hypot` guards against overflow and is many times slower. */
export function length(x: number, y: number, z = 0): number {
  return Math.sqrt(x * x + y * y + z * z);
}

export function ellipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const k0 = length(x / rx, y / ry, z / rz);
  const k1 = length(x / (rx * rx), y / (ry * ry), z / (rz * rz));
  return k1 === 0 ? -Math.min(rx, ry, rz) : (k0 * (k0 - 1)) / k1;
}

/** A capsule from `a` to `b` whose radius goes from `ra` to `rb`. */
export function limb(
  x: number,
  y: number,
  z: number,
  a: readonly number[],
  b: readonly number[],
  ra: number,
  rb: number,
): number {
  const bx = b[0]! - a[0]!;
  const by = b[1]! - a[1]!;
  const bz = b[2]! - a[2]!;
  const px = x - a[0]!;
  const py = y - a[1]!;
  const pz = z - a[2]!;
  const h = Math.min(1, Math.max(0, (px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz)));
  return length(px - bx * h, py - by * h, pz - bz * h) - (ra + (rb - ra) * h);
}

/** Union with a fillet of about `k` metres. */
export function blend(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
}

/** `a` without `b`, with a fillet of about `k` metres. */
export function carve(a: number, b: number, k: number): number {
  return -blend(-a, b, k);
}

/** A repeatable value in [0, 1) for three integers. */
export function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth value noise in [-1, 1]; features are about one unit wide. */
export function noise(x: number, y: number, z: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const u = ease(x - ix);
  const v = ease(y - iy);
  const w = ease(z - iz);
  const row = (j: number, k: number) => mix(hash(ix, iy + j, iz + k), hash(ix + 1, iy + j, iz + k), u);
  return 2 * mix(mix(row(0, 0), row(1, 0), v), mix(row(0, 1), row(1, 1), v), w) - 1;
}

export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** 0 to 1 with a soft start and end; clamps. */
export function ease(t: number): number {
  const c = Math.min(1, Math.max(0, t));
  return c * c * (3 - 2 * c);
}
