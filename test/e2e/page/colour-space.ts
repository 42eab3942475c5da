import type * as CleanPlate from '../../../src/processor/index.ts';

const SIZE = { width: 320, height: 240 };
/** Y, U and V of eight patches, four in a row. */
const PATCHES = [
  [60, 110, 150],
  [120, 90, 200],
  [180, 128, 128],
  [100, 200, 90],
  [200, 100, 140],
  [90, 128, 60],
  [140, 60, 110],
  [220, 128, 128],
] as const;

/** By how many levels the output track's colours differ from the source's, both as an element shows them, at most. */
export async function colourSpaceApart(
  { Remover }: typeof CleanPlate,
  colorSpace: VideoColorSpaceInit,
): Promise<number> {
  const { width, height } = SIZE;
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  const data = patches();
  const timer = setInterval(() => {
    const timestamp = Math.round(performance.now() * 1000);
    const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp, colorSpace } as const;
    const frame = new VideoFrame(data, init);
    writer.write(frame).catch(() => frame.close());
  }, 100);
  const remover = await Remover.create();
  await remover.setSource(track);
  await remover.ready;
  for (let i = 0; i < 100 && remover.state !== 'running'; i++) await new Promise((done) => setTimeout(done, 100));
  const untouched = await seen(track);
  const touched = await seen(remover.track);
  clearInterval(timer);
  await remover.close();
  track.stop();
  return Math.max(...untouched.map((level, i) => Math.abs(level - touched[i]!)));
}

function patches(): Uint8Array {
  const { width, height } = SIZE;
  const data = new Uint8Array((width * height * 3) / 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [luma, cb, cr] = PATCHES[Math.floor(x / 80) + 4 * Math.floor(y / 120)]!;
      data[y * width + x] = luma;
      if ((x | y) & 1) continue;
      const at = width * height + (y >> 1) * (width >> 1) + (x >> 1);
      data[at] = cb;
      data[at + ((width * height) >> 2)] = cr;
    }
  }
  return data;
}

/** The patches' middles, one channel after the other. */
async function seen(track: MediaStreamTrack): Promise<number[]> {
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  await video.play();
  await new Promise((done) => setTimeout(done, 1000));
  const context = new OffscreenCanvas(SIZE.width, SIZE.height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0);
  video.remove();
  return PATCHES.flatMap((_, i) => {
    const { data } = context.getImageData(40 + 80 * (i % 4), 60 + 120 * Math.floor(i / 4), 1, 1);
    return [...data.slice(0, 3)];
  });
}
