import { ModelLostError } from './model.ts';

/** The browser gives no WebGL 2 here. */
export class NoWebGlError extends Error {
  override readonly name = 'NoWebGlError';

  constructor(cause: unknown) {
    super(
      'This browser has no WebGL 2 here, which the models for classes need: graphics are switched off, or have no driver.',
      {
        cause,
      },
    );
  }
}

/** Runs a task and reports when what it ran in was lost. */
export interface WatchedContext {
  /** @throws {ModelLostError} where the context was lost before or meanwhile: the answer means nothing then. */
  run<T>(task: () => T): T;
}

/**
 * The canvas of one MediaPipe task. When its WebGL context is lost (the GPU process crashed, the driver was reset, the
 * browser keeps too many) MediaPipe does not notice: every answer from then on is empty. One that comes back is a new
 * context without what the task had put into the old one.
 *
 * @see https://github.com/google-ai-edge/mediapipe/issues/4720
 */
export class TaskCanvas implements WatchedContext {
  readonly canvas = new OffscreenCanvas(1, 1);
  #lost = false;

  constructor() {
    this.canvas.addEventListener('webglcontextlost', () => {
      this.#lost = true;
    });
  }

  run<T>(task: () => T): T {
    this.#assertAlive();
    const answer = task();
    this.#assertAlive();
    return answer;
  }

  #assertAlive(): void {
    this.#lost ||= this.canvas.getContext('webgl2')?.isContextLost() ?? false;
    if (this.#lost) throw new ModelLostError("The WebGL context of MediaPipe's model was lost.");
  }
}

/** MediaPipe makes a WebGL 2 context for every task, also for one that computes on the CPU, and fails without. */
export function hasWebGl2(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  // Browsers keep few contexts; this one is not needed any more.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
