import type { Remover } from 'clean-plate';

/** An effect for `JitsiLocalTrack.setEffect`. The remover is made before, since `startEffect` cannot wait. */
export function removalEffect(remover: Remover) {
  return {
    isEnabled: (track: { isVideoTrack(): boolean }) => track.isVideoTrack(),
    startEffect(stream: MediaStream): MediaStream {
      const [camera] = stream.getVideoTracks();
      // Until the first clean frame the remover's track shows a cover.
      if (camera) void remover.setSource(camera);
      return new MediaStream([remover.track]);
    },
    stopEffect() {}, // muting stops the camera, and the remover waits; see below for the end
  };
}
