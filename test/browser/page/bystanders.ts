import { HOLE, type Mask } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { KeptPixels } from '../../../src/processor/kept-pixels.ts';
import { BystanderMaskSource } from '../../../src/segmentation/modes/bystanders/mask-source.ts';
import { type PeopleAssets, PeopleMaskSource } from '../../../src/segmentation/modes/people/mask-source.ts';
import { BYSTANDER, type Crossing, compose, MAIN } from './crossing.ts';

/** A worker that divides two people who cross. */
export interface Ask {
  readonly site: string;
  readonly assets: PeopleAssets;
  readonly crossing: Crossing;
  /** Also give a picture of these frames, as base64 of a JPEG: for the eye. */
  readonly pictures?: readonly number[];
}

export interface Seen {
  readonly frame: number;
  /** Pixels of either that are seen in the picture, and the bystander's share of the picture. */
  readonly main: number;
  readonly bystander: number;
  readonly size: number;
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

/** Pixels of a head from which on it counts. */
const LEAST_HEAD = 60;

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(answer: Answer): void };

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await run(data));
  } catch (error) {
    scope.postMessage({ error: `${error}\n${(error as Error).stack}` });
  }
};

async function run({ site, assets, crossing, pictures = [] }: Ask): Promise<{ seen: Seen[]; pictures: string[] }> {
  const frameOf = await compose(`${site}/shared`, crossing);
  const source = new BystanderMaskSource(await PeopleMaskSource.create({ assets }));
  const seen: Seen[] = [];
  const drawn: string[] = [];
  const keptPixels = new KeptPixels();
  for (let frame = 0; frame < crossing.frames; frame++) {
    const { picture: image, who, headBelow } = await frameOf(frame);
    const { width, height, data } = image;
    const picture = wrapPicture('RGBA', width, height, new Uint8Array(data.buffer));
    const { hole, keep } = await source.segment(picture, (frame * 1e6) / FRAMES_PER_SECOND);
    source.settle();
    // As the pipeline does it: all is hole, then the main person is put back.
    const back = wrapPicture('RGBA', width, height, new Uint8Array(data.length).fill(255));
    const all = keep ? keptPixels.save(back, hole, keep) : hole;
    back.data.fill(0);
    if (keep) keptPixels.restore(back);
    const shown = (i: number) => !isHole(all, i, width, height) || back.data[4 * i] === 255;
    seen.push({ frame, ...count(who, width, headBelow, shown) });
    if (pictures.includes(frame)) drawn.push(await draw(image, shown));
  }
  source.close();
  return { seen, pictures: drawn };
}

function count(who: Uint8Array, width: number, headBelow: number, shown: (i: number) => boolean): Omit<Seen, 'frame'> {
  const sum = { main: 0, bystander: 0, kept: 0, covered: 0, head: 0, headCovered: 0, touching: 0 };
  for (let i = 0; i < who.length; i++) {
    if (who[i] === MAIN) {
      sum.main++;
      if (shown(i)) sum.kept++;
      if (who[i - 1] === BYSTANDER || who[i + 1] === BYSTANDER) sum.touching++;
    } else if (who[i] === BYSTANDER) {
      const covered = shown(i) ? 0 : 1;
      sum.bystander++;
      sum.covered += covered;
      if (i / width > headBelow) continue;
      sum.head++;
      sum.headCovered += covered;
    }
  }
  return {
    main: sum.main,
    bystander: sum.bystander,
    size: sum.bystander / who.length,
    kept: sum.main ? sum.kept / sum.main : 1,
    covered: sum.bystander ? sum.covered / sum.bystander : 1,
    head: sum.head >= LEAST_HEAD ? sum.headCovered / sum.head : 1,
    together: sum.touching > 0,
  };
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

/** What is shown as it is, the rest dim and blue. */
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
