import { type ColourMap, colourMap } from '../colour.ts';

/**
 * A room as it is remembered: a clean plate at the resolution of its camera, in one colour space whatever the camera's
 * was. It holds nothing but what was seen while nothing that is to be hidden stood there or near.
 */
export interface Room {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Luma, height x width; full-range BT.601, 0..255. */
  readonly y: Uint8Array<ArrayBuffer>;
  /** Chroma of each block of 2x2 pixels, of which those at an odd edge have less. */
  readonly cb: Uint8Array<ArrayBuffer>;
  readonly cr: Uint8Array<ArrayBuffer>;
  /** Looks that a block was averaged from, 1..32; 0 = not known, and luma and chroma are 0 too. */
  readonly confidence: Uint8Array<ArrayBuffer>;
}

/** Between a room's channels and RGB. */
export const ROOM_COLOUR: ColourMap = colourMap('I420', { matrix: 'bt601', fullRange: true });

export function emptyRoom(width: number, height: number): Room {
  const blocks = ((width + 1) >> 1) * ((height + 1) >> 1);
  return {
    width,
    height,
    y: new Uint8Array(width * height),
    cb: new Uint8Array(blocks),
    cr: new Uint8Array(blocks),
    confidence: new Uint8Array(blocks),
  };
}

export function copyOfRoom({ width, height, y, cb, cr, confidence }: Room): Room {
  return { width, height, y: y.slice(), cb: cb.slice(), cr: cr.slice(), confidence: confidence.slice() };
}

/** The buffers, to be transferred. */
export function buffersOf({ y, cb, cr, confidence }: Room): ArrayBuffer[] {
  return [y.buffer, cb.buffer, cr.buffer, confidence.buffer];
}

/** Forgets a block. */
export function forgetBlock(room: Room, column: number, row: number): void {
  const { width, height } = room;
  const block = row * ((width + 1) >> 1) + column;
  if (room.confidence[block] === 0) return;
  room.confidence[block] = room.cb[block] = room.cr[block] = 0;
  for (let y = 2 * row; y < Math.min(height, 2 * row + 2); y++) {
    for (let x = 2 * column; x < Math.min(width, 2 * column + 2); x++) room.y[y * width + x] = 0;
  }
}

/** An affine map of three channels: rows of four. */
export type Affine = Float32Array;

/** From the channels that `from` describes to those of `to`: 0..255 both. */
export function between(from: ColourMap, to: ColourMap): Affine {
  const out = new Float32Array(12);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 4; j++) {
      let sum = j === 3 ? to.fromRgb[4 * i + 3]! : 0;
      for (let k = 0; k < 3; k++) sum += to.fromRgb[4 * i + k]! * from.toRgb[4 * k + j]!;
      out[4 * i + j] = sum;
    }
  }
  return out;
}

export function apply(m: Affine, row: number, a: number, b: number, c: number): number {
  return m[4 * row]! * a + m[4 * row + 1]! * b + m[4 * row + 2]! * c + m[4 * row + 3]!;
}
