/** A frame's number as a row of black and white squares, large enough to survive any encoder at any size. */
const BITS = 14;
const HEIGHT = 1 / 18;
const WIDTH = 0.45 / (BITS + 2);

/** Draws it in the upper left corner, between a white and a black square by which it is recognised. */
export function drawNumber(context: CanvasRenderingContext2D, number: number): void {
  const { width, height } = context.canvas;
  for (let i = 0; i < BITS + 2; i++) {
    const white = i === 0 || (i <= BITS && (number >> (i - 1)) & 1);
    context.fillStyle = white ? 'white' : 'black';
    context.fillRect(Math.floor(i * WIDTH * width), 0, Math.ceil(WIDTH * width), Math.ceil(HEIGHT * height));
  }
}

/** Reads it from RGBA pixels; `undefined` where there is none, as in a covered frame. */
export function readNumber(rgba: Uint8Array, width: number, height: number): number | undefined {
  const y = Math.floor((HEIGHT * height) / 2);
  const green = (i: number) => rgba[(y * width + Math.floor((i + 0.5) * WIDTH * width)) * 4 + 1]!;
  if (green(0) < 200 || green(BITS + 1) > 60) return undefined;
  let number = 0;
  for (let i = 0; i < BITS; i++) if (green(i + 1) > 128) number |= 1 << i;
  return number;
}
