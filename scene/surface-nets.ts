import type { Sdf } from './sdf.ts';

export interface Surface {
  /** x, y, z per vertex, metres. */
  readonly positions: number[];
  /** Unit x, y, z per vertex, pointing outwards. */
  readonly normals: number[];
  /** Three vertices per triangle, counter-clockwise from outside. */
  readonly triangles: number[];
}

export interface Box {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

const BLOCK = 4;

/**
 * Meshes the zero level of `sdf` inside `box` on a grid of `cell` metres by naive surface nets (Gibson 1998): one
 * vertex per cell that the surface crosses, at the mean of its edge crossings. Yields every few milliseconds of work.
 */
export function* surfaceNets(sdf: Sdf, box: Box, cell: number): Generator<undefined, Surface> {
  const [x0, y0, z0] = box.min;
  const nx = Math.ceil((box.max[0] - x0) / cell) + 1;
  const ny = Math.ceil((box.max[1] - y0) / cell) + 1;
  const nz = Math.ceil((box.max[2] - z0) / cell) + 1;
  const values = yield* sample(sdf, box, cell, nx, ny, nz);

  const surface: Surface = { positions: [], normals: [], triangles: [] };
  const vertexOf = new Int32Array(nx * ny * nz).fill(-1);
  const strides = [1, nx, nx * ny] as const;
  for (let k = 0; k < nz - 1; k++) {
    yield;
    for (let j = 0; j < ny - 1; j++) {
      for (let i = 0; i < nx - 1; i++) {
        const at = i + j * nx + k * nx * ny;
        const crossing = meanCrossing(values, at, nx, nx * ny);
        if (!crossing) continue;
        vertexOf[at] = surface.positions.length / 3;
        const p: [number, number, number] = [
          x0 + (i + crossing[0]) * cell,
          y0 + (j + crossing[1]) * cell,
          z0 + (k + crossing[2]) * cell,
        ];
        surface.positions.push(...p);
        surface.normals.push(...gradient(sdf, p, cell * 0.6));
        for (let axis = 0; axis < 3; axis++) stitch(surface, values, vertexOf, at, axis, [i, j, k], strides);
      }
    }
  }
  return surface;
}

/** Far from the surface one value stands for a whole block: most of the box is empty. */
function* sample(
  sdf: Sdf,
  box: Box,
  cell: number,
  nx: number,
  ny: number,
  nz: number,
): Generator<undefined, Float32Array> {
  const values = new Float32Array(nx * ny * nz);
  const reach = 0.5 * BLOCK * cell * Math.sqrt(3) * 1.4 + 0.012;
  for (let bk = 0; bk < nz; bk += BLOCK) {
    for (let bj = 0; bj < ny; bj += BLOCK) {
      yield;
      for (let bi = 0; bi < nx; bi += BLOCK) {
        const x = box.min[0] + bi * cell;
        const y = box.min[1] + bj * cell;
        const z = box.min[2] + bk * cell;
        const half = (BLOCK - 1) * 0.5 * cell;
        const d = sdf(x + half, y + half, z + half);
        const far = Math.abs(d) > reach;
        for (let k = 0; k < Math.min(BLOCK, nz - bk); k++) {
          for (let j = 0; j < Math.min(BLOCK, ny - bj); j++) {
            for (let i = 0; i < Math.min(BLOCK, nx - bi); i++) {
              values[bi + i + (bj + j) * nx + (bk + k) * nx * ny] = far
                ? d
                : sdf(x + i * cell, y + j * cell, z + k * cell);
            }
          }
        }
      }
    }
  }
  return values;
}

function meanCrossing(values: Float32Array, at: number, sy: number, sz: number): [number, number, number] | undefined {
  let x = 0;
  let y = 0;
  let z = 0;
  let n = 0;
  for (let e = 0; e < 12; e++) {
    const axis = e >> 2;
    const a = e & 1;
    const b = (e >> 1) & 1;
    const ci = axis === 0 ? 0 : a;
    const cj = axis === 1 ? 0 : axis === 0 ? a : b;
    const ck = axis === 2 ? 0 : b;
    const from = at + ci + cj * sy + ck * sz;
    const v0 = values[from]!;
    const v1 = values[from + (axis === 0 ? 1 : axis === 1 ? sy : sz)]!;
    if (v0 < 0 === v1 < 0) continue;
    const t = v0 / (v0 - v1);
    x += ci + (axis === 0 ? t : 0);
    y += cj + (axis === 1 ? t : 0);
    z += ck + (axis === 2 ? t : 0);
    n++;
  }
  return n === 0 ? undefined : [x / n, y / n, z / n];
}

/** Joins the four cells round the grid edge that starts at `at` and runs along `axis`, if the surface crosses it. */
function stitch(
  surface: Surface,
  values: Float32Array,
  vertexOf: Int32Array,
  at: number,
  axis: number,
  cell: readonly [number, number, number],
  strides: readonly [number, number, number],
): void {
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  if (cell[u]! === 0 || cell[v]! === 0) return;
  const inside = values[at]! < 0;
  if (inside === values[at + strides[axis]!]! < 0) return;
  const a = vertexOf[at - strides[u]! - strides[v]!]!;
  const b = vertexOf[at - strides[v]!]!;
  const c = vertexOf[at]!;
  const d = vertexOf[at - strides[u]!]!;
  if (a < 0 || b < 0 || c < 0 || d < 0) return;
  if (inside) surface.triangles.push(a, b, c, a, c, d);
  else surface.triangles.push(a, c, b, a, d, c);
}

function gradient(sdf: Sdf, p: readonly [number, number, number], e: number): [number, number, number] {
  const x = sdf(p[0] + e, p[1], p[2]) - sdf(p[0] - e, p[1], p[2]);
  const y = sdf(p[0], p[1] + e, p[2]) - sdf(p[0], p[1] - e, p[2]);
  const z = sdf(p[0], p[1], p[2] + e) - sdf(p[0], p[1], p[2] - e);
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
