import { LOOP_SECONDS } from '../../../scene/motion.ts';
import { renderScene } from '../../../scene/scene.ts';
import { type Asset, fetchAsset, MODEL } from '../../../src/assets/fetch-asset.ts';
import { LiteRtRuntime } from '../../../src/segmentation/models/litert.ts';
import { MediaPipeRuntime } from '../../../src/segmentation/models/mediapipe.ts';
import { createThumbnail, type Thumbnail } from '../../../src/segmentation/vision/thumbnail.ts';

/** A worker that shows pictures to the person model on LiteRT and on MediaPipe. */
export interface Ask {
  readonly assets: string;
  readonly model: 'landscape' | 'square';
  /** Pictures of the generated room, evenly over its loop. */
  readonly frames: number;
  /** Addresses of pictures to take instead. */
  readonly pictures?: readonly string[];
}

export interface Compared {
  /** Share of the picture that MediaPipe takes for somebody. */
  readonly person: number;
  /** Mean difference of the probabilities, levels of 255. */
  readonly levels: number;
}

const SIZE = { width: 256, height: 144 };

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage(all: Compared[]): void };

scope.onmessage = async ({ data }) => {
  const asset = (name: string): Asset => ({ url: new URL(name, data.assets).href });
  const file = asset(`selfie-${data.model}.tflite`);
  const bytes = await fetchAsset(file, MODEL);
  const liteRt = await LiteRtRuntime.load(asset('litert_wasm_compat_internal.wasm'));
  const mediaPipe = await MediaPipeRuntime.load(asset('vision_wasm_module_internal.wasm'));
  const ours = await liteRt.createPersonModel(file.url, bytes);
  const theirs = await mediaPipe.createPersonModel(file.url, bytes);
  const all: Compared[] = [];
  for await (const picture of data.pictures ? stored(data.pictures) : generated(data.frames)) {
    const [a, b] = [new Float32Array(SIZE.width * SIZE.height), new Float32Array(SIZE.width * SIZE.height)];
    ours.segment(picture, a);
    theirs.segment(picture, b);
    const levels = a.reduce((sum, value, i) => sum + 255 * Math.abs(value - b[i]!), 0) / a.length;
    all.push({ person: b.filter((value) => value >= 0.5).length / b.length, levels });
  }
  ours.close();
  theirs.close();
  scope.postMessage(all);
};

async function* stored(urls: readonly string[]): AsyncGenerator<Thumbnail> {
  for (const url of urls) {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    yield thumbnailOf((ctx) => ctx.drawImage(bitmap, 0, 0, SIZE.width, SIZE.height));
    bitmap.close();
  }
}

async function* generated(frames: number): AsyncGenerator<Thumbnail> {
  for (let i = 0; i < frames; i++) yield thumbnailOf((ctx) => renderScene(ctx, (i / frames) * LOOP_SECONDS, SIZE));
}

function thumbnailOf(draw: (ctx: OffscreenCanvasRenderingContext2D) => void): Thumbnail {
  const ctx = new OffscreenCanvas(SIZE.width, SIZE.height).getContext('2d', { willReadFrequently: true })!;
  ctx.imageSmoothingQuality = 'high';
  draw(ctx);
  const thumbnail = createThumbnail(SIZE.width, SIZE.height);
  thumbnail.rgba.set(ctx.getImageData(0, 0, SIZE.width, SIZE.height).data);
  return thumbnail;
}
