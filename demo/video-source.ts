import { type Source, SourceError, type SourceKind } from './source.ts';

/** Plays a video in a loop as if it were a camera. It is read here and goes nowhere. */
export async function openVideo(kind: SourceKind, blob: Blob, caption: string): Promise<Source> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(blob);
  Object.assign(video, { muted: true, loop: true, playsInline: true, src: url });
  const closeVideo = () => {
    video.pause();
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  };
  try {
    await video.play();
    if (!video.videoWidth) throw new SourceError(`${caption}: this file has no picture.`);
    const { track, stop } = trackOf(video);
    return {
      kind,
      track,
      caption,
      stop() {
        stop();
        track.stop();
        closeVideo();
      },
    };
  } catch (error) {
    closeVideo();
    if (error instanceof SourceError) throw error;
    throw new SourceError(`${caption}: this browser cannot play that file. MP4 (H.264) and WebM are safe choices.`, {
      cause: error,
    });
  }
}

interface CapturableVideo extends HTMLVideoElement {
  captureStream(): MediaStream;
}

function trackOf(video: HTMLVideoElement): { track: MediaStreamTrack; stop(): void } {
  if ('captureStream' in video) {
    const [track] = (video as CapturableVideo).captureStream().getVideoTracks();
    if (track) return { track, stop() {} };
  }
  // Safari and Firefox: through a canvas.
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const ctx = canvas.getContext('2d');
  const [track] = canvas.captureStream().getVideoTracks();
  if (!ctx || !track) throw new SourceError('This browser cannot capture a video.');
  let on = true;
  const draw = () => {
    if (!on) return;
    ctx.drawImage(video, 0, 0);
    video.requestVideoFrameCallback(draw);
  };
  draw();
  return {
    track,
    stop() {
      on = false;
    },
  };
}
