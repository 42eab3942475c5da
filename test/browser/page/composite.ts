/** A composite of people over the frames of an empty room, made in the page: nothing of it is stored. */

/** A person with an alpha mask, scaled. */
export interface Cutout {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

/** The files of a tar archive whose names are asked for. */
export async function untar(url: string, names: readonly string[]): Promise<Map<string, Blob>> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const text = (from: number, length: number) => {
    const field = bytes.subarray(from, from + length);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  };
  const files = new Map<string, Blob>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at]; ) {
    const name = text(at, 100);
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (names.includes(name)) files.set(name, new Blob([bytes.slice(at + 512, at + 512 + size)]));
    at += 512 * (1 + Math.ceil(size / 512));
  }
  return files;
}

export async function pixels(source: Blob, width?: number, height?: number): Promise<ImageData> {
  const bitmap = await createImageBitmap(source);
  const [w, h] = [width ?? bitmap.width, height ?? bitmap.height];
  const context = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, w, h);
  bitmap.close();
  return context.getImageData(0, 0, w, h);
}

/** Person `name` of people.tar, `height` pixels high. */
export async function cutout(files: Map<string, Blob>, name: string, height: number): Promise<Cutout> {
  const photo = files.get(`${name}.jpg`);
  const mask = files.get(`${name}.png`);
  if (!photo || !mask) throw new Error(`No person ${name} in the archive.`);
  const bitmap = await createImageBitmap(photo);
  const width = Math.round((bitmap.width * height) / bitmap.height);
  bitmap.close();
  const { data: rgba } = await pixels(photo, width, height);
  const alpha = await pixels(mask, width, height);
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = alpha.data[i - 3]!;
  return { width, height, rgba };
}

/** Where somebody stands in a picture. */
export interface Placed {
  readonly cutout: Cutout;
  /** The cutout's top left corner, pixels. */
  readonly x: number;
  readonly y: number;
  /** By how much feet are further to the right than head, pixels: somebody who sways. */
  readonly lean?: number;
}

/** Height at which who leans is where he stands, share of his own. */
const HIPS = 0.45;

/**
 * Lays people over a picture, the first one at the back. Returns per pixel who is seen there: 0 nobody, else from 1.
 */
export function lay(picture: Uint8ClampedArray, width: number, height: number, people: readonly Placed[]): Uint8Array {
  const who = new Uint8Array(width * height);
  people.forEach(({ cutout, x, y, lean = 0 }, person) => {
    const top = Math.round(y);
    for (let v = Math.max(0, -top); v < Math.min(cutout.height, height - top); v++) {
      const left = Math.round(x + lean * (v / cutout.height - HIPS));
      for (let u = Math.max(0, -left); u < Math.min(cutout.width, width - left); u++) {
        const from = 4 * (v * cutout.width + u);
        const i = (top + v) * width + left + u;
        const alpha = cutout.rgba[from + 3]! / 255;
        for (let k = 0; k < 3; k++) {
          picture[4 * i + k] = picture[4 * i + k]! + alpha * (cutout.rgba[from + k]! - picture[4 * i + k]!);
        }
        if (alpha > 0.5) who[i] = person + 1;
      }
    }
  });
  return who;
}

/** Sensor noise, the same in every run. */
export function addNoise(picture: Uint8ClampedArray, levels: number, seed: number): void {
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < picture.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    picture[i] = picture[i]! + (state / 2 ** 32 - 0.5) * 3.46 * levels;
  }
}
