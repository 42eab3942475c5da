import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';

export interface ClipJob {
  /** URL of a video, or `null` where `names` lists the files of `/in/`. */
  readonly video: string | null;
  readonly names: readonly string[] | null;
  readonly fps: number;
  /** Scale to this size, pixels. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** The frames of a clip in order. Each belongs to whoever takes it. */
export async function* readClip({ video, names, fps, size }: ClipJob): AsyncGenerator<VideoFrame> {
  if (names) {
    for (const [index, name] of names.entries()) {
      const pixels = await readImage(`/in/${name}`, size);
      const timestamp = Math.round((index * 1e6) / fps);
      const { width: codedWidth, height: codedHeight } = pixels;
      yield new VideoFrame(pixels.data, { format: 'RGBA', codedWidth, codedHeight, timestamp });
    }
    return;
  }
  if (!video) return;
  const blob = await (await fetch(video)).blob();
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack().catch(() => null);
  if (!track) throw new Error(`${decodeURIComponent(video).replace('/in/', '')}: not a video that can be read.`);
  if (!(await track.canDecode())) throw new Error(`This Chromium cannot decode ${track.codec} video.`);
  for await (const sample of new VideoSampleSink(track).samples()) {
    const frame = sample.toVideoFrame();
    sample.close();
    if (!size) {
      yield frame;
      continue;
    }
    const { data } = draw(frame, size.width, size.height);
    yield new VideoFrame(data, {
      format: 'RGBA',
      codedWidth: size.width,
      codedHeight: size.height,
      timestamp: frame.timestamp,
    });
    frame.close();
  }
}

/** An image's pixels as stored: no colour management, no premultiplication. */
export async function readImage(url: string, size: ClipJob['size'] = null): Promise<ImageData> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: cannot be read.`);
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
  const bitmap = await createImageBitmap(await response.blob(), options).catch(() => null);
  if (!bitmap) throw new Error(`${url}: not an image that can be read.`);
  try {
    return draw(bitmap, size?.width ?? bitmap.width, size?.height ?? bitmap.height);
  } finally {
    bitmap.close();
  }
}

function draw(image: CanvasImageSource, width: number, height: number): ImageData {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2D canvas.');
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
