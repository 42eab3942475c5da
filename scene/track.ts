import { EMPTY_SECONDS } from './motion.ts';
import { prepareFigure, renderScene, type SceneSize } from './scene.ts';

export interface SceneTrackOptions extends SceneSize {
  readonly fps: number;
  /** The figure waits outside until then; a rejection counts as an answer. Default: at once. */
  readonly waitFor?: Promise<unknown>;
}

export interface SceneTrack {
  readonly track: MediaStreamTrack;
  /** Seconds of the scene that the last picture shows, as for `renderScene`. */
  readonly time: number;
  /** Ends the track and the drawing. */
  stop(): void;
}

/** The empty room is seen for at least so long after the wait. */
const LEARN_SECONDS = 1.5;

/** The generated room as a camera would give it. Starts with the empty room. */
export function sceneTrack(options: SceneTrackOptions): SceneTrack {
  const canvas = document.createElement('canvas');
  canvas.width = options.width;
  canvas.height = options.height;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) throw new Error('This browser has no 2D canvas.');

  let start = performance.now();
  let waiting = true;
  let time = 0;
  const draw = () => {
    time = (performance.now() - start) / 1000;
    // Noise goes on while the clock waits, so that the camera does not look frozen.
    if (waiting) time %= EMPTY_SECONDS;
    renderScene(ctx, time, options);
  };
  draw();
  void Promise.allSettled([prepareFigure(), options.waitFor]).then(() => {
    waiting = false;
    start = Math.max(start, performance.now() - (EMPTY_SECONDS - LEARN_SECONDS) * 1000);
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
    get time() {
      return time;
    },
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
