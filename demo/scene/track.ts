import { EMPTY_SECONDS } from './motion.ts';
import { prepareFigure, renderScene, type SceneSize } from './scene.ts';

export interface SceneTrack {
  readonly track: MediaStreamTrack;
  /** Ends the track and the drawing. */
  stop(): void;
}

/** The generated room as a camera would give it. Starts with the empty room. */
export function sceneTrack(options: SceneSize & { readonly fps: number }): SceneTrack {
  const canvas = document.createElement('canvas');
  canvas.width = options.width;
  canvas.height = options.height;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) throw new Error('This browser has no 2D canvas.');
  let start = performance.now();
  let ready = false;
  const draw = () => {
    let time = (performance.now() - start) / 1000;
    if (!ready) time = Math.min(time, EMPTY_SECONDS);
    renderScene(ctx, time, options);
  };
  draw();
  void prepareFigure().then(() => {
    ready = true;
    start = Math.max(start, performance.now() - EMPTY_SECONDS * 1000);
  });
  // A timer, not animation frames: those stop while the page is hidden, and the call goes on.
  const timer = setInterval(draw, 1000 / options.fps);
  const [track] = canvas.captureStream(options.fps).getVideoTracks();
  if (!track) {
    clearInterval(timer);
    throw new Error('This browser cannot capture a canvas.');
  }
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
