/**
 * The figure's bones: where they rest (metres, feet at y = 0, +z to the camera, +x to the picture's right) and how
 * angles move them. The rest pose holds the arms away from the body so that sleeves and torso do not melt together.
 */
export type Vec3 = readonly [number, number, number];

export interface Bone {
  readonly name: string;
  readonly parent: number;
  /** 1 right, -1 left, 0 middle. */
  readonly side: -1 | 0 | 1;
  readonly from: Vec3;
  readonly to: Vec3;
  /** About how thick the flesh is, metres: a thicker bone pulls at more skin. */
  readonly radius: number;
}

export const REST = {
  shoulder: [0.178, 1.405, -0.018],
  elbow: [0.335, 1.19, -0.02],
  wrist: [0.46, 0.972, 0.01],
  knuckles: [0.5, 0.893, 0.02],
  hip: [0.092, 0.93, 0],
  knee: [0.108, 0.5, 0.012],
  ankle: [0.115, 0.085, -0.02],
  toe: [0.135, 0.03, 0.13],
} as const satisfies Record<string, Vec3>;

const BONES: Bone[] = [];
const names = new Map<string, number>();

function bone(name: string, parent: string | undefined, from: Vec3, to: Vec3, radius: number): void {
  const side = from[0] === 0 ? 0 : from[0] > 0 ? 1 : -1;
  names.set(name, BONES.length);
  BONES.push({ name, parent: parent === undefined ? -1 : names.get(parent)!, side, from, to, radius });
}

function pair(name: string, parent: string, from: Vec3, to: Vec3, radius: number): void {
  for (const side of [1, -1]) {
    const tag = side > 0 ? 'R' : 'L';
    const above = names.has(parent) ? parent : parent + tag;
    bone(name + tag, above, [from[0] * side, from[1], from[2]], [to[0] * side, to[1], to[2]], radius);
  }
}

bone('pelvis', undefined, [0, 0.97, 0], [0, 1.04, 0], 0.13);
bone('spine', 'pelvis', [0, 1.04, 0], [0, 1.2, 0], 0.13);
bone('chest', 'spine', [0, 1.2, 0], [0, 1.42, 0], 0.15);
bone('neck', 'chest', [0, 1.46, -0.02], [0, 1.54, -0.01], 0.06);
bone('head', 'neck', [0, 1.56, 0], [0, 1.72, 0], 0.1);
pair('arm', 'chest', REST.shoulder, REST.elbow, 0.06);
pair('forearm', 'arm', REST.elbow, REST.wrist, 0.045);
pair('hand', 'forearm', REST.wrist, REST.knuckles, 0.04);
pair('thigh', 'pelvis', REST.hip, REST.knee, 0.085);
pair('shin', 'thigh', REST.knee, REST.ankle, 0.055);
pair('foot', 'shin', REST.ankle, REST.toe, 0.045);

export { BONES };

/** Per bone a rotation vector in the parent's frame: its direction is the axis, its length the angle in radians. */
export type Pose = Partial<Record<string, Vec3>>;

export interface Root {
  /** Metres: right of the room's middle, and distance from the camera. */
  readonly x: number;
  readonly distance: number;
  /** Up and down with the steps, metres. */
  readonly lift: number;
  /** Radians; 0 faces the camera, positive turns towards the picture's right. */
  readonly heading: number;
}

/** One 3x4 matrix per bone, row by row, that takes a rest position to room coordinates (z = minus distance). */
export function pose(root: Root, angles: Pose): Float64Array {
  const out = new Float64Array(BONES.length * 12);
  const base = rotation([0, root.heading, 0]);
  const place = [...base.slice(0, 3), root.x, ...base.slice(3, 6), root.lift, ...base.slice(6, 9), -root.distance];
  for (const [name, index] of names) {
    const { parent, from } = BONES[index]!;
    const above = parent < 0 ? place : out.subarray(parent * 12, parent * 12 + 12);
    const turn = rotation(angles[name] ?? [0, 0, 0]);
    for (let r = 0; r < 3; r++) {
      const a = above[r * 4]!;
      const b = above[r * 4 + 1]!;
      const c = above[r * 4 + 2]!;
      const row = [0, 1, 2].map((col) => a * turn[col]! + b * turn[3 + col]! + c * turn[6 + col]!);
      const at = index * 12 + r * 4;
      out.set(row, at);
      // Turned about the joint: what the turn moves the joint by is taken back.
      const kept = row[0]! * from[0] + row[1]! * from[1] + row[2]! * from[2];
      out[at + 3] = a * from[0] + b * from[1] + c * from[2] + above[r * 4 + 3]! - kept;
    }
  }
  return out;
}

/** Rodrigues' formula. */
function rotation(v: Vec3): number[] {
  const angle = Math.hypot(...v);
  if (angle < 1e-9) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [x, y, z] = [v[0] / angle, v[1] / angle, v[2] / angle];
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const k = 1 - c;
  return [
    c + x * x * k,
    x * y * k - z * s,
    x * z * k + y * s,
    y * x * k + z * s,
    c + y * y * k,
    y * z * k - x * s,
    z * x * k - y * s,
    z * y * k + x * s,
    c + z * z * k,
  ];
}
