/** 1 wherever a square of so many pixels to each side round a set pixel reaches. */
export function grown(map: Uint8Array, width: number, radius: number): Uint8Array {
  const height = map.length / width;
  const across = new Uint8Array(map.length);
  const out = new Uint8Array(map.length);
  for (let y = 0; y < height; y++) grow(map, across, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) grow(across, out, x, width, height, radius);
  return out;
}

function grow(from: Uint8Array, to: Uint8Array, start: number, step: number, n: number, radius: number): void {
  for (let i = 0, reach = -1; i < n + radius; i++) {
    if (i < n && from[start + i * step]) reach = i + 2 * radius;
    if (i >= radius && reach >= i) to[start + (i - radius) * step] = 1;
  }
}
