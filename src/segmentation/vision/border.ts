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
  const joined = new Set<number>();
  for (const way of [ring, ring.toReversed()]) {
    let since = Number.POSITIVE_INFINITY;
    // Round twice: the first pixel is the last one's neighbour.
    for (const i of [...way, ...way]) {
      since = mask[i] ? 0 : since + 1;
      if (since <= reach && open[i]) joined.add(i);
    }
  }
  for (const i of joined) mask[i] = 1;
}

/** Pixels of the picture's edge, clockwise from the top left corner. */
export function borderPixels(width: number, height: number): number[] {
  const ring: number[] = [];
  const last = width * (height - 1);
  for (let x = 0; x < width; x++) ring.push(x);
  for (let y = 1; y < height - 1; y++) ring.push((y + 1) * width - 1);
  for (let x = width - 1; x >= 0; x--) ring.push(last + x);
  for (let y = height - 2; y > 0; y--) ring.push(y * width);
  return ring;
}
