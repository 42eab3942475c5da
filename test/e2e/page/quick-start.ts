import { MarkedSource } from './marked-source.ts';
import { Watcher } from './watcher.ts';

/** The camera of a page that asks for one: the generated room, with a marked figure. */
export async function openCamera(): Promise<MediaStream> {
  const source = await MarkedSource.create();
  return new MediaStream([source.track]);
}

/** What a track shows in its next `n` pictures that are no cover: for each, its pixels of the marker's colour. */
export async function markedIn(track: MediaStreamTrack, n: number): Promise<number[]> {
  const watcher = new Watcher();
  const clone = track.clone();
  void watcher.watch(clone);
  const seen = () => watcher.frames.filter(({ covered }) => !covered);
  await watcher.until(`${n} pictures`, () => seen().length >= n, 60_000);
  clone.stop();
  return seen().map(({ marked }) => marked);
}
