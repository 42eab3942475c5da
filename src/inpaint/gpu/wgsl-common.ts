/**
 * What all kernels share. A *cell* is a pixel of the full grid or, from `half_base` on, of the 4:2:0 chroma grid; holes
 * and beliefs are indexed by it. The rules are those of the CPU twin: see plate.ts and compositor.ts for the reasons.
 */
export const COMMON = /* wgsl */ `
struct Place { channel: u32, x: u32, y: u32 }

fn is_half(channel: u32) -> bool { return p.form.x != 2u && channel > 0u; }

fn grid_size(channel: u32) -> vec2u { return select(p.size.xy, p.size.zw, is_half(channel)); }

/** Cell of a sample: index into holes and belief. */
fn cell_of(channel: u32, x: u32, y: u32) -> u32 {
  return select(y * p.size.x + x, p.form.z + y * p.size.z + x, is_half(channel));
}

/** Index of a sample into the plate's values. */
fn value_of(channel: u32, x: u32, y: u32) -> u32 {
  let n = p.size.x * p.size.y;
  if (!is_half(channel)) { return channel * n + y * p.size.x + x; }
  return n + (channel - 1u) * p.size.z * p.size.w + y * p.size.z + x;
}

/** Index of a sample's byte in the picture. */
fn byte_of(channel: u32, x: u32, y: u32) -> u32 {
  if (p.form.x == 2u) { return (y * p.size.x + x) * 4u + channel; }
  let n = p.size.x * p.size.y;
  if (channel == 0u) { return y * p.size.x + x; }
  let i = y * p.size.z + x;
  if (p.form.x == 1u) { return n + 2u * i + channel - 1u; }
  return n + (channel - 1u) * p.size.z * p.size.w + i;
}

/** The sample that a byte of the picture is; channel 3 for alpha and padding. */
fn place_of(b: u32) -> Place {
  if (b >= p.form.y) { return Place(3u, 0u, 0u); }
  if (p.form.x == 2u) {
    let i = b / 4u;
    return Place(b % 4u, i % p.size.x, i / p.size.x);
  }
  let n = p.size.x * p.size.y;
  if (b < n) { return Place(0u, b % p.size.x, b / p.size.x); }
  var i = b - n;
  let m = p.size.z * p.size.w;
  var channel: u32;
  if (p.form.x == 1u) { channel = 1u + i % 2u; i = i / 2u; } else { channel = 1u + i / m; i = i % m; }
  return Place(channel, i % p.size.z, i / p.size.z);
}

struct Tap { a: u32, b: u32, w: f32 }

/** Left and right neighbour in a coarse axis: half-pixel centres, clamped. ramp.ts. */
fn tap(i: u32, cell: f32, coarse: u32) -> Tap {
  let at = clamp((f32(i) + 0.5) / cell - 0.5, 0.0, f32(coarse - 1u));
  let low = u32(floor(at));
  return Tap(low, min(low + 1u, coarse - 1u), at - floor(at));
}

/** grain.ts, to the bit. */
fn grain(x: u32, y: u32) -> f32 {
  let state = (x + (y + p.form.w * 4099u) * 8191u) * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  let hash = (word >> 22u) ^ word;
  let sum = (hash & 255u) + ((hash >> 8u) & 255u) + ((hash >> 16u) & 255u) + (hash >> 24u);
  return (f32(sum) - 510.0) / 147.8;
}

fn deviation(k: u32) -> f32 { return p.deviation[k / 4u][k % 4u]; }

/** grain.ts and grain-meter.ts: a level with grain on it. Chroma has none. */
fn grained(v: f32, s: Place) -> f32 {
  if (is_half(s.channel)) { return v; }
  let at = clamp(f32(level(v)) / 32.0 - 0.5, 0.0, 7.0);
  let k = u32(at);
  let amount = mix(deviation(k), deviation(min(k + 1u, 7u)), at - f32(k));
  return v + amount * grain(s.x, s.y);
}

fn level(v: f32) -> u32 { return u32(clamp(v, 0.0, 255.0) + 0.5); }
`;

/**
 * Planes of coarse cells, read between them for a sample of a channel: the seam's three, as the fourth the fill's share
 * where the plate is unstable (temporal-instability.ts), and as the fifth the completion's (gate.ts), and as the sixth
 * the remembered room's (trust.ts).
 */
export const FIELD = /* wgsl */ `
fn field_at(plane: u32, channel: u32, x: u32, y: u32) -> f32 {
  let cell = f32(p.seam.z) * select(1.0, 0.5, is_half(channel));
  let h = tap(x, cell, p.seam.x);
  let v = tap(y, cell, p.seam.y);
  let base = plane * p.seam.x * p.seam.y;
  let top = mix(field[base + v.a * p.seam.x + h.a], field[base + v.a * p.seam.x + h.b], h.w);
  let bottom = mix(field[base + v.b * p.seam.x + h.a], field[base + v.b * p.seam.x + h.b], h.w);
  return mix(top, bottom, v.w);
}
`;

/** Reading a byte array that lies in 32-bit words. */
export function byteReader(name: string): string {
  return /* wgsl */ `
fn ${name}_at(i: u32) -> u32 { return (${name}[i >> 2u] >> ((i & 3u) * 8u)) & 255u; }
`;
}

/**
 * Calls the kernel's `fn paint(s: Place, cell: u32, below: f32) -> f32` for every sample in the hole: what is in the
 * picture now goes in, a level comes out, or LEAVE. One invocation a word of the picture, so that no two write the same
 * word.
 */
export const PAINT_HOLE = /* wgsl */ `
const LEAVE = -1e9;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  if (word * 4u >= p.form.y) { return; }
  var out = picture[word];
  for (var k = 0u; k < 4u; k++) {
    let s = place_of(word * 4u + k);
    if (s.channel == 3u) { continue; }
    let cell = cell_of(s.channel, s.x, s.y);
    if (holes_at(cell) == 0u) { continue; }
    let now = paint(s, cell, f32((out >> (k * 8u)) & 255u));
    if (now == LEAVE) { continue; }
    out = (out & ~(255u << (k * 8u))) | (level(now) << (k * 8u));
  }
  picture[word] = out;
}
`;
