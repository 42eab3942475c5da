import type { PickShape } from '../../../src/geometry.ts';
import { HOLE } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { PickedMaskSource } from '../../../src/segmentation/modes/picked/mask-source.ts';
import { readClip } from '../../../tools/remove/clip.ts';

/** What a frame of three blue bottles, of which the left one was picked, shows. */
export interface Seen {
  /** Pixels of the left bottle, and those of them that are not hole. */
  readonly bottle: number;
  readonly left: number;
  /** Pixels of the other bottles, and those of them that are hole. */
  readonly others: number;
  readonly hidden: number;
}

/** Levels by which blue exceeds red in the bottles' glass and caps; the wall and the table stay below 10. */
const BLUE = 18;

/** Where the left bottle's part of the picture ends, pixels. */
const LEFT = 220;

/** Picks in the clip's first frame, and counts in every one. */
export async function follow(clip: string, pick: PickShape, frames: number): Promise<Seen[]> {
  const source = new PickedMaskSource();
  source.setTargets([{ id: 'bottle', pick }]);
  const seen: Seen[] = [];
  for await (const frame of readClip({ video: clip, names: null, fps: 30, size: { width: 640, height: 360 } })) {
    const { timestamp, codedWidth: width, codedHeight: height } = frame;
    const rgba = new Uint8Array(width * height * 4);
    await frame.copyTo(rgba, { format: 'RGBA' }).finally(() => frame.close());
    const { hole } = await source.segment(wrapPicture('RGBA', width, height, rgba), timestamp);
    const blue = (i: number) => rgba[4 * i + 2]! - rgba[4 * i]! > BLUE;
    const count = { bottle: 0, left: 0, others: 0, hidden: 0 };
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const i = y * width + x;
        // Not a speck of noise.
        if (!(blue(i) && blue(i - 1) && blue(i + 1) && blue(i - width) && blue(i + width))) continue;
        const at = Math.floor((y * hole.height) / height) * hole.width + Math.floor((x * hole.width) / width);
        const covered = hole.data[at]! >= HOLE;
        if (x < LEFT) {
          count.bottle++;
          if (!covered) count.left++;
        } else {
          count.others++;
          if (covered) count.hidden++;
        }
      }
    }
    seen.push(count);
    if (seen.length === frames) break;
  }
  source.close();
  return seen;
}
