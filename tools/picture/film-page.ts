import { encode, load, put } from './put.ts';

export interface FilmJob {
  /** Of `/scene/` and `/out/`. */
  readonly names: readonly string[];
  /** Of each of the two pictures, pixels; even. */
  readonly width: number;
  readonly height: number;
  readonly quality: number;
}

/** Where a frame's changed part lies. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels between the two pictures. */
const GAP = 8;
/**
 * Squares in which changes are looked for, pixels, and the mean difference in levels from which one has changed: above
 * grain.
 */
const CELL = 16;
const CHANGED = 5;

/**
 * Draws camera and result side by side; stores what changed in each frame as `/film/%05d.webp`. Gives where it lies.
 */
export async function makeFilm({ names, width, height, quality }: FilmJob): Promise<Part[]> {
  const canvas = new OffscreenCanvas(2 * width + GAP, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) throw new Error('No 2D canvas.');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, height);
  context.imageSmoothingQuality = 'high';
  /** What the film shows by then: a changed part is compared with that, so that small changes do not add up unseen. */
  let shown: ImageData | undefined;
  const parts: Part[] = [];
  for (const [index, name] of names.entries()) {
    for (const [folder, x] of [
      ['/scene', 0],
      ['/out', width + GAP],
    ] as const) {
      const picture = await load(`${folder}/${name}`);
      context.drawImage(picture, x, 0, width, height);
      picture.close();
    }
    const now = context.getImageData(0, 0, canvas.width, height);
    const part = shown ? changedPart(shown, now) : { x: 0, y: 0, width: canvas.width, height };
    const cut = new OffscreenCanvas(part.width, part.height);
    cut.getContext('2d', { alpha: false })?.drawImage(canvas, -part.x, -part.y);
    await put(`/film/${String(index).padStart(5, '0')}.webp`, await encode(cut, 'image/webp', quality));
    parts.push(part);
    shown = shown ? withPart(shown, now, part) : now;
  }
  return parts;
}

function changedPart(a: ImageData, b: ImageData): Part {
  let [x0, y0, x1, y1] = [a.width, a.height, 0, 0];
  for (let y = 0; y < a.height; y += CELL) {
    for (let x = 0; x < a.width; x += CELL) {
      if (difference(a, b, x, y) < CHANGED) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + CELL), Math.max(y1, y + CELL)];
    }
  }
  // A frame needs some size, also where nothing changed.
  if (x0 >= x1) return { x: 0, y: 0, width: 2, height: 2 };
  return { x: x0, y: y0, width: Math.min(x1, a.width) - x0, height: Math.min(y1, a.height) - y0 };
}

/** Mean difference in a square, levels. */
function difference(a: ImageData, b: ImageData, left: number, top: number): number {
  let sum = 0;
  let n = 0;
  for (let y = top; y < Math.min(top + CELL, a.height); y++) {
    for (let x = left; x < Math.min(left + CELL, a.width); x++) {
      const i = 4 * (y * a.width + x);
      for (let c = 0; c < 3; c++) sum += Math.abs(a.data[i + c]! - b.data[i + c]!);
      n += 3;
    }
  }
  return sum / n;
}

function withPart(shown: ImageData, now: ImageData, { x, y, width, height }: Part): ImageData {
  for (let row = y; row < y + height; row++) {
    const from = 4 * (row * now.width + x);
    shown.data.set(now.data.subarray(from, from + 4 * width), from);
  }
  return shown;
}
