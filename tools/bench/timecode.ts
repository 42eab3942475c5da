/**
 * A picture's number, drawn in its upper left corner: a row of squares, slightly darker or lighter than the grey band
 * that they lie in. Large, so that it can be read through a blur; faint, so that nobody's mask takes it for something
 * that moves.
 */
const BITS = 8;
/** Share of the picture's width a square. */
const SQUARE = 1 / 24;
const [DARK, BAND, LIGHT] = [122, 126, 130];
/** Levels between dark and light that are left at least where the band can be seen. */
const READABLE = 3;

/** Draws it between a light and a dark square that say what the two look like. */
export function drawTimecode(context: OffscreenCanvasRenderingContext2D, number: number): void {
  const square = Math.round(context.canvas.width * SQUARE);
  const fill = (level: number, x: number, width: number, height: number) => {
    context.fillStyle = `rgb(${level} ${level} ${level})`;
    context.fillRect(x, 0, width, height);
  };
  fill(BAND, 0, (BITS + 3) * square, 2 * square);
  for (let i = 0; i < BITS + 2; i++) {
    const light = i === 0 || (i <= BITS && ((number >> (i - 1)) & 1) === 1);
    fill(light ? LIGHT : DARK, i * square, square, square);
  }
}

/** Reads it from a frame; `undefined` where none can be read. Does not close the frame. */
export async function readTimecode(frame: VideoFrame): Promise<number | undefined> {
  const square = Math.round((frame.visibleRect?.width ?? frame.codedWidth) * SQUARE);
  const even = (n: number) => n & ~1; // chroma goes in pairs
  const rect = { x: 0, y: 0, width: even((BITS + 2) * square), height: even(square >> 1) };
  const rgba = new Uint8Array(rect.width * rect.height * 4);
  await frame.copyTo(rgba, { rect, format: 'RGBA', layout: [{ offset: 0, stride: rect.width * 4 }] });
  const levels = Array.from({ length: BITS + 2 }, (_, i) =>
    meanGreen(rgba, rect, i * square + (square >> 2), square >> 1),
  );
  const light = levels[0]!;
  const dark = levels[BITS + 1]!;
  if (light - dark < READABLE) return undefined;
  let number = 0;
  for (let i = 0; i < BITS; i++) if (levels[i + 1]! > (light + dark) / 2) number |= 1 << i;
  return number;
}

function meanGreen(rgba: Uint8Array, rect: { width: number; height: number }, left: number, width: number): number {
  let sum = 0;
  for (let y = 0; y < rect.height; y++) {
    for (let x = left; x < left + width; x++) sum += rgba[(y * rect.width + x) * 4 + 1]!;
  }
  return sum / (width * rect.height);
}
