import { kernelSource } from './bindings.ts';
import { PAINT_HOLE } from './wgsl-common.ts';

/** compositor.ts, `paintKnown`. */
export const PAINT_KNOWN = kernelSource(
  { picture: 'read_write', holes: 'read', value: 'read', belief: 'read', unknown: 'read_write', field: 'read' },
  /* wgsl */ `${PAINT_HOLE}
fn paint(s: Place, cell: u32, below: f32) -> f32 {
  if ((belief[cell] & 255u) != 0u) {
    let e = p.exposure[s.channel];
    return grained(e.x * value[value_of(s.channel, s.x, s.y)] + e.y + field_at(s.channel, s.channel, s.x, s.y), s);
  }
  if (s.channel == 0u) { atomicAdd(&unknown, 1u); }
  return 0.0;
}
`,
);

/** compositor.ts, `paintFill`. */
export const PAINT_FILL = kernelSource(
  {
    picture: 'read_write',
    holes: 'read',
    belief: 'read',
    work_plate: 'read',
    work_known: 'read',
    fill: 'read',
    field: 'read',
  },
  /* wgsl */ `${PAINT_HOLE}
/** The completed picture at working size, in the picture's channel. */
fn completed(channel: u32, x: u32, y: u32) -> f32 {
  let n = p.work.x * p.work.y;
  let i = y * p.work.x + x;
  var rgb = vec3f(fill[i], fill[n + i], fill[2u * n + i]);
  if (work_known[i] == 1.0) { rgb = vec3f(work_plate[i], work_plate[n + i], work_plate[2u * n + i]); }
  return dot(p.from_rgb[channel], vec4f(rgb, 1.0));
}

fn paint(s: Place, cell: u32, below: f32) -> f32 {
  let known = (belief[cell] & 255u) != 0u;
  var share = 1.0;
  if (known) {
    if (p.seam.w == 0u) { return LEAVE; }
    share = field_at(3u, s.channel, s.x, s.y);
    if (share == 0.0) { return LEAVE; }
  }
  let scale = select(1.0, 0.5, is_half(s.channel));
  let h = tap(s.x, scale * f32(p.size.x) / f32(p.work.x), p.work.x);
  let v = tap(s.y, scale * f32(p.size.y) / f32(p.work.y), p.work.y);
  let top = mix(completed(s.channel, h.a, v.a), completed(s.channel, h.b, v.a), h.w);
  let bottom = mix(completed(s.channel, h.a, v.b), completed(s.channel, h.b, v.b), h.w);
  var now = mix(top, bottom, v.w);
  now = grained(now, s);
  if (known) { now = mix(below, now, share); }
  return now;
}
`,
);
