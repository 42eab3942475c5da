/** Levels between the darkest and the brightest pixel of a row; a cover has none. */
const EVEN = 16;

/** Resolves with the first frame of a track that is not one colour throughout, as covers are. */
export async function untilClean(track: MediaStreamTrack): Promise<void> {
  const { readable } = new MediaStreamTrackProcessor({ track: track.clone() as MediaStreamVideoTrack });
  const reader = readable.getReader();
  for (;;) {
    const { value: frame } = await reader.read();
    if (!frame) throw new Error('The output track ended.');
    const rgba = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
    const { width } = frame.visibleRect ?? { width: frame.codedWidth };
    await frame.copyTo(rgba, { format: 'RGBA' });
    frame.close();
    // A row in the middle is enough, and to look at more would hold up what is measured.
    const start = (rgba.length >> 1) - ((rgba.length >> 1) % (width * 4));
    const row = rgba.subarray(start, start + width * 4).filter((_, i) => i % 4 === 1);
    if (Math.max(...row) - Math.min(...row) > EVEN) {
      await reader.cancel();
      return;
    }
  }
}
