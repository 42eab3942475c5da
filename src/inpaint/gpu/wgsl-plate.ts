import { FRAMES, PATIENCE, SAME, SOFT, STEADY, TURNS, YOUNG } from '../plate.ts';
import { kernelSource } from './bindings.ts';

/** plate.ts, `learn`: one invocation a cell. */
export const LEARN = kernelSource(
  { picture: 'read', holes: 'read', value: 'read_write', belief: 'read_write', rival: 'read_write' },
  /* wgsl */ `
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let cell = id.x;
  var first = 0u;
  var last = 0u;
  var i = cell;
  if (p.form.x == 2u) { last = 2u; }
  else if (cell >= p.form.z) { first = 1u; last = 2u; i = cell - p.form.z; }
  let size = grid_size(first);
  if (i >= size.x * size.y || holes_at(cell) != 0u) { return; }
  let x = i % size.x;
  let y = i / size.x;
  let count = belief[cell] & 255u;
  let doubt = (belief[cell] >> 8u) & 255u;
  if (count != 0u && y % ${TURNS}u != p.form.w % ${TURNS}u) { return; }

  var gap = 0.0;
  var steady = doubt > 0u;
  var seen = 0u;
  for (var c = first; c <= last; c++) {
    let f = picture_at(byte_of(c, x, y));
    gap = max(gap, abs(f32(f) * p.exposure[c].z + p.exposure[c].w - value[value_of(c, x, y)]));
    let shift = (c - first) * 8u;
    seen |= f << shift;
    let before = (rival[cell] >> shift) & 255u;
    if (max(f, before) - min(f, before) > ${STEADY}u) { steady = false; }
  }
  var rate = 1.0;
  var next = 1u;
  if (count != 0u && gap <= ${SAME}) {
    next = min(count + 1u, ${FRAMES}u);
    rate = 1.0 / f32(next);
  } else if (count != 0u && count < ${YOUNG}u) {
    next = count;
    rate = 1.0 / f32(count + 1u);
  } else if (count != 0u) {
    rival[cell] = seen;
    let longer = select(1u, doubt + 1u, steady);
    if (longer < min(${PATIENCE}u, count)) {
      rate = 0.0;
      next = count | (longer << 8u);
    }
  }
  belief[cell] = next;
  if (rate == 0.0) { return; }
  for (var c = first; c <= last; c++) {
    let at = value_of(c, x, y);
    let now = f32(picture_at(byte_of(c, x, y))) * p.exposure[c].z + p.exposure[c].w;
    // Where nothing was known the old value may be anything.
    value[at] = select(value[at] + rate * (now - value[at]), now, count == 0u);
  }
}
`,
);

/** plate.ts, `sample`: three values and the count at every sample point. */
export const SAMPLE = kernelSource(
  { value: 'read', belief: 'read', samples: 'read_write' },
  /* wgsl */ `
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = p.sample_grid.x * p.sample_grid.y;
  if (id.x >= n) { return; }
  let at = vec2u(id.x % p.sample_grid.x, id.x / p.sample_grid.x) * p.sample_grid.z + p.sample_grid.z / 2u;
  var count = 255u;
  for (var c = 0u; c < 3u; c++) {
    let q = select(at, at / 2u, is_half(c));
    samples[c * n + id.x] = value[value_of(c, q.x, q.y)];
    count = min(count, belief[cell_of(c, q.x, q.y)] & 255u);
  }
  samples[3u * n + id.x] = f32(count);
}
`,
);

/** plate.ts, `warp`: values and beliefs from where the plate has them into the spare buffers; one invocation a cell. */
export const WARP = kernelSource(
  { value: 'read', belief: 'read', spare_value: 'read_write', spare_belief: 'read_write' },
  /* wgsl */ `
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let cell = id.x;
  var first = 0u;
  var last = 0u;
  var i = cell;
  if (p.form.x == 2u) { last = 2u; }
  else if (cell >= p.form.z) { first = 1u; last = 2u; i = cell - p.form.z; }
  let size = vec2i(grid_size(first));
  if (i >= u32(size.x * size.y)) { return; }
  let here = vec2u(i % u32(size.x), i / u32(size.x));
  // A chroma sample lies between two pixels of the full grid each way.
  let half = is_half(first);
  let at = vec3f(select(vec2f(here), 2.0 * vec2f(here) + 0.5, half), 1.0);
  let full = vec2f(dot(p.map[0].xyz, at), dot(p.map[1].xyz, at)) / dot(p.map[2].xyz, at);
  let there = select(full, full / 2.0 - 0.25, half);
  let whole = floor(there);
  let part = there - whole;
  for (var c = first; c <= last; c++) {
    var sum = 0.0;
    var weight = 0.0;
    for (var k = 0; k < 4; k++) {
      let step = vec2i(k & 1, k >> 1);
      let w = select(1.0 - part.x, part.x, step.x == 1) * select(1.0 - part.y, part.y, step.y == 1);
      let q = vec2i(whole) + step;
      if (w == 0.0 || any(q < vec2i(0)) || any(q >= size)) { continue; }
      if ((belief[cell_of(c, u32(q.x), u32(q.y))] & 255u) == 0u) { continue; }
      sum += w * value[value_of(c, u32(q.x), u32(q.y))];
      weight += w;
    }
    spare_value[value_of(c, here.x, here.y)] = select(0.0, sum / max(weight, 1e-6), weight > 0.0);
  }
  let q = vec2i(floor(there + 0.5));
  var count = 0u;
  if (all(q >= vec2i(0)) && all(q < size)) {
    count = min(${SOFT}u, belief[cell_of(first, u32(q.x), u32(q.y))] & 255u);
  }
  spare_belief[cell] = count;
}
`,
);
