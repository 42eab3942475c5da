import type { Context2D } from '../../../scene/canvas.ts';
import { drawTime } from './draw-time.ts';

/** What is asked of a camera. */
export type ToCamera =
  | { readonly type: 'start'; readonly frames: readonly ImageBitmap[]; readonly fps: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'size'; readonly width: number; readonly height: number };

/** Draws the same pictures over and over, there and back, each with the time of its drawing. */
export class Camera {
  readonly #context: Context2D;
  readonly #publish: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #paused = false;
  #number = 0;

  /** @param publish called when a picture has been drawn */
  constructor(context: Context2D, publish: () => void = () => {}) {
    this.#context = context;
    this.#publish = publish;
  }

  onMessage(message: ToCamera): void {
    switch (message.type) {
      case 'start':
        this.#draw(message.frames);
        this.#timer = setInterval(() => this.#draw(message.frames), 1000 / message.fps);
        break;
      case 'pause':
        this.#paused = message.paused;
        break;
      case 'size':
        Object.assign(this.#context.canvas, { width: message.width, height: message.height });
        break;
      default:
        message satisfies never;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #draw(frames: readonly ImageBitmap[]): void {
    if (this.#paused) return;
    this.#number++;
    // There and back, so that the figure never jumps.
    const at = this.#number % (2 * frames.length);
    const picture = frames[at < frames.length ? at : 2 * frames.length - 1 - at]!;
    const { width, height } = this.#context.canvas;
    this.#context.drawImage(picture, 0, 0, width, height);
    drawTime(this.#context, Date.now());
    this.#publish();
  }
}
