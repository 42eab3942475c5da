import { AssetError } from '../../../src/assets/asset-error.ts';
import { HOLE } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { type PeopleAssets, PeopleMaskSource } from '../../../src/segmentation/modes/people/mask-source.ts';

/** A worker that runs the people segmentation over numbered pictures with known people. */
export interface Ask {
  readonly assets: PeopleAssets;
  /** Folder with `frames/%05d.jpg` and `core/%05d.png`. Without it only the loading is tried. */
  readonly clip?: string;
  readonly first?: number;
  readonly last?: number;
}

export interface Seen {
  readonly frame: number;
  /** Share of the picture that is a person, 0..1. */
  readonly person: number;
  /** Share of the person that is hole. */
  readonly recall: number;
  /** Share of the picture that is hole. */
  readonly hole: number;
}

export type Answer =
  | { readonly seen: Seen[] }
  | { readonly error: string; readonly reason?: string; readonly url?: string };

const FRAMES_PER_SECOND = 10;

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(answer: Answer): void };

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ seen: await run(data) });
  } catch (error) {
    const asset = error instanceof AssetError ? { reason: error.reason, url: error.url } : {};
    scope.postMessage({ error: String(error), ...asset });
  }
};

async function run({ assets, clip, first = 0, last = 0 }: Ask): Promise<Seen[]> {
  const source = await PeopleMaskSource.create({ assets });
  const seen: Seen[] = [];
  try {
    for (let frame = first; clip && frame <= last; frame++) {
      const name = String(frame).padStart(5, '0');
      const { width, height, data } = await pixels(`${clip}/frames/${name}.jpg`);
      const core = await pixels(`${clip}/core/${name}.png`);
      const picture = wrapPicture('RGBA', width, height, new Uint8Array(data.buffer));
      const { hole } = await source.segment(picture, (frame * 1e6) / FRAMES_PER_SECOND);
      let [person, hit, all] = [0, 0, 0];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const cell = Math.floor((y * hole.height) / height) * hole.width + Math.floor((x * hole.width) / width);
          const covered = hole.data[cell]! >= HOLE;
          if (covered) all++;
          if (core.data[4 * (y * width + x)]! < HOLE) continue;
          person++;
          if (covered) hit++;
        }
      }
      const size = width * height;
      seen.push({ frame, person: person / size, recall: person ? hit / person : 1, hole: all / size });
    }
  } finally {
    source.close();
  }
  return seen;
}

async function pixels(url: string): Promise<ImageData> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}
