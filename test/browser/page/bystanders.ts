import { HOLE, type Mask } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { KeptPixels } from '../../../src/processor/kept-pixels.ts';
import { BystanderMaskSource } from '../../../src/segmentation/bystanders/mask-source.ts';
import { type PeopleAssets, PeopleMaskSource } from '../../../src/segmentation/people.ts';
import { addNoise, cutout, lay, pixels, untar } from './composite.ts';

/** A worker that divides two people who cross. */
export interface Ask {
  readonly site: string;
  readonly assets: PeopleAssets;
  /** Names in people.tar. */
  readonly main: string;
  readonly bystander: string;
  /** Whether the bystander passes in front. */
  readonly inFront: boolean;
  readonly frames: number;
  /** Also give a picture of every so many frames, as data URLs: for the eye. */
  readonly pictures?: number;
}

export interface Seen {
  readonly frame: number;
  /** Pixels of either that are seen in the picture. */
  readonly main: number;
  readonly bystander: number;
  /** Share of the main person's that is shown, and of the bystander's that is not, of all of him and of his head. */
  readonly kept: number;
  readonly covered: number;
  /** 1 where too little of the head is seen. */
  readonly head: number;
  /** Whether their silhouettes touch. */
  readonly together: boolean;
}

export type Answer = { readonly seen: Seen[]; readonly pictures: string[] } | { readonly error: string };

const FRAMES_PER_SECOND = 20;
const NOISE = 1.5;

/** Frames before the bystander comes. */
const EMPTY = 20;

/** Share of a standing person's height that is the head, and pixels of it from which on it counts. */
const HEAD = 0.15;
const LEAST_HEAD = 60;

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(answer: Answer): void };

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await run(data));
  } catch (error) {
    scope.postMessage({ error: `${error}\n${(error as Error).stack}` });
  }
};

async function run(ask: Ask): Promise<{ seen: Seen[]; pictures: string[] }> {
  const { site, assets, frames, inFront } = ask;
  const shared = `${site}/shared`;
  const names = [ask.main, ask.bystander].flatMap((name) => [`${name}.jpg`, `${name}.png`]);
  const files = await untar(`${shared}/train/people.tar`, names);
  const main = await cutout(files, ask.main, 380);
  const bystander = await cutout(files, ask.bystander, 330);
  const source = new BystanderMaskSource(await PeopleMaskSource.create({ assets }));
  const seen: Seen[] = [];
  const pictures: string[] = [];
  const keptPixels = new KeptPixels();
  for (let frame = 0; frame < frames; frame++) {
    const name = String(frame % 100).padStart(5, '0');
    const room = await pixels(await (await fetch(`${shared}/eval/walkers/warm-1/truth/${name}.jpg`)).blob());
    const { width, height, data } = room;
    const walk = Math.max(0, frame - EMPTY) / (frames - 1 - EMPTY);
    const people = [
      {
        cutout: main,
        x: width / 2 - main.width / 2 + 10 * Math.sin(frame / 9),
        y: height - 375 + 3 * Math.sin(frame / 7),
      },
      {
        cutout: bystander,
        x: -bystander.width + walk * (width + bystander.width),
        y: height - 340 + 4 * Math.abs(Math.sin(frame / 3)),
      },
    ];
    const who = lay(data, width, height, inFront ? people : [people[1]!, people[0]!]);
    const [mine, his] = inFront ? [1, 2] : [2, 1];
    addNoise(data, NOISE, frame + 1);
    const picture = wrapPicture('RGBA', width, height, new Uint8Array(data.buffer));
    const { hole, keep } = await source.segment(picture, (frame * 1e6) / FRAMES_PER_SECOND);
    source.settle();
    // As the pipeline does it: all is hole, then the main person is put back.
    const back = wrapPicture('RGBA', width, height, new Uint8Array(data.length).fill(255));
    const all = keep ? keptPixels.save(back, hole, keep) : hole;
    back.data.fill(0);
    if (keep) keptPixels.restore(back);
    const shown = (i: number) => !isHole(all, i, width, height) || back.data[4 * i] === 255;
    const headBelow = people[1]!.y + HEAD * bystander.height;
    const count = { main: 0, bystander: 0, kept: 0, covered: 0, head: 0, headCovered: 0, touching: 0 };
    for (let i = 0; i < who.length; i++) {
      if (who[i] === mine) {
        count.main++;
        if (shown(i)) count.kept++;
        if (who[i - 1] === his || who[i + 1] === his) count.touching++;
      } else if (who[i] === his) {
        const covered = shown(i) ? 0 : 1;
        count.bystander++;
        count.covered += covered;
        if (i / width > headBelow) continue;
        count.head++;
        count.headCovered += covered;
      }
    }
    seen.push({
      frame,
      main: count.main,
      bystander: count.bystander,
      kept: count.main ? count.kept / count.main : 1,
      covered: count.bystander ? count.covered / count.bystander : 1,
      head: count.head >= LEAST_HEAD ? count.headCovered / count.head : 1,
      together: count.touching > 0,
    });
    if (ask.pictures && frame % ask.pictures === 0) pictures.push(await draw(room, shown));
  }
  source.close();
  return { seen, pictures };
}

/** As the inpainter scales it: bilinear. */
function isHole({ width, height, data }: Mask, i: number, w: number, h: number): boolean {
  const x = Math.min(Math.max((((i % w) + 0.5) * width) / w - 0.5, 0), width - 1);
  const y = Math.min(Math.max(((Math.floor(i / w) + 0.5) * height) / h - 0.5, 0), height - 1);
  const [l, t] = [Math.floor(x), Math.floor(y)];
  const [r, b] = [Math.min(l + 1, width - 1), Math.min(t + 1, height - 1)];
  const [u, v] = [x - l, y - t];
  const top = data[t * width + l]! * (1 - u) + data[t * width + r]! * u;
  const bottom = data[b * width + l]! * (1 - u) + data[b * width + r]! * u;
  return top * (1 - v) + bottom * v >= HOLE;
}

async function draw({ width, height, data }: ImageData, shown: (i: number) => boolean): Promise<string> {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const dim = shown(i) ? 1 : 0.3;
    image.data.set([data[4 * i]! * dim, data[4 * i + 1]! * dim, data[4 * i + 2]!, 255], 4 * i);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
