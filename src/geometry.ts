/** Places in a picture: as shares of its size where an app gives them, in pixels inside. */

/** A place in a picture, as shares of its width and height from the top left corner: 0..1. */
export interface PicturePoint {
  /** From the left edge, share of the width. */
  readonly x: number;
  /** From the top edge, share of the height. */
  readonly y: number;
}

/** A part of a picture, in the same shares. */
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
