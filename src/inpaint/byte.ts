/** A level as a byte: to the nearest, within 0..255. */
export function byte(level: number): number {
  return level <= 0 ? 0 : level >= 255 ? 255 : (level + 0.5) | 0;
}
