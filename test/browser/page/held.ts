import { HOLE } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { KeptPixels } from '../../../src/processor/kept-pixels.ts';
import type { MaskSource } from '../../../src/segmentation/mask-source.ts';
import { CarriedMaskSource } from '../../../src/segmentation/modes/carried/mask-source.ts';
import { type PeopleAssets, PeopleMaskSource } from '../../../src/segmentation/modes/people/mask-source.ts';
import { addNoise, type Cutout, cutout, lay, pixels, untar } from './composite.ts';

/** A worker that hides somebody who comes in with a crate on the shoulder, stands, walks and stands again. */
export interface Ask {
  readonly site: string;
  readonly assets: PeopleAssets;
  /** Name in people.tar. */
  readonly person: string;
  /** Whether the crate goes with him. */
  readonly held: boolean;
  readonly frames: number;
}

/** Shares, 0..1, of what of each is seen in the picture. */
export interface Seen {
  readonly frame: number;
  /** Pixels of them. */
  readonly person: number;
  readonly crate: number;
  /** Share of each that is hidden. */
  readonly personHidden: number;
  readonly crateHidden: number;
}

export type Answer = { readonly seen: Seen[] } | { readonly error: string };

const FRAMES_PER_SECOND = 20;
const NOISE = 1.5;
/** Frames of the empty room. */
const EMPTY = 20;

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(answer: Answer): void };

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ seen: await run(data) });
  } catch (error) {
    scope.postMessage({ error: `${error}\n${(error as Error).stack}` });
  }
};

async function run({ site, assets, person, held, frames }: Ask): Promise<Seen[]> {
  const shared = `${site}/shared`;
  const files = await untar(`${shared}/train/people.tar`, [`${person}.jpg`, `${person}.png`]);
  const who = await cutout(files, person, 380);
  const thing = crate(160, 120);
  const people = await PeopleMaskSource.create({ assets });
  const source: MaskSource = held ? people : new CarriedMaskSource(people);
  const keptPixels = new KeptPixels();
  const seen: Seen[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const name = String(frame % 100).padStart(5, '0');
    const { width, height, data } = await pixels(
      await (await fetch(`${shared}/eval/walkers/warm-1/truth/${name}.jpg`)).blob(),
    );
    const x = way(frame - EMPTY, -who.width - thing.width, 0.25 * width, 0.55 * width);
    const y = height - 375 + 3 * Math.sin(frame / 5);
    // The crate is behind the head.
    const seenThere = lay(data, width, height, [
      { cutout: thing, x: x + 0.75 * who.width, y: y + 0.1 * who.height },
      { cutout: who, x, y },
    ]);
    addNoise(data, NOISE, frame + 1);
    const picture = wrapPicture('RGBA', width, height, new Uint8Array(data.buffer));
    const { hole, keep } = await source.segment(picture, (frame * 1e6) / FRAMES_PER_SECOND);
    source.settle?.();
    // As the pipeline does it: all is hole, then what is kept is put back.
    const back = wrapPicture('RGBA', width, height, new Uint8Array(data.length).fill(255));
    const all = keep ? keptPixels.save(back, hole, keep) : hole;
    back.data.fill(0);
    if (keep) keptPixels.restore(back);
    const count = [0, 0, 0];
    const hidden = [0, 0, 0];
    for (let i = 0; i < seenThere.length; i++) {
      const what = seenThere[i]!;
      count[what]!++;
      const cell =
        Math.floor((Math.floor(i / width) * all.height) / height) * all.width +
        Math.floor(((i % width) * all.width) / width);
      if (all.data[cell]! >= HOLE && back.data[4 * i] !== 255) hidden[what]!++;
    }
    const share = (what: number) => (count[what] ? hidden[what]! / count[what]! : 1);
    seen.push({ frame, crate: count[1]!, person: count[2]!, crateHidden: share(1), personHidden: share(2) });
  }
  source.close();
  return seen;
}

/** Comes in within two seconds, stands for three, walks for two, stands. */
function way(frame: number, from: number, first: number, second: number): number {
  const seconds = Math.max(0, frame / FRAMES_PER_SECOND);
  if (seconds < 2) return from + (seconds / 2) * (first - from);
  return first + Math.min(1, Math.max(0, (seconds - 5) / 2)) * (second - first);
}

/** A green crate of slats, lit from above. */
function crate(width: number, height: number): Cutout {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const y = Math.floor(i / width);
    const light = (y % 22 < 3 ? 0.5 : 1) * (1.1 - (0.4 * y) / height) * (x < 4 || x > width - 5 ? 0.7 : 1);
    rgba.set([40 * light, 150 * light, 80 * light, 255], 4 * i);
  }
  return { width, height, rgba };
}
