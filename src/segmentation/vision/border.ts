/**
 * Adds to `mask` those of `open` pixels on the picture's edge that lie within `reach` pixels, along the edge, of one in
 * the mask: whoever comes into the picture comes in parts, which are connected outside of it.
 *
 * @param mask 0 or 1 per pixel
 * @param open 1 where a pixel may be added
 */
export function linkAlongBorder(
  mask: Uint8Array,
  open: Uint8Array,
  width: number,
  height: number,
  reach: number,
): void {
  const ring = borderPixels(width, height);
  const joined: number[] = [];
  for (const way of [1, -1]) {
    let since = Number.POSITIVE_INFINITY;
    // Round twice: the first pixel is the last one's neighbour.
    for (let n = 0, k = way > 0 ? 0 : ring.length - 1; n < 2 * ring.length; n++, k += way) {
      if (k === ring.length) k = 0;
      else if (k < 0) k = ring.length - 1;
      const i = ring[k]!;
      since = mask[i] ? 0 : since + 1;
      if (since <= reach && open[i]) joined.push(i);
    }
  }
  for (const i of joined) mask[i] = 1;
}

/** The last one asked for: all frames of a picture ask for the same. */
let last = { width: 0, height: 0, ring: [] as readonly number[] };

/** Pixels of the picture's edge, clockwise from the top left corner. */
export function borderPixels(width: number, height: number): readonly number[] {
  if (last.width !== width || last.height !== height) last = { width, height, ring: ringOf(width, height) };
  return last.ring;
}

function ringOf(width: number, height: number): number[] {
  const ring: number[] = [];
  const bottom = width * (height - 1);
  for (let x = 0; x < width; x++) ring.push(x);
  for (let y = 1; y < height - 1; y++) ring.push((y + 1) * width - 1);
  for (let x = width - 1; x >= 0; x--) ring.push(bottom + x);
  for (let y = height - 2; y > 0; y--) ring.push(y * width);
  return ring;
}
