import type { TrackedObjects } from '../../tracking/tracked-objects.ts';
import { JOIN_SCORE } from '../../vision/background-subtraction.ts';
import { geodesicDilate } from '../../vision/geodesic-dilation.ts';
import { eachPixel } from '../../vision/rects.ts';
import { areaOf } from '../../vision/regions.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { aroundPick, cutOut } from './cut.ts';
import type { Seeds } from './pick.ts';

/** What a pick means in a frame. */
export interface PickedObject {
  /** 1 = the object; the grid's size. */
  readonly mask: Uint8Array;
  /** It came after the background behind it was known: background and plate need not be forgotten there. */
  readonly arrived: boolean;
}

/**
 * Share of the picked pixels that must differ from the known background, and of a box, which has room round the object.
 */
const MIN_DIFFERING_SHARE_OF_SEEDS = 0.5;
const MIN_DIFFERING_SHARE_OF_BOX = 0.2;

/** What differs is the object up to so many times what is cut out; more has somebody in it who holds it. */
const MAX_SIZE_OF_CUT = 1.6;

/**
 * Finds the object by its difference from the known background, or cuts it out; a disc or the box where neither shows
 * anything.
 */
export function findPicked(frame: Thumbnail, seeds: Seeds, objects: TrackedObjects): PickedObject {
  const { width, height } = frame;
  const cut = cutOut(frame, seeds)?.mask;
  const differing = findDiffering(frame, seeds, objects);
  if (differing) {
    if (!cut || areaOf(differing) <= MAX_SIZE_OF_CUT * areaOf(cut)) return { mask: differing, arrived: true };
    const common = cut.map((value, i) => (value && differing[i] ? 1 : 0));
    if (areaOf(common) > MIN_DIFFERING_SHARE_OF_SEEDS * areaOf(cut)) return { mask: common, arrived: true };
  }
  return { mask: cut ?? aroundPick(seeds, width, height), arrived: false };
}

/**
 * What differs from the known background and is attached to the pick; undefined where it is the background itself that
 * was picked.
 */
function findDiffering(
  { width, height }: Thumbnail,
  { inside, bounds }: Seeds,
  objects: TrackedObjects,
): Uint8Array | undefined {
  const picked = inside.slice();
  if (bounds)
    eachPixel(bounds, width, height, (i) => {
      picked[i] = 1;
    });
  const mask = new Uint8Array(picked.length);
  for (let i = 0; i < mask.length; i++) if (picked[i] && objects.difference(i) >= JOIN_SCORE) mask[i] = 1;
  if (areaOf(mask) < (bounds ? MIN_DIFFERING_SHARE_OF_BOX : MIN_DIFFERING_SHARE_OF_SEEDS) * areaOf(picked))
    return undefined;
  // Of a box that much is the object; of a point, all that is attached to it.
  const open = new Uint8Array(mask.length);
  for (let i = 0; i < open.length; i++) open[i] = (!bounds || picked[i]) && objects.difference(i) >= JOIN_SCORE ? 1 : 0;
  geodesicDilate(mask, open, width, height, Number.POSITIVE_INFINITY, new Int32Array(mask.length));
  return mask;
}
