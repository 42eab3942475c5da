import type { Context2D } from '../../../scene/canvas.ts';

/**
 * The time at which a picture was drawn, in its upper left corner: black and white squares, one macroblock each at
 * 480x360, which a bad encoder leaves readable. Milliseconds of `Date.now()` modulo 17 minutes, and a checksum.
 */
const BITS = 20;
const CHECK_BITS = 4;
const COLUMNS = 3;
const ROWS = (BITS + CHECK_BITS) / COLUMNS;
/** Share of the picture a square, each way. */
const [WIDE, HIGH] = [1 / 30, 2 / 45];
const MODULUS = 2 ** BITS;

/** The sum of the number's hexadecimal digits; an all black or all white corner does not pass for a time. */
function checkOf(value: number): number {
  let sum = 5;
  for (let rest = value; rest; rest >>= 4) sum += rest & 15;
  return sum % 2 ** CHECK_BITS;
}

export function drawTime(context: Context2D, now: number): void {
  const { width, height } = context.canvas;
  const value = now % MODULUS;
  const code = value * 2 ** CHECK_BITS + checkOf(value);
  for (let i = 0; i < BITS + CHECK_BITS; i++) {
    context.fillStyle = Math.floor(code / 2 ** i) % 2 ? '#fff' : '#000';
    const [x, y] = [i % COLUMNS, Math.floor(i / COLUMNS)];
    context.fillRect(x * WIDE * width, y * HIGH * height, WIDE * width, HIGH * height);
  }
}

/** Reads it, as `Date.now()` at the drawing; `undefined` where none can be read. `now` says which 17 minutes. */
export function readTime(rgba: Uint8Array, width: number, height: number, now: number): number | undefined {
  let code = 0;
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    const x = Math.round(((i % COLUMNS) + 0.5) * WIDE * width);
    const y = Math.round((Math.floor(i / COLUMNS) + 0.5) * HIGH * height);
    const level = rgba[(y * width + x) * 4 + 1]!;
    if (level > 100 && level < 156) return undefined;
    if (level > 128) code += 2 ** i;
  }
  const value = Math.floor(code / 2 ** CHECK_BITS);
  if (checkOf(value) !== code % 2 ** CHECK_BITS) return undefined;
  const behind = (((now - value) % MODULUS) + MODULUS) % MODULUS;
  return now - behind;
}
