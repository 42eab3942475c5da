import { blend, carve, ease, ellipsoid, length, limb, mix, noise, type Sdf } from './sdf.ts';
import { BONES, REST, type Vec3 } from './skeleton.ts';
import { type Box, surfaceNets } from './surface-nets.ts';

/** The figure at rest: a skinned triangle mesh, all of it made by the functions below. */
export interface Body {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  /** Linear r, g, b and gloss (0..1) per vertex. */
  readonly materials: Float32Array;
  /** How much of the sky a vertex sees, 0..1. */
  readonly openness: Float32Array;
  /** Two bones per vertex, and the share of the first. */
  readonly bones: Uint8Array;
  readonly shares: Float32Array;
  readonly triangles: Uint32Array;
}

interface Part {
  readonly sdf: Sdf;
  readonly box: Box;
  readonly cell: number;
  readonly paint: (x: number, y: number, z: number) => [number, number, number, number];
  /** Bones that may move it. */
  readonly bones: RegExp;
}

function box(min: Vec3, max: Vec3): Box {
  return { min, max };
}

const lerp3 = (a: Vec3, b: Vec3, t: number): Vec3 => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
const CUFF = lerp3(REST.elbow, REST.wrist, 0.93);
const SHIN_END = lerp3(REST.knee, REST.ankle, 0.95);

/** Creases of cloth, metres: ridges that run round a limb, deeper where `depth` says. */
function creases(x: number, y: number, z: number, depth: number): number {
  const warp = noise(x * 7, y * 5, z * 7);
  const ridge = 1 - Math.abs(noise(x * 6 + 9, y * 17 + warp * 1.6, z * 6));
  const fine = noise(x * 30, y * 36, z * 30);
  return depth * (ridge * ridge - 0.4) + 0.0008 * fine;
}

function jumper(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  let d = ellipsoid(x, y - 1.255, z + 0.005, 0.172, 0.215, 0.116);
  d = blend(d, ellipsoid(x, y - 1.04, z - 0.006, 0.158, 0.22, 0.114), 0.1);
  d = blend(d, ellipsoid(x, y - 0.945, z, 0.17, 0.1, 0.126), 0.06);
  // Slopes from the neck to the shoulder, and the chest muscles under the wool.
  d = blend(d, limb(ax, y, z, [0.03, 1.445, -0.03], [0.17, 1.395, -0.02], 0.05, 0.058), 0.06);
  d = blend(d, ellipsoid(ax - 0.075, y - 1.3, z - 0.075, 0.07, 0.06, 0.035), 0.05);
  d = blend(d, limb(ax, y, z, REST.shoulder, REST.elbow, 0.061, 0.051), 0.045);
  d = blend(d, limb(ax, y, z, REST.elbow, CUFF, 0.052, 0.04), 0.02);
  const elbow = 1 - ease(length(ax - REST.elbow[0], y - REST.elbow[1]) / 0.13);
  const waist = 1 - ease(Math.abs(y - 1.02) / 0.14);
  const armpit = 1 - ease(length(ax - 0.17, y - 1.32) / 0.13);
  d -= creases(ax * Math.sign(x + 1e-9), y, z, 0.003 + 0.011 * Math.max(elbow, waist, armpit));
  const hem = 0.905 + 0.006 * noise(x * 9, 3, z * 9);
  d = Math.max(d, hem - y);
  return Math.max(d, -ellipsoid(x, y - 1.53, z - 0.002, 0.067, 0.075, 0.068));
}

function collar(x: number, y: number, z: number): number {
  const tilt = y - 1.478 + 0.3 * z;
  return length(length(x * 0.94, z + 0.01) - 0.0605, tilt * 0.62) - 0.0115;
}

function trousers(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  let d = ellipsoid(x, y - 0.93, z, 0.158, 0.15, 0.118);
  d = blend(d, limb(ax, y, z, REST.hip, REST.knee, 0.092, 0.067), 0.03);
  d = blend(d, limb(ax, y, z, REST.knee, SHIN_END, 0.066, 0.056), 0.02);
  const knee = 1 - ease(Math.abs(y - 0.5) / 0.12);
  const ankle = 1 - ease(Math.abs(y - 0.14) / 0.12);
  const groin = 1 - ease(length(ax - 0.04, y - 0.83) / 0.14);
  d -= creases(ax + (x > 0 ? 3 : 0), y, z, 0.0025 + 0.009 * Math.max(knee, ankle, groin));
  return Math.max(d, 0.07 - y);
}

function shoes(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  const upper = limb(ax, y, z, [0.115, 0.055, -0.035], [0.14, 0.038, 0.12], 0.047, 0.037);
  const shaft = limb(ax, y, z, [0.115, 0.05, -0.025], [0.115, 0.1, -0.025], 0.046, 0.044);
  const sole = Math.max(limb(ax, y, z, [0.115, 0.02, -0.04], [0.142, 0.02, 0.13], 0.05, 0.045), y - 0.022);
  return Math.max(Math.min(blend(upper, shaft, 0.02), sole), 0.002 - y);
}

function head(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  let d = ellipsoid(x, y - 1.668, z + 0.012, 0.076, 0.1, 0.096);
  d = blend(d, ellipsoid(x, y - 1.59, z - 0.024, 0.058, 0.075, 0.066), 0.05);
  d = blend(d, ellipsoid(x, y - 1.536, z - 0.062, 0.022, 0.018, 0.02), 0.035);
  d = blend(d, ellipsoid(ax - 0.04, y - 1.606, z - 0.066, 0.024, 0.022, 0.018), 0.03);
  d = blend(d, limb(ax, y, z, [0.012, 1.664, 0.084], [0.045, 1.662, 0.066], 0.01, 0.008), 0.016);
  d = carve(d, ellipsoid(ax - 0.031, y - 1.643, z - 0.094, 0.021, 0.013, 0.018), 0.014);
  // Eyelids close round the eyeball that the sockets leave room for.
  d = blend(
    d,
    Math.max(ellipsoid(ax - 0.031, y - 1.643, z - 0.069, 0.0155, 0.0135, 0.0145), 0.0042 - Math.abs(y - 1.6405)),
    0.003,
  );
  d = blend(d, limb(x, y, z, [0, 1.65, 0.089], [0, 1.612, 0.112], 0.007, 0.012), 0.014);
  d = blend(d, ellipsoid(ax - 0.012, y - 1.608, z - 0.098, 0.009, 0.008, 0.011), 0.008);
  d = blend(d, ellipsoid(x, y - 1.5765, z - 0.084, 0.023, 0.0055, 0.012), 0.008);
  d = blend(d, ellipsoid(x, y - 1.5655, z - 0.083, 0.02, 0.0065, 0.012), 0.008);
  d = carve(d, ellipsoid(x, y - 1.571, z - 0.098, 0.024, 0.0018, 0.008), 0.003);
  d = blend(d, ellipsoid(ax - 0.079, y - 1.63, z + 0.012, 0.01, 0.031, 0.018), 0.01);
  d = carve(d, ellipsoid(ax - 0.089, y - 1.634, z + 0.006, 0.006, 0.02, 0.01), 0.006);
  d = blend(d, limb(x, y, z, [0, 1.44, -0.025], [0, 1.57, -0.012], 0.053, 0.048), 0.03);
  d = blend(d, limb(x, y, z, [0, 1.44, -0.01], [0.0, 1.5, 0.02], 0.05, 0.03), 0.03);
  return d;
}

const FINGERS: readonly (readonly [Vec3, Vec3, Vec3, number])[] = [-1, 0, 1, 2].map((i) => {
  const spread = 0.019 * (i - 0.5);
  const long = i === 0 || i === 1 ? 1 : i === -1 ? 0.92 : 0.78;
  const root: Vec3 = [0.499, 0.893, 0.02 - spread];
  const joint: Vec3 = [0.515 + 0.003 * long, 0.893 - 0.042 * long, 0.03 - spread * 1.15];
  const tip: Vec3 = [0.515, 0.893 - 0.08 * long, 0.044 - spread * 1.1];
  return [root, joint, tip, i === 2 ? 0.0085 : 0.0098];
});

function hand(ax: number, y: number, z: number): number {
  let d = limb(ax, y, z, lerp3(REST.elbow, REST.wrist, 0.8), REST.wrist, 0.033, 0.027);
  d = blend(d, limb(ax, y, z, [0.466, 0.955, 0.01], [0.492, 0.9, 0.005], 0.024, 0.019), 0.02);
  d = blend(d, limb(ax, y, z, [0.466, 0.95, 0.02], [0.494, 0.9, 0.038], 0.022, 0.018), 0.02);
  for (const [root, joint, tip, r] of FINGERS) {
    const finger = Math.min(limb(ax, y, z, root, joint, r + 0.001, r), limb(ax, y, z, joint, tip, r, r - 0.002));
    d = blend(d, finger, 0.007);
  }
  const thumb = Math.min(
    limb(ax, y, z, [0.468, 0.94, 0.035], [0.475, 0.905, 0.07], 0.015, 0.0115),
    limb(ax, y, z, [0.475, 0.905, 0.07], [0.483, 0.873, 0.078], 0.0115, 0.009),
  );
  return blend(d, thumb, 0.015);
}

function hair(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  const strand = noise(x * 70 + y * 14, y * 16, z * 60) * 0.0035 + noise(x * 22, y * 16, z * 22) * 0.005;
  let d = ellipsoid(x, y - 1.683, z + 0.018, 0.088, 0.104, 0.107) - strand;
  d = blend(d, ellipsoid(x - 0.02, y - 1.752, z - 0.045, 0.062, 0.032, 0.052) - strand, 0.03);
  // The hairline: over the forehead, down before the ears, round them and across the nape.
  const line = z > -0.02 ? mix(1.628, 1.722, ease((z + 0.004) / 0.05)) : mix(1.628, 1.572, ease((-0.02 - z) / 0.03));
  const recede = 0.012 * ease((ax - 0.02) / 0.03) * ease(z / 0.05);
  const free = line + recede + strand * 1.5 - y;
  return -blend(-d, -free, 0.012);
}

function brows(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  return Math.min(
    limb(ax, y, z, [0.0145, 1.6695, 0.0905], [0.036, 1.672, 0.0822], 0.0036, 0.004),
    limb(ax, y, z, [0.036, 1.672, 0.0822], [0.054, 1.6635, 0.066], 0.004, 0.002),
  );
}

function eyes(x: number, y: number, z: number): number {
  return length(Math.abs(x) - 0.031, y - 1.6425, z - 0.0685) - 0.0135;
}

function paintSkin(x: number, y: number, z: number): [number, number, number, number] {
  const ax = Math.abs(x);
  const blotch = 0.05 * noise(x * 40, y * 40, z * 40) + 0.04 * noise(x * 120, y * 120, z * 120);
  const near = (px: number, py: number, pz: number, r: number) => 1 - ease(length(ax - px, y - py, z - pz) / r);
  const lips = ease(1.5 - length((x / 0.024) ** 2, (y - 1.571) / 0.0105) * 1.1) * (z > 0.07 ? 1 : 0);
  const flush = Math.max(
    0.7 * near(0.042, 1.602, 0.075, 0.035),
    0.6 * near(0, 1.612, 0.115, 0.022),
    near(0.088, 1.63, -0.01, 0.03) * 0.6,
  );
  const beard = 0.1 * ease((1.605 - y) / 0.03) * ease((z - 0.0) / 0.05) * ease((y - 1.5) / 0.03);
  const lid = near(0.031, 1.65, 0.078, 0.02) * 0.2;
  // The chin keeps the light from the neck.
  const under = 0.45 * ease((1.545 - y) / 0.035) * ease((y - 1.4) / 0.06);
  const dark = 1 + blotch - beard - lid - under;
  const r = 0.56 * dark + 0.05 * flush;
  const g = 0.305 * dark - 0.05 * flush;
  const b = 0.205 * dark - 0.03 * flush;
  return [mix(r, 0.42, lips * 0.75), mix(g, 0.15, lips * 0.75), mix(b, 0.13, lips * 0.75), 0.16];
}

function paintEyes(x: number, y: number): [number, number, number, number] {
  const r = length(Math.abs(x) - 0.0305, y - 1.6425);
  if (r < 0.0026) return [0.01, 0.01, 0.01, 0.9];
  if (r < 0.0062) return [0.07, 0.05, 0.03, 0.9];
  return [0.42, 0.4, 0.38, 0.5];
}

function paintJumper(x: number, y: number, z: number): [number, number, number, number] {
  const knit = 1 + 0.1 * noise(x * 90, y * 140, z * 90) + 0.06 * noise(x * 14, y * 14, z * 14);
  const rib = y < 0.955 || length(Math.abs(x) - CUFF[0], y - CUFF[1]) < 0.05 ? 0.82 : 1;
  return [0.075 * knit * rib, 0.155 * knit * rib, 0.2 * knit * rib, 0.03];
}

function paintTrousers(x: number, y: number, z: number): [number, number, number, number] {
  const worn = 1 + 0.12 * noise(x * 50, y * 60, z * 50) + 0.25 * (1 - ease(Math.abs(y - 0.68) / 0.2)) * ease(z / 0.06);
  return [0.06 * worn, 0.062 * worn, 0.075 * worn, 0.04];
}

const PARTS: readonly Part[] = [
  {
    sdf: head,
    box: box([-0.11, 1.4, -0.13], [0.11, 1.79, 0.14]),
    cell: 0.0058,
    paint: paintSkin,
    bones: /^(head|neck|chest)$/,
  },
  {
    sdf: hand,
    box: box([0.4, 0.78, -0.06], [0.57, 1.04, 0.11]),
    cell: 0.0078,
    paint: paintSkin,
    bones: /^(hand|forearm)R$/,
  },
  {
    sdf: (x, y, z) => hand(-x, y, z),
    box: box([-0.57, 0.78, -0.06], [-0.4, 1.04, 0.11]),
    cell: 0.0078,
    paint: paintSkin,
    bones: /^(hand|forearm)L$/,
  },
  {
    sdf: hair,
    box: box([-0.12, 1.54, -0.15], [0.12, 1.82, 0.13]),
    cell: 0.0078,
    paint: (x, y, z) => {
      const n = 1 + 0.5 * noise(x * 90 + y * 20, y * 24, z * 80);
      return [0.05 * n, 0.03 * n, 0.02 * n, 0.28];
    },
    bones: /^head$/,
  },
  {
    sdf: brows,
    box: box([-0.07, 1.65, 0.05], [0.07, 1.685, 0.11]),
    cell: 0.003,
    paint: () => [0.05, 0.032, 0.022, 0.05],
    bones: /^head$/,
  },
  { sdf: eyes, box: box([-0.05, 1.62, 0.05], [0.05, 1.66, 0.09]), cell: 0.0026, paint: paintEyes, bones: /^head$/ },
  {
    sdf: jumper,
    box: box([-0.53, 0.89, -0.17], [0.53, 1.53, 0.17]),
    cell: 0.0135,
    paint: paintJumper,
    bones: /^(pelvis|spine|chest|arm.|forearm.)$/,
  },
  {
    sdf: collar,
    box: box([-0.09, 1.44, -0.09], [0.09, 1.53, 0.09]),
    cell: 0.0068,
    paint: (x, y, z) => {
      const rib = 0.8 + 0.2 * Math.sin(Math.atan2(x, z) * 60);
      return [0.07 * rib, 0.14 * rib, 0.185 * rib, 0.03 + 0 * y];
    },
    bones: /^(chest|neck)$/,
  },
  {
    sdf: trousers,
    box: box([-0.21, 0.06, -0.15], [0.21, 1.06, 0.15]),
    cell: 0.017,
    paint: paintTrousers,
    bones: /^(pelvis|thigh.|shin.)$/,
  },
  {
    sdf: shoes,
    box: box([-0.21, -0.01, -0.1], [0.21, 0.16, 0.19]),
    cell: 0.0105,
    paint: (_x, y) => (y < 0.024 ? [0.5, 0.48, 0.45, 0.1] : [0.13, 0.08, 0.055, 0.25]),
    bones: /^(foot|shin)./,
  },
];

/** Everything at once, for the question how open a point is. Hands and face features hardly matter for it. */
function whole(x: number, y: number, z: number): number {
  if (y > 1.5) return Math.min(head(x, y, z), hair(x, y, z));
  return Math.min(jumper(x, y, z), y < 1.05 ? trousers(x, y, z) : 1, y < 0.15 ? shoes(x, y, z) : 1);
}

/** Makes the body; yields every few milliseconds of work, so that a page can breathe. */
export function* growBody(): Generator<undefined, Body> {
  const positions: number[] = [];
  const normals: number[] = [];
  const materials: number[] = [];
  const openness: number[] = [];
  const bones: number[] = [];
  const shares: number[] = [];
  const triangles: number[] = [];
  const boneNames = BONES.map((b) => b.name);
  for (const part of PARTS) {
    const first = positions.length / 3;
    const allowed = boneNames.flatMap((name, i) => (part.bones.test(name) ? [i] : []));
    const surface = yield* surfaceNets(part.sdf, part.box, part.cell);
    for (let v = 0; v < surface.positions.length; v += 3) {
      if (v % 600 === 0) yield;
      const [x, y, z] = [surface.positions[v]!, surface.positions[v + 1]!, surface.positions[v + 2]!];
      const n: Vec3 = [surface.normals[v]!, surface.normals[v + 1]!, surface.normals[v + 2]!];
      positions.push(x, y, z);
      normals.push(...n);
      materials.push(...part.paint(x, y, z));
      openness.push(open(x, y, z, n));
      const [a, b, share] = weigh(allowed, x, y, z);
      bones.push(a, b);
      shares.push(share);
    }
    for (const t of surface.triangles) triangles.push(first + t);
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    materials: Float32Array.from(materials),
    openness: Float32Array.from(openness),
    bones: Uint8Array.from(bones),
    shares: Float32Array.from(shares),
    triangles: Uint32Array.from(triangles),
  };
}

/** Ambient occlusion from a few steps along the normal, after Evans 2006. */
function open(x: number, y: number, z: number, n: Vec3): number {
  let closed = 0;
  for (const [step, weight] of [
    [0.012, 14],
    [0.035, 7],
    [0.08, 3.2],
  ] as const) {
    const d = whole(x + n[0] * step, y + n[1] * step, z + n[2] * step);
    closed += Math.max(0, step - d) * weight;
  }
  return Math.max(0.15, 1 - 0.75 * closed);
}

/** The two bones that pull most, by the inverse distance from the flesh round them. */
function weigh(allowed: readonly number[], x: number, y: number, z: number): [number, number, number] {
  let a = allowed[0]!;
  let b = a;
  let wa = 0;
  let wb = 0;
  for (const i of allowed) {
    const { from, to, radius, side } = BONES[i]!;
    if (side * x < -0.005) continue;
    const d = Math.max(0.004, limb(x, y, z, from, to, 0, 0) / radius);
    const w = 1 / d ** 6;
    if (w > wa) [b, wb, a, wa] = [a, wa, i, w];
    else if (w > wb) [b, wb] = [i, w];
  }
  return [a, b, wa / (wa + wb)];
}
