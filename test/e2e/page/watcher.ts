import { readTime } from './draw-time.ts';
import { PATIENCE_MS, until } from './until.ts';

/** One frame as it came out at the far end. */
export interface Received {
  /** It is one even colour. */
  readonly covered: boolean;
  /** Pixels of the marker's colour. */
  readonly marked: number;
  /** It is made of flat tiles, as a mosaic is. */
  readonly tiled: boolean;
  /** Nothing in it is brighter than black, or hardly. */
  readonly black: boolean;
  /** Not one pixel differs from the frame before. */
  readonly repeated: boolean;
  /** When it arrived, and when the camera drew it where that can still be read: milliseconds, `Date.now()`. */
  readonly at: number;
  readonly drawn: number | undefined;
  readonly width: number;
  readonly height: number;
}

interface Pixels {
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** It shows a scene, not the cover. */
export const isPicture = ({ covered }: Received) => !covered;

/** Looks at every frame of a received track. */
export class Watcher {
  readonly frames: Received[] = [];
  #newest: Pixels | undefined;
  #newestPicture: Pixels | undefined;

  /** Returns when the track has ended. */
  async watch(track: MediaStreamTrack): Promise<void> {
    if (typeof MediaStreamTrackProcessor === 'undefined') {
      await watchElement(track, (pixels) => this.#look(pixels));
      return;
    }
    const { readable } = new MediaStreamTrackProcessor({ track: track as MediaStreamVideoTrack, maxBufferSize: 30 });
    const reader = readable.getReader();
    for (;;) {
      const { value: frame } = await reader.read();
      if (!frame) return;
      try {
        const { displayWidth: width, displayHeight: height } = frame;
        const rgba = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
        await frame.copyTo(rgba, { format: 'RGBA' });
        this.#look({ rgba, width, height });
      } finally {
        frame.close();
      }
    }
  }

  #look(pixels: Pixels): void {
    const frame = examine(pixels, this.#newest);
    this.frames.push(frame);
    this.#newest = pixels;
    if (isPicture(frame)) this.#newestPicture = pixels;
  }

  /** Waits until a frame fits, from `from` on, and gives its index; fails with `what` after `ms`. */
  async until(
    what: string,
    fits: (frame: Received) => boolean,
    ms = PATIENCE_MS,
    from = this.frames.length,
  ): Promise<number> {
    await this.untilMany(what, 1, fits, ms, from);
    return this.frames.findIndex((frame, index) => index >= from && fits(frame));
  }

  /**
   * Waits until `n` frames fit, from `from` on. A busy machine covers some between them and sends fewer a second, so
   * that neither a time nor a number of frames says how many will.
   */
  async untilMany(
    what: string,
    n: number,
    fits: (frame: Received) => boolean = () => true,
    ms = PATIENCE_MS,
    from = this.frames.length,
  ): Promise<void> {
    let seen = from;
    let fitting = 0;
    const enough = () => {
      for (; seen < this.frames.length; seen++) if (fits(this.frames[seen]!)) fitting++;
      return fitting >= n;
    };
    await until(() => `${what} (${fitting} of the ${seen - from} frames that came)`, enough, ms);
  }

  /** The most marker pixels of any frame, those aside that were surely drawn before `asked` (`Date.now()`). */
  markedSince(asked: number): number {
    const since = this.frames.filter(({ drawn }) => drawn === undefined || drawn >= asked);
    return Math.max(0, ...since.map(({ marked }) => marked));
  }

  /** Colours at `points`, which are shares of width and height, of the newest frame that was not covered. */
  sample(points: readonly (readonly [number, number])[]): [number, number, number][] {
    const { rgba, width, height } = this.#newestPicture!;
    return points.map(([x, y]) => {
      const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
      return [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
    });
  }
}

/** Where there is no track processor (Firefox): every frame that an element presents. */
async function watchElement(track: MediaStreamTrack, look: (pixels: Pixels) => void): Promise<void> {
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([track]) });
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const present = () => {
    const { videoWidth: width, videoHeight: height } = video;
    Object.assign(context.canvas, { width, height });
    context.drawImage(video, 0, 0);
    look({ rgba: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer), width, height });
    video.requestVideoFrameCallback(present);
  };
  video.requestVideoFrameCallback(present);
  const ended = new Promise((resolve) => track.addEventListener('ended', resolve));
  await video.play();
  await ended;
}

function examine({ rgba, width, height }: Pixels, last: Pixels | undefined): Received {
  let marked = 0;
  let darkest = 255;
  let brightest = 0;
  let flat = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const r = rgba[i]!;
    const g = rgba[i + 1]!;
    const b = rgba[i + 2]!;
    // Half way to the marker's colour already counts: a faint ghost of it is a leak as well.
    if (r - g > 90 && b - g > 60) marked++;
    if (i >= 4 && r === rgba[i - 4] && g === rgba[i - 3] && b === rgba[i - 2]) flat++;
    darkest = Math.min(darkest, g);
    brightest = Math.max(brightest, g);
  }
  const at = Date.now();
  const drawn = readTime(rgba, width, height, at);
  const repeated = last !== undefined && same(rgba, last.rgba);
  // Of the tiles' pixels, one in 40 has another colour than its neighbour; of the room's, which has grain, most have.
  const tiled = flat > 0.9 * (rgba.length / 4);
  return {
    covered: brightest - darkest < 16,
    black: brightest < 36,
    tiled,
    repeated,
    marked,
    at,
    drawn,
    width,
    height,
  };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
