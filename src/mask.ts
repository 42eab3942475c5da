/**
 * A hole mask: 255 = must not be shown, 0 = free, row by row. May be smaller than the picture that it belongs to; it is
 * then scaled bilinearly over the whole picture and a picture pixel is hole from {@link HOLE} upwards.
 */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A value from here on is hole. */
export const HOLE = 128;
