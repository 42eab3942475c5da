import type { Body } from './body.ts';
import type { ScreenMesh } from './raster.ts';
import { mix } from './sdf.ts';
import { type Pose, pose, type Root } from './skeleton.ts';
import { CAMERA_HEIGHT, type View } from './view.ts';

/** Daylight from a large window left of the camera; unit vector to it. */
const KEY = [-0.62, 0.42, 0.66] as const;
const KEY_COLOUR = [2.15, 2.05, 1.9] as const;
const SKY = [0.62, 0.66, 0.72] as const;
const BOUNCE = [0.5, 0.42, 0.33] as const;
/** The window in the picture, behind the figure on the left. */
const RIM = [-0.55, 0.25, -0.8] as const;

const SRGB = Float32Array.from({ length: 1025 }, (_, i) => 255 * (i / 1024) ** (1 / 2.2));

/** The figure on the picture: one body, moved for each frame. */
export class Figure {
  readonly #body: Body;
  readonly #mesh: ScreenMesh;

  constructor(body: Body) {
    this.#body = body;
    const n = body.openness.length;
    this.#mesh = {
      x: new Float32Array(n),
      y: new Float32Array(n),
      near: new Float32Array(n),
      rgb: new Float32Array(n * 3),
      triangles: body.triangles,
    };
  }

  /** Skins, lights and projects; the mesh is overwritten by the next call. */
  project(view: View, root: Root, angles: Pose): ScreenMesh {
    const body = this.#body;
    const mesh = this.#mesh;
    const bones = pose(root, angles);
    const m = new Float64Array(12);
    for (let i = 0; i < body.openness.length; i++) {
      const a = body.bones[i * 2]! * 12;
      const b = body.bones[i * 2 + 1]! * 12;
      const share = body.shares[i]!;
      for (let k = 0; k < 12; k++) m[k] = mix(bones[b + k]!, bones[a + k]!, share);
      const px = body.positions[i * 3]!;
      const py = body.positions[i * 3 + 1]!;
      const pz = body.positions[i * 3 + 2]!;
      const x = m[0]! * px + m[1]! * py + m[2]! * pz + m[3]!;
      const y = m[4]! * px + m[5]! * py + m[6]! * pz + m[7]!;
      const z = m[8]! * px + m[9]! * py + m[10]! * pz + m[11]!;
      const near = -1 / z;
      mesh.x[i] = view.centreX + x * view.focal * near;
      mesh.y[i] = view.horizon + (CAMERA_HEIGHT - y) * view.focal * near;
      mesh.near[i] = near;
      this.#light(i, m, x, y, z);
    }
    return mesh;
  }

  #light(i: number, m: Float64Array, x: number, y: number, z: number): void {
    const { normals, materials, openness } = this.#body;
    const rx = normals[i * 3]!;
    const ry = normals[i * 3 + 1]!;
    const rz = normals[i * 3 + 2]!;
    let nx = m[0]! * rx + m[1]! * ry + m[2]! * rz;
    let ny = m[4]! * rx + m[5]! * ry + m[6]! * rz;
    let nz = m[8]! * rx + m[9]! * ry + m[10]! * rz;
    const length = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
    nx *= length;
    ny *= length;
    nz *= length;
    // Half of the body faces away, and is not drawn.
    if (nx * -x + ny * (CAMERA_HEIGHT - y) + nz * -z < -0.3 * -z) return;
    const open = openness[i]!;
    const gloss = materials[i * 4 + 3]!;
    const facing = nx * KEY[0] + ny * KEY[1] + nz * KEY[2];
    // A window is wide: its light reaches a little round the corner.
    const key = Math.max(0, (facing + 0.22) / 1.22) * (0.3 + 0.7 * open);
    const rim = Math.max(0, nx * RIM[0] + ny * RIM[1] + nz * RIM[2]) ** 2 * 0.9 * open;
    const up = 0.5 + 0.5 * ny;
    // Half way between the light and the eye.
    const eye = 1 / Math.sqrt(x * x + (y - CAMERA_HEIGHT) * (y - CAMERA_HEIGHT) + z * z);
    const hx = KEY[0] - x * eye;
    const hy = KEY[1] - (y - CAMERA_HEIGHT) * eye;
    const hz = KEY[2] - z * eye;
    const half = Math.max(0, (nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz));
    const shine = gloss * gloss * 0.9 * half ** (8 + 60 * gloss) + gloss * 0.05 * half ** 4;
    // The far end of the room and its right side get less of the window.
    const reach = 0.62 / (0.55 + 0.07 * (x + 2.4) + 0.06 * -z);
    for (let c = 0; c < 3; c++) {
      const ambient = mix(BOUNCE[c]!, SKY[c]!, up) * open;
      const light = (key * KEY_COLOUR[c]! * 0.8 + ambient * 0.56 + rim * 0.8) * reach;
      const value = materials[i * 4 + c]! * light + shine * KEY_COLOUR[c]! * 0.4 * open;
      this.#mesh.rgb[i * 3 + c] = SRGB[Math.min(1024, (value * 1024) | 0)]!;
    }
  }
}
