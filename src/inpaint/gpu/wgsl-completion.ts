import { bytes, COMMON, FIELD } from './wgsl-common.ts';

/**
 * completion-painter.ts. A layer has one word a cell: its channels' levels, and in the top byte whether there is
 * anything. The one on show, then the one before.
 */
export const PAINT_COMPLETED = /* wgsl */ `${COMMON}${FIELD}
@group(0) @binding(1) var<storage, read_write> picture: array<u32>;
@group(0) @binding(2) var<storage, read> holes: array<u32>;
@group(0) @binding(4) var<storage, read> belief: array<u32>;
@group(0) @binding(15) var<storage, read> layers: array<u32>;
${bytes('holes')}
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  if (word * 4u >= p.form.y) { return; }
  var out = picture[word];
  for (var k = 0u; k < 4u; k++) {
    let s = place_of(word * 4u + k);
    if (s.channel == 3u) { continue; }
    let cell = cell_of(s.channel, s.x, s.y);
    if (holes_at(cell) == 0u || (belief[cell] & 255u) != 0u) { continue; }
    let on = layers[cell];
    let off = layers[cell + arrayLength(&layers) / 2u];
    let now = p.more.y * f32(on >> 24u);
    let was = (1.0 - p.more.y) * f32(off >> 24u);
    if (now + was == 0.0) { continue; }
    let shift = 8u * select(s.channel, s.channel - 1u, is_half(s.channel));
    let copied = (now * f32((on >> shift) & 255u) + was * f32((off >> shift) & 255u)) / (now + was);
    let e = p.exposure[s.channel];
    var level_now = e.x * copied + e.y + field_at(s.channel, s.channel, s.x, s.y);
    if (!is_half(s.channel) && p.more.x > 0.0) { level_now += p.more.x * grain(s.x, s.y); }
    let part = (now + was) * field_at(4u, s.channel, s.x, s.y);
    let below = f32((out >> (k * 8u)) & 255u);
    out = (out & ~(255u << (k * 8u))) | (level(mix(below, level_now, part)) << (k * 8u));
  }
  picture[word] = out;
}
`;
