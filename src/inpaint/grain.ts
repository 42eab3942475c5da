import { byte } from './byte.ts';

/** Of a step in x, and what is added: pcg's. */
const FACTOR = 747796405;
const INCREMENT = 2891336453 | 0;

/** Grain by the sum of four uniform bytes: a division a pixel would cost more than all of the hash. */
const BY_SUM = Float64Array.from({ length: 4 * 255 + 1 }, (_, sum) => (sum - 510) / 147.8);

/** What the grain of a row's pixels has in common. */
export function grainRow(y: number, time: number): number {
  return (Math.imul(Math.imul(y + Math.imul(time, 4099), 8191), FACTOR) + INCREMENT) | 0;
}

/**
 * Camera-like grain: noise that is the same for the same pixel of the same frame, about normal (the sum of four uniform
 * bytes), mean 0, deviation 1. Hash: Jarzynski & Olano, "Hash functions for GPU rendering" (2020), pcg; in signed
 * 32-bit numbers, which the compiler keeps in registers.
 *
 * @param row of {@link grainRow}
 */
export function grain(x: number, row: number): number {
  const state = (Math.imul(x, FACTOR) + row) | 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
  const hash = (word >>> 22) ^ word;
  return BY_SUM[(hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24)]!;
}

/** A level with grain on it, by the deviation at each level, 0..255. @param row of {@link grainRow} */
export function grained(level: number, deviation: Float32Array, x: number, row: number): number {
  const amount = deviation[byte(level)]!;
  return amount > 0 ? level + amount * grain(x, row) : level;
}
