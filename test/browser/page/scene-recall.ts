import { LOOP_SECONDS } from '../../../scene/motion.ts';
import { renderMask, renderScene } from '../../../scene/scene.ts';
import { fetchAsset, MODEL } from '../../../src/assets/fetch-asset.ts';
import { LiteRtRuntime } from '../../../src/segmentation/models/litert.ts';
import type { PersonModel } from '../../../src/segmentation/models/model.ts';
import { createThumbnail } from '../../../src/segmentation/vision/thumbnail.ts';

/**
 * A worker that shows the generated room to the real people model. Answers each message with one {@link Seen} a frame.
 */
export interface Ask {
  readonly assets: string;
  readonly model: 'landscape' | 'square';
  readonly frames: number;
}

export interface Seen {
  readonly time: number;
  /** Share of the picture that is figure, 0..1. */
  readonly figure: number;
  /** Share of the figure that the model finds. */
  readonly recall: number;
  /** Share of the picture that the model takes for a person and is none. */
  readonly excess: number;
}

/** Where the product starts to believe that a pixel is a person. */
const THRESHOLD = 0.3;
const ROOM = { width: 640, height: 360 };

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(seen: Seen[]): void };

scope.onmessage = async ({ data }) => {
  const url = (name: string) => new URL(name, data.assets).href;
  const runtime = await LiteRtRuntime.load({ url: url('litert_wasm_compat_internal.wasm') });
  const file = url(`selfie-${data.model}.tflite`);
  const model = await runtime.createPersonModel(file, await fetchAsset({ url: file }, MODEL));
  const small = { width: 256, height: data.model === 'landscape' ? 144 : 256 };
  const frames = Array.from({ length: data.frames }, (_, i) => look(model, small, (i / data.frames) * LOOP_SECONDS));
  model.close();
  scope.postMessage(frames);
};

function look(model: PersonModel, size: { width: number; height: number }, time: number): Seen {
  const rgba = picture(size, (ctx) => renderScene(ctx, time, ROOM));
  const truth = picture(size, (ctx) => renderMask(ctx, time, ROOM));
  const found = new Float32Array(size.width * size.height);
  const thumbnail = createThumbnail(size.width, size.height);
  thumbnail.rgba.set(rgba);
  model.segment(thumbnail, found);
  let [figure, hit, excess] = [0, 0, 0];
  found.forEach((probability, i) => {
    // Pixels on the outline are neither.
    const level = truth[i * 4]!;
    if (level > 250) {
      figure++;
      if (probability > THRESHOLD) hit++;
    } else if (level < 5 && probability > THRESHOLD) excess++;
  });
  return { time, figure: figure / found.length, recall: figure ? hit / figure : 1, excess: excess / found.length };
}

function picture(
  { width, height }: { width: number; height: number },
  draw: (ctx: OffscreenCanvasRenderingContext2D) => void,
): Uint8ClampedArray<ArrayBuffer> {
  const full = new OffscreenCanvas(ROOM.width, ROOM.height);
  draw(full.getContext('2d', { willReadFrequently: true })!);
  const ctx = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  ctx.imageSmoothingQuality = 'high';
  ctx.drawImage(full, 0, 0, width, height);
  return ctx.getImageData(0, 0, width, height).data;
}
