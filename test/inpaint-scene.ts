import type { HoleGrid } from '../src/inpaint/hole-map.ts';
import type { Inpainter, InpaintReport } from '../src/inpaint/inpainter.ts';
import type { Mask } from '../src/mask.ts';
import { type Picture, type PictureFormat, pictureBytes, wrapPicture } from '../src/picture.ts';

/** A textured scene: the same for the same place, shiftable, in any light. */
function scene(x: number, y: number): number {
  const s =
    Math.sin(x * 0.21) * 30 + Math.cos(y * 0.17 + x * 0.05) * 30 + ((Math.floor(x / 9) + Math.floor(y / 7)) % 2) * 24;
  return 115 + s;
}

/** What stands before the camera, and what the camera does. */
export interface Shot {
  readonly dx?: number;
  /** A camera in the hand: so many small steps from where it was, each a turn, a zoom and a way across. */
  readonly steps?: number;
  readonly gain?: number;
  readonly lift?: number;
  readonly paint?: (x: number, y: number, base: number) => number;
}

/** Where the scene is that a camera in the hand sees at (x, y) after so many steps. */
export function inHand(steps: number, x: number, y: number): readonly [number, number] {
  const [cos, sin, zoom] = [Math.cos(0.004 * steps), Math.sin(0.004 * steps), 1 + 0.006 * steps];
  const w = 1 + 4e-6 * steps * x;
  return [(zoom * (cos * x - sin * y) - 1.3 * steps) / w, (zoom * (sin * x + cos * y) + 0.6 * steps) / w];
}

export function shoot(format: PictureFormat, width: number, height: number, shot: Shot = {}): Picture {
  const picture = wrapPicture(format, width, height, new Uint8Array(pictureBytes(format, width, height)).fill(255));
  picture.channels.forEach(({ offset, stride, step, shift, width: w, height: h }, c) => {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const px = x << shift;
        const py = y << shift;
        const [sx, sy] = inHand(shot.steps ?? 0, px - (shot.dx ?? 0), py);
        let v = scene(sx, sy) * (1 - 0.1 * c);
        if (shot.paint) v = shot.paint(px, py, v);
        picture.data[offset + y * stride + x * step] = Math.round((shot.gain ?? 1) * v + (shot.lift ?? 0));
      }
    }
  });
  return picture;
}

/** A mask with one rectangular hole, ends excluded. */
export function box(width: number, height: number, x0: number, y0: number, x1: number, y1: number): Mask {
  const data = new Uint8Array(width * height);
  for (let y = y0; y < y1; y++) data.fill(255, y * width + x0, y * width + x1);
  return { width, height, data };
}

export function copyOf(p: Picture): Picture {
  return wrapPicture(p.format, p.width, p.height, p.data.slice(), p.yuv);
}

/** When each inpainter had its last frame, microseconds. */
const times = new WeakMap<Inpainter, number>();

/** A whole frame's work; thirty of them are a second. */
export async function inpaint(inpainter: Inpainter, picture: Picture, hole: Mask): Promise<InpaintReport> {
  const timestamp = (times.get(inpainter) ?? 0) + 1e6 / 30;
  times.set(inpainter, timestamp);
  const report = await inpainter.inpaint(picture, hole, timestamp);
  inpainter.settle();
  return report;
}

/** What is set of a grid by its runs, one byte a sample. */
export function setByRuns({ width, height, runs: { rows, columns } }: HoleGrid): number[] {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let k = rows[y]!; k < rows[y + 1]!; k += 2) out.fill(1, y * width + columns[k]!, y * width + columns[k + 1]!);
  }
  return [...out];
}
