/**
 * Camera-like grain: noise that is the same for the same pixel of the same frame, about normal (the sum of four uniform
 * bytes), mean 0, deviation 1. Hash: Jarzynski & Olano, "Hash functions for GPU rendering" (2020), pcg.
 */
export function grain(x: number, y: number, time: number): number {
  const state = (Math.imul(x + Math.imul(y + Math.imul(time, 4099), 8191), 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  const hash = ((word >>> 22) ^ word) >>> 0;
  const sum = (hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24);
  return (sum - 510) / 147.8;
}

/** A level with grain on it, by the deviation at each level, 0..255. */
export function grained(level: number, deviation: Float32Array, x: number, y: number, time: number): number {
  const amount = deviation[level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0]!;
  return amount > 0 ? level + amount * grain(x, y, time) : level;
}
