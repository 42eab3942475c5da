import { type FrameSupply, serveFrames, takeFrames } from './port.ts';

/**
 * Where there is no `MediaStreamTrackProcessor` on the page (Firefox): a video element that is in no document presents
 * the track, and each presented picture becomes a frame.
 */
export function serveTrackThroughElement(track: MediaStreamTrack, port: MessagePort): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  video.play().catch(() => {}); // a paused element still answers a hurried request once it has data

  let answer: ((frame: VideoFrame | null) => void) | undefined;
  let callback = 0;
  const settle = (frame: VideoFrame | null) => {
    video.cancelVideoFrameCallback(callback);
    answer?.(frame);
    answer = undefined;
  };
  const grab = () => {
    if (answer && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) settle(new VideoFrame(video));
  };
  const stop = () => {
    track.removeEventListener('ended', stop);
    settle(null);
    track.stop();
    video.srcObject = null;
  };
  track.addEventListener('ended', stop);
  const supply: FrameSupply = {
    next: () =>
      new Promise((resolve) => {
        answer = resolve;
        if (track.readyState === 'ended') stop();
        else callback = video.requestVideoFrameCallback(grab);
      }),
    hurry: grab,
    close: stop,
  };
  serveFrames(port, supply);
  return stop;
}

/**
 * Firefox (153 still) has `requestFrame` on the stream instead of its track: an early draft of the specification had it
 * there.
 */
interface FirefoxCanvasStream extends MediaStream {
  requestFrame?(): void;
}

/** The way out where there is no track generator: a canvas whose captured track shows what was drawn last. */
export function canvasTrack(port: MessagePort): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('This browser gives no 2D canvas, which the output track is made of.');
  const stream: FirefoxCanvasStream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  if (!track) throw new Error('This browser captures no track from a canvas.');
  const publish =
    'requestFrame' in track
      ? () => (track as CanvasCaptureMediaStreamTrack).requestFrame()
      : () => stream.requestFrame?.();
  takeFrames(port, (frame) => {
    try {
      const { displayWidth: width, displayHeight: height } = frame;
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      context.drawImage(frame, 0, 0, width, height);
      publish();
    } finally {
      frame.close();
    }
  });
  return track;
}
