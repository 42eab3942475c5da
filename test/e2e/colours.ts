type Rgb = readonly number[];

/** Patches that an encoder must not change much. */
export const COLOURS = [
  [200, 40, 40],
  [40, 160, 60],
  [50, 70, 200],
  [128, 128, 128],
  [220, 210, 60],
] as const;

/**
 * Levels by which a track may arrive further from another one, or from the truth, for having been through the remover.
 */
export const TOLERANCE = 3;

/** The largest difference of any channel, levels. */
export function apart(a: readonly Rgb[], b: readonly Rgb[]): number {
  return Math.max(...a.flatMap((colour, i) => colour.map((c, j) => Math.abs(c - b[i]![j]!))));
}
