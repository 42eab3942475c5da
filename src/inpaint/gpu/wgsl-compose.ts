import { bytes, COMMON, FIELD } from './wgsl-common.ts';

/** compositor.ts, `paintKnown`: one invocation a word of the picture, so that no two write the same word. */
export const PAINT_KNOWN = /* wgsl */ `${COMMON}${FIELD}
@group(0) @binding(1) var<storage, read_write> picture: array<u32>;
@group(0) @binding(2) var<storage, read> holes: array<u32>;
@group(0) @binding(3) var<storage, read> value: array<f32>;
@group(0) @binding(4) var<storage, read> belief: array<u32>;
@group(0) @binding(7) var<storage, read_write> unknown: atomic<u32>;
${bytes('holes')}
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  if (word * 4u >= p.form.y) { return; }
  var out = picture[word];
  for (var k = 0u; k < 4u; k++) {
    let s = place_of(word * 4u + k);
    if (s.channel == 3u) { continue; }
    let cell = cell_of(s.channel, s.x, s.y);
    if (holes_at(cell) == 0u) { continue; }
    var now = 0u;
    if ((belief[cell] & 255u) != 0u) {
      let e = p.exposure[s.channel];
      now = level(e.x * value[value_of(s.channel, s.x, s.y)] + e.y + field_at(s.channel, s.channel, s.x, s.y));
    } else if (s.channel == 0u) {
      atomicAdd(&unknown, 1u);
    }
    out = (out & ~(255u << (k * 8u))) | (now << (k * 8u));
  }
  picture[word] = out;
}
`;

/** compositor.ts, `paintFill`. */
export const PAINT_FILL = /* wgsl */ `${COMMON}${FIELD}
@group(0) @binding(1) var<storage, read_write> picture: array<u32>;
@group(0) @binding(2) var<storage, read> holes: array<u32>;
@group(0) @binding(4) var<storage, read> belief: array<u32>;
@group(0) @binding(9) var<storage, read> work_plate: array<f32>;
@group(0) @binding(11) var<storage, read> work_known: array<f32>;
@group(0) @binding(12) var<storage, read> fill: array<f32>;
${bytes('holes')}
/** The completed picture at working size, in the picture's channel. */
fn completed(channel: u32, x: u32, y: u32) -> f32 {
  let n = p.work.x * p.work.y;
  let i = y * p.work.x + x;
  var rgb = vec3f(fill[i], fill[n + i], fill[2u * n + i]);
  if (work_known[i] == 1.0) { rgb = vec3f(work_plate[i], work_plate[n + i], work_plate[2u * n + i]); }
  return dot(p.from_rgb[channel], vec4f(rgb, 1.0));
}

@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  if (word * 4u >= p.form.y) { return; }
  var out = picture[word];
  for (var k = 0u; k < 4u; k++) {
    let s = place_of(word * 4u + k);
    if (s.channel == 3u) { continue; }
    let cell = cell_of(s.channel, s.x, s.y);
    if (holes_at(cell) == 0u) { continue; }
    let known = (belief[cell] & 255u) != 0u;
    var share = 1.0;
    if (known) {
      if (p.seam.w == 0u) { continue; }
      share = field_at(3u, s.channel, s.x, s.y);
      if (share == 0.0) { continue; }
    }
    let scale = select(1.0, 0.5, is_half(s.channel));
    let h = tap(s.x, scale * f32(p.size.x) / f32(p.work.x), p.work.x);
    let v = tap(s.y, scale * f32(p.size.y) / f32(p.work.y), p.work.y);
    let top = mix(completed(s.channel, h.a, v.a), completed(s.channel, h.b, v.a), h.w);
    let bottom = mix(completed(s.channel, h.a, v.b), completed(s.channel, h.b, v.b), h.w);
    var now = mix(top, bottom, v.w);
    if (!is_half(s.channel) && p.more.x > 0.0) { now += p.more.x * grain(s.x, s.y); }
    if (known) { now = mix(f32((out >> (k * 8u)) & 255u), now, share); }
    out = (out & ~(255u << (k * 8u))) | (level(now) << (k * 8u));
  }
  picture[word] = out;
}
`;
