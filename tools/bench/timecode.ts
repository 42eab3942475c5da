/** A picture's number, drawn in it: a row of black and white squares, large enough to be read through a blur. */
const BITS = 8;
/** Share of the picture's width a square. */
const SQUARE = 1 / 24;

/** Draws it in the upper left corner, between a white and a black square that say how bright the two are. */
export function drawTimecode(context: OffscreenCanvasRenderingContext2D, number: number): void {
  const square = Math.round(context.canvas.width * SQUARE);
  for (let i = 0; i < BITS + 2; i++) {
    const white = i === 0 || (i <= BITS && ((number >> (i - 1)) & 1) === 1);
    context.fillStyle = white ? 'white' : 'black';
    context.fillRect(i * square, 0, square, square);
  }
}

/** Reads it from a frame; `undefined` where none can be read. Does not close the frame. */
export async function readTimecode(frame: VideoFrame): Promise<number | undefined> {
  const square = Math.round((frame.visibleRect?.width ?? frame.codedWidth) * SQUARE);
  const width = (BITS + 2) * square;
  // One line through the squares' middles; two rows, as chroma goes in pairs.
  const rect = { x: 0, y: (square >> 2) * 2, width: width + (width & 1), height: 2 };
  const rgba = new Uint8Array(rect.width * rect.height * 4);
  await frame.copyTo(rgba, { rect, format: 'RGBA', layout: [{ offset: 0, stride: rect.width * 4 }] });
  const green = (i: number) => rgba[Math.floor((i + 0.5) * square) * 4 + 1]!;
  const white = green(0);
  const black = green(BITS + 1);
  if (white - black < 64) return undefined;
  let number = 0;
  for (let i = 0; i < BITS; i++) if (green(i + 1) > (white + black) / 2) number |= 1 << i;
  return number;
}
