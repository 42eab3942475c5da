import { colourMap } from '../../src/inpaint/colour.ts';
import { unchanged } from '../../src/inpaint/exposure.ts';
import { HoleMap } from '../../src/inpaint/hole-map.ts';
import { Plate } from '../../src/inpaint/plate.ts';
import { PushPullFill } from '../../src/inpaint/push-pull-fill.ts';
import { SampleGrid } from '../../src/inpaint/sample-grid.ts';
import { TemporalInstability } from '../../src/inpaint/temporal-instability.ts';
import { UnknownMap } from '../../src/inpaint/unknown-map.ts';
import { WorkingView } from '../../src/inpaint/working-frame.ts';
import type { Mask } from '../../src/mask.ts';
import { DEFAULT_YUV, type Picture, wrapPicture } from '../../src/picture.ts';
import { encode, load, put } from './put.ts';

export interface HowJob {
  /** Of `/scene/`, `/masks/`, `/out/` and `/painted/`, which is with the network; the last one is explained. */
  readonly names: readonly string[];
}

/** Shown where nothing is: squares of two greys, pixels. */
const SQUARE = 12;
const LABEL = 30;
const GAP = 8;

/** Draws what happens to the last frame, step by step, and stores it as `/how/how.webp`. */
export async function explain({ names }: HowJob): Promise<void> {
  const last = names.at(-1);
  if (!last) throw new Error('No frames.');
  const camera = await read(`/scene/${last}`);
  const { width, height } = camera;
  const plate = new Plate('RGBA', width, height);
  const holes = new HoleMap('RGBA', width, height);
  for (const [time, name] of names.slice(0, -1).entries()) {
    holes.load(await readMask(`/masks/${name}`));
    plate.learn(pictureOf(await read(`/scene/${name}`)), holes, [unchanged(), unchanged(), unchanged()], time);
  }
  const mask = await readMask(`/masks/${last}`);
  holes.load(mask);
  const unknown = new UnknownMap(holes);
  unknown.load(holes, plate);
  const painted = await read(`/painted/${last}`);
  await draw(width, height, [
    ['1  the camera', camera],
    ['2  the hole: people, grown to be safe', overlay(camera, holes)],
    ['3  the plate: what was seen so far', plateOf(plate)],
    ['4  the fill, where nothing was seen', await fillOf(camera, holes, plate, unknown)],
    ['5  what others see', await read(`/out/${last}`)],
    ['for comparison: the empty room', await read('/truth/00000.png')],
    ["4'  the fill with the network", partOf(painted, unknown.full.data)],
    ["5'  what others see with the network", painted],
  ]);
}

async function read(url: string): Promise<ImageData> {
  const bitmap = await load(url);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas.');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

async function readMask(url: string): Promise<Mask> {
  const { width, height, data } = await read(url);
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]!) };
}

const pictureOf = ({ width, height, data }: ImageData): Picture =>
  wrapPicture('RGBA', width, height, new Uint8Array(data));

/** The hole in red over a dimmed picture. */
function overlay(camera: ImageData, holes: HoleMap): ImageData {
  const shown = new ImageData(
    camera.data.map((value) => 0.6 * value),
    camera.width,
    camera.height,
  );
  holes.full.data.forEach((hole, i) => {
    const [r, g, b] = hole ? [200, 40, 40] : [0, 0, 0];
    const [x, y, z] = shown.data.subarray(4 * i, 4 * i + 3);
    if (hole) shown.data.set([(x! + r!) / 2 + 40, (y! + g!) / 2, (z! + b!) / 2], 4 * i);
    shown.data[4 * i + 3] = 255;
  });
  return shown;
}

const nothing = (i: number, width: number): number =>
  (Math.floor((i % width) / SQUARE) + Math.floor(i / width / SQUARE)) % 2 ? 205 : 235;

function plateOf({ full }: Plate): ImageData {
  const shown = new ImageData(full.width, full.height);
  for (let i = 0; i < full.count.length; i++) {
    const grey = nothing(i, full.width);
    const seen = full.count[i]! > 0;
    shown.data.set([...full.value.map((channel) => (seen ? channel[i]! : grey)), 255], 4 * i);
  }
  return shown;
}

/** The part of a picture where nothing was seen. */
function partOf(picture: ImageData, unknown: Uint8Array): ImageData {
  const { width, height } = picture;
  const shown = new ImageData(new Uint8ClampedArray(picture.data), width, height);
  for (let i = 0; i < width * height; i++) {
    const grey = nothing(i, width);
    if (!unknown[i]) shown.data.set([grey, grey, grey, 255], 4 * i);
  }
  return shown;
}

/** The fill alone, at the size at which it is made. */
async function fillOf(camera: ImageData, holes: HoleMap, plate: Plate, unknown: UnknownMap): Promise<ImageData> {
  const { width, height } = camera;
  const picture = pictureOf(camera);
  // The hole shows the plate by then, as the compositor leaves it.
  plate.full.value.forEach((channel, c) => {
    holes.full.data.forEach((hole, i) => {
      if (hole) picture.data[4 * i + c] = plate.full.count[i]! > 0 ? channel[i]! : 0;
    });
  });
  const work = new WorkingView(width, height);
  const nothingMoves = new TemporalInstability(new SampleGrid('RGBA', width, height));
  work.build(picture, holes, unknown, nothingMoves, colourMap('RGBA', DEFAULT_YUV), true);
  const rgb = await new PushPullFill().fill(work);
  const shown = new ImageData(width, height);
  const n = work.width * work.height;
  for (let i = 0; i < width * height; i++) {
    const x = Math.floor(((i % width) * work.width) / width);
    const y = Math.floor((Math.floor(i / width) * work.height) / height);
    shown.data.set([...[0, 1, 2].map((c) => 255 * rgb[c * n + y * work.width + x]!), 255], 4 * i);
  }
  return partOf(shown, unknown.full.data);
}

async function draw(width: number, height: number, panels: readonly (readonly [string, ImageData])[]): Promise<void> {
  const columns = 2;
  const rows = Math.ceil(panels.length / columns);
  const canvas = new OffscreenCanvas(columns * (width + GAP) - GAP, rows * (height + LABEL + GAP) - GAP);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('No 2D canvas.');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#222';
  context.font = '18px sans-serif';
  panels.forEach(([label, picture], index) => {
    const x = (index % columns) * (width + GAP);
    const y = Math.floor(index / columns) * (height + LABEL + GAP);
    context.putImageData(picture, x, y);
    context.fillText(label, x + 2, y + height + 21);
  });
  await put('/how/how.webp', await encode(canvas, 'image/webp', 0.85));
}
