/** Places in a picture: as shares of its size where an app gives them, in pixels inside. */

/** A place in a picture, as shares of its width and height from the top left corner: 0..1. */
export interface PicturePoint {
  /** From the left edge, share of the width. */
  readonly x: number;
  /** From the top edge, share of the height. */
  readonly y: number;
}

/** A box in a picture, in the same shares. */
export interface PictureBox extends PicturePoint {
  /** Share of the picture's width, above 0. */
  readonly width: number;
  /** Share of the picture's height, above 0. */
  readonly height: number;
}

/** Something to remove, as shown on the picture: by a point on it, a box round it or a stroke over it. */
export type PickShape =
  | { readonly point: PicturePoint }
  | { readonly box: PictureBox }
  /** The points of a line; 1,000 at most. */
  | { readonly stroke: readonly PicturePoint[] };

/** A pick by the name that the app gave it. */
export interface NamedPick {
  readonly id: string;
  readonly pick: PickShape;
}

/** A box in pixels of a picture or a grid; may have fractions. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A projective map of the picture's plane, row by row: (x, y) goes to ((a x + b y + c) / w, (d x + e y + f) / w) with w
 * = g x + h y + 1, pixels. It is what a flat scene does when the camera moves, and any scene when the camera only
 * turns.
 */
export type Homography = readonly [number, number, number, number, number, number, number, number];

/**
 * The map as seen by a grid of which one cell is `x` by `y` pixels of the plane: cell (i, j) has its middle at
 * (x (i + 1/2) - 1/2, y (j + 1/2) - 1/2).
 */
export function onGrid([a, b, c, d, e, f, g, h]: Homography, x: number, y: number): Homography {
  // S^-1 H S with S: (i, j) -> (x i + u, y j + v), scaled so that the last entry is 1 again.
  const [u, v] = [(x - 1) / 2, (y - 1) / 2];
  const w = g * u + h * v + 1;
  const [g2, h2] = [g * x, h * y];
  return [
    (a * x - u * g2) / x / w,
    (b * y - u * h2) / x / w,
    (a * u + b * v + c - u * w) / x / w,
    (d * x - v * g2) / y / w,
    (e * y - v * h2) / y / w,
    (d * u + e * v + f - v * w) / y / w,
    g2 / w,
    h2 / w,
  ];
}
