import { HOLE } from '../../../src/mask.ts';
import { wrapPicture } from '../../../src/picture.ts';
import { ClassMaskSource } from '../../../src/segmentation/modes/classes/mask-source.ts';
import { readClip } from '../../../tools/remove/clip.ts';

/** A worker that removes bottles from a clip in which nothing else is blue, and counts the blue that it leaves. */
export interface Ask {
  readonly site: string;
  readonly clip: string;
  /** Frames to run over. */
  readonly frames: number;
}

export interface Seen {
  readonly frame: number;
  /** Pixels of bottles, and those of them that are not hole. */
  readonly bottle: number;
  readonly left: number;
  /** Share of the picture that is hole. */
  readonly hole: number;
}

export type Answer = { readonly seen: Seen[] } | { readonly error: string };

/** Levels by which blue exceeds red in the bottles' glass and caps; the wall and the table stay below 10. */
const BLUE = 18;

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(answer: Answer): void };

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ seen: await run(data) });
  } catch (error) {
    scope.postMessage({ error: String(error) });
  }
};

async function run({ site, clip, frames }: Ask): Promise<Seen[]> {
  const assets = `${site}/clean-plate/assets/vision_wasm_module_internal`;
  const source = await ClassMaskSource.create({
    wasm: { url: `${assets}.wasm` },
    detector: { url: `${site}/shared/models/coco_ssd_mobilenet_v1.tflite` },
    segmenter: { url: `${site}/shared/models/deeplabv3.tflite` },
    classes: ['bottle'],
  });
  const seen: Seen[] = [];
  try {
    for await (const frame of readClip({ video: clip, names: null, fps: 30, size: { width: 640, height: 360 } })) {
      const { timestamp } = frame;
      const [width, height] = [frame.codedWidth, frame.codedHeight];
      const rgba = new Uint8Array(width * height * 4);
      await frame.copyTo(rgba, { format: 'RGBA' }).finally(() => frame.close());
      const { hole } = await source.segment(wrapPicture('RGBA', width, height, rgba), timestamp);
      const blue = (i: number) => rgba[4 * i + 2]! - rgba[4 * i]! > BLUE;
      const at = (x: number, y: number) => {
        const i = Math.floor((y * hole.height) / height) * hole.width + Math.floor((x * hole.width) / width);
        return hole.data[i]! >= HOLE;
      };
      let [bottle, left, all] = [0, 0, 0];
      for (let y = 1; y < height - 1; y++) {
        for (let x = 1; x < width - 1; x++) {
          const i = y * width + x;
          const covered = at(x, y);
          if (covered) all++;
          // Not a speck of noise.
          if (!(blue(i) && blue(i - 1) && blue(i + 1) && blue(i - width) && blue(i + width))) continue;
          bottle++;
          if (!covered) left++;
        }
      }
      seen.push({ frame: seen.length, bottle, left, hole: all / (width * height) });
      if (seen.length === frames) break;
    }
  } finally {
    source.close();
  }
  return seen;
}
