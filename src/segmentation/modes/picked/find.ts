import { JOIN } from '../../tracking/pixel-ownership.ts';
import type { Things } from '../../tracking/tracked-objects.ts';
import { attach } from '../../vision/geodesic-dilation.ts';
import { eachPixel } from '../../vision/rects.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { aroundPick, cutOut } from './cut.ts';
import type { Seeds } from './pick.ts';

/** What a pick means in a frame. */
export interface Found {
  /** 1 = the thing; the grid's size. */
  readonly mask: Uint8Array;
  /** It came after the room behind it was known: room and plate need not be forgotten there. */
  readonly arrived: boolean;
}

/** Share of the picked pixels that must differ from the known room, and of a box, which has room round the thing. */
const OF_SEEDS = 0.5;
const OF_BOX = 0.2;

/** What differs is the thing up to so many times what is cut out; more has somebody in it who holds it. */
const HELD = 1.6;

/** Finds the thing by its difference from the known room, or cuts it out; a disc or the box where neither shows anything. */
export function findPicked(frame: Thumbnail, seeds: Seeds, things: Things): Found {
  const { width, height } = frame;
  const cut = cutOut(frame, seeds)?.mask;
  const differing = findDiffering(frame, seeds, things);
  if (differing) {
    if (!cut || size(differing) <= HELD * size(cut)) return { mask: differing, arrived: true };
    const common = cut.map((value, i) => (value && differing[i] ? 1 : 0));
    if (size(common) > OF_SEEDS * size(cut)) return { mask: common, arrived: true };
  }
  return { mask: cut ?? aroundPick(seeds, width, height), arrived: false };
}

/** What differs from the known room and hangs on the pick; undefined where it is the room itself that was picked. */
function findDiffering(
  { width, height }: Thumbnail,
  { inside, bounds }: Seeds,
  things: Things,
): Uint8Array | undefined {
  const picked = inside.slice();
  if (bounds)
    eachPixel(bounds, width, height, (i) => {
      picked[i] = 1;
    });
  const mask = new Uint8Array(picked.length);
  for (let i = 0; i < mask.length; i++) if (picked[i] && things.difference(i) >= JOIN) mask[i] = 1;
  if (size(mask) < (bounds ? OF_BOX : OF_SEEDS) * size(picked)) return undefined;
  // Of a box that much is the thing; of a point, all that hangs on it.
  const open = new Uint8Array(mask.length);
  for (let i = 0; i < open.length; i++) open[i] = (!bounds || picked[i]) && things.difference(i) >= JOIN ? 1 : 0;
  attach(mask, open, width, height, Number.POSITIVE_INFINITY, new Int32Array(mask.length));
  return mask;
}

function size(mask: Uint8Array): number {
  let n = 0;
  for (const value of mask) n += value;
  return n;
}
