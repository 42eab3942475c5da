import { kernelSource } from './bindings.ts';

/** working-frame.ts, `build`: one invocation a working pixel. */
export const BUILD = kernelSource(
  {
    picture: 'read',
    holes: 'read',
    belief: 'read',
    frame: 'read_write',
    work_plate: 'read_write',
    work_hole: 'read_write',
    work_known: 'read_write',
    field: 'read',
  },
  /* wgsl */ `
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.work.x || id.y >= p.work.y) { return; }
  let low = id.xy * p.size.xy / p.work.xy;
  let high = ((id.xy + 1u) * p.size.xy + p.work.xy - 1u) / p.work.xy;
  var hole = false;
  var known = true;
  var mean: vec3f;
  for (var c = 0u; c < 3u; c++) {
    let half = select(0u, 1u, is_half(c));
    let a = low >> vec2u(half);
    let b = (high + half) >> vec2u(half);
    var sum = 0u;
    for (var y = a.y; y < b.y; y++) {
      for (var x = a.x; x < b.x; x++) {
        sum += picture_at(byte_of(c, x, y));
        let cell = cell_of(c, x, y);
        if (holes_at(cell) != 0u) {
          hole = true;
          known = known && (belief[cell] & 255u) != 0u;
        }
      }
    }
    mean[c] = f32(sum) / f32((b.x - a.x) * (b.y - a.y));
  }
  if (hole && p.seam.w != 0u) {
    let cell = min((2u * id.xy + 1u) * p.size.xy / (2u * p.work.xy * p.seam.z), p.seam.xy - 1u);
    known = known && field[(3u * p.seam.y + cell.y) * p.seam.x + cell.x] == 0.0;
  }
  let n = p.work.x * p.work.y;
  let i = id.y * p.work.x + id.x;
  work_hole[i] = select(0.0, 1.0, hole);
  work_known[i] = select(0.0, 1.0, known);
  for (var k = 0u; k < 3u; k++) {
    let v = clamp(dot(p.to_rgb[k], vec4f(mean, 1.0)), 0.0, 1.0);
    frame[k * n + i] = select(v, 0.0, hole);
    work_plate[k * n + i] = select(0.0, v, known);
  }
}
`,
);

/** push-pull.ts on one buffer: level by level three planes of value times weight, then the weights. */
const LEVELS = /* wgsl */ `
struct Level { start: u32, width: u32, height: u32, last: u32 }
struct Levels { fine: Level, coarse: Level }
@group(0) @binding(0) var<uniform> l: Levels;
@group(0) @binding(1) var<storage, read_write> pyramid: array<f32>;
fn at(level: Level, plane: u32, i: u32) -> u32 { return level.start + plane * level.width * level.height + i; }
`;

export const LOAD = /* wgsl */ `${LEVELS}
@group(0) @binding(2) var<storage, read> frame: array<f32>;
@group(0) @binding(3) var<storage, read> work_plate: array<f32>;
@group(0) @binding(4) var<storage, read> work_hole: array<f32>;
@group(0) @binding(5) var<storage, read> work_known: array<f32>;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = l.fine.width * l.fine.height;
  let i = id.x;
  if (i >= n) { return; }
  let visible = work_hole[i] == 0.0;
  let weight = select(work_known[i], 1.0, visible);
  for (var k = 0u; k < 3u; k++) {
    pyramid[at(l.fine, k, i)] = weight * select(work_plate[k * n + i], frame[k * n + i], visible);
  }
  pyramid[at(l.fine, 3u, i)] = weight;
}
`;

export const PULL = /* wgsl */ `${LEVELS}
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= l.coarse.width || id.y >= l.coarse.height) { return; }
  var total = vec3f(0.0);
  var sum = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let q = 2u * id.xy + vec2u(k & 1u, k >> 1u);
    if (q.x >= l.fine.width || q.y >= l.fine.height) { continue; }
    let i = q.y * l.fine.width + q.x;
    total += vec3f(pyramid[at(l.fine, 0u, i)], pyramid[at(l.fine, 1u, i)], pyramid[at(l.fine, 2u, i)]);
    sum += pyramid[at(l.fine, 3u, i)];
  }
  let weight = min(1.0, sum); // GAIN * mean of four
  let i = id.y * l.coarse.width + id.x;
  var colour = vec3f(0.0);
  if (sum > 0.0) { colour = total * (select(weight, 1.0, l.coarse.last == 1u) / sum); }
  else if (l.coarse.last == 1u) { colour = vec3f(0.5); }
  for (var k = 0u; k < 3u; k++) { pyramid[at(l.coarse, k, i)] = colour[k]; }
  pyramid[at(l.coarse, 3u, i)] = weight;
}
`;

export const PUSH = /* wgsl */ `${LEVELS}
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= l.fine.width || id.y >= l.fine.height) { return; }
  let i = id.y * l.fine.width + id.x;
  let rest = 1.0 - pyramid[at(l.fine, 3u, i)];
  if (rest == 0.0) { return; }
  let near = id.xy >> vec2u(1u);
  let limit = vec2u(l.coarse.width, l.coarse.height) - 1u;
  // The other neighbour lies to the right (below) of odd pixels and to the left (above) of even ones.
  let far = select(max(near, vec2u(1u)) - 1u, min(near + 1u, limit), (id.xy & vec2u(1u)) == vec2u(1u));
  let w = l.coarse.width;
  for (var k = 0u; k < 3u; k++) {
    let up = 0.5625 * pyramid[at(l.coarse, k, near.y * w + near.x)]
      + 0.1875 * (pyramid[at(l.coarse, k, near.y * w + far.x)] + pyramid[at(l.coarse, k, far.y * w + near.x)])
      + 0.0625 * pyramid[at(l.coarse, k, far.y * w + far.x)];
    pyramid[at(l.fine, k, i)] += rest * up;
  }
}
`;
