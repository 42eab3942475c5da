import { kernelSource } from './bindings.ts';
import { PAINT_HOLE } from './wgsl-common.ts';

/**
 * completion-painter.ts. A layer has one word a cell: its channels' levels, and in the top byte whether there is
 * anything. The one on show, then the one before.
 */
const paintLayer = (mix: 'y' | 'z', share: 4 | 5) =>
  kernelSource(
    { picture: 'read_write', holes: 'read', belief: 'read', layers: 'read', field: 'read' },
    /* wgsl */ `${PAINT_HOLE}
fn paint(s: Place, cell: u32, below: f32) -> f32 {
  if ((belief[cell] & 255u) != 0u) { return LEAVE; }
  let on = layers[cell];
  let off = layers[cell + arrayLength(&layers) / 2u];
  let now = p.more.${mix} * f32(on >> 24u);
  let was = (1.0 - p.more.${mix}) * f32(off >> 24u);
  if (now + was == 0.0) { return LEAVE; }
  let shift = 8u * select(s.channel, s.channel - 1u, is_half(s.channel));
  let copied = (now * f32((on >> shift) & 255u) + was * f32((off >> shift) & 255u)) / (now + was);
  let e = p.exposure[s.channel];
  var level_now = e.x * copied + e.y + field_at(s.channel, s.channel, s.x, s.y);
  level_now = grained(level_now, s);
  return mix(below, level_now, (now + was) * field_at(${share}u, s.channel, s.x, s.y));
}
`,
  );

export const PAINT_COMPLETED = paintLayer('y', 4);

export const PAINT_REMEMBERED = paintLayer('z', 5);
