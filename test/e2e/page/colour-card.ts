type Colour = readonly [number, number, number];

const SIZE = { width: 480, height: 360 };
const FPS = 15;

/**
 * A camera that shows flat patches in a row and nobody. `planes`: I420 frames without a stated colour space, as cameras
 * give them; `canvas`: RGB, as pages draw it.
 */
export class ColourCard {
  readonly track: MediaStreamTrack;
  /** Middle of each patch, as shares of width and height. */
  readonly points: readonly (readonly [number, number])[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(colours: readonly Colour[], kind: 'planes' | 'canvas' = 'canvas') {
    this.points = colours.map((_, i) => [(i + 0.5) / colours.length, 0.5] as const);
    const { track, draw } = kind === 'canvas' ? canvasCard(colours) : planesCard(colours);
    this.track = track;
    draw();
    this.#timer = setInterval(draw, 1000 / FPS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.track.stop();
  }
}

interface Card {
  readonly track: MediaStreamTrack;
  draw(): void;
}

function canvasCard(colours: readonly Colour[]): Card {
  const canvas = document.createElement('canvas');
  const { width, height } = Object.assign(canvas, SIZE);
  const context = canvas.getContext('2d', { alpha: false })!;
  const [track] = canvas.captureStream(FPS).getVideoTracks() as [MediaStreamTrack];
  const draw = () => {
    colours.forEach((colour, i) => {
      context.fillStyle = `rgb(${colour.join(' ')})`;
      context.fillRect((i * width) / colours.length, 0, width / colours.length, height);
    });
  };
  return { track, draw };
}

/** BT.601, limited range: what an encoder takes an untagged picture for. */
function planesCard(colours: readonly Colour[]): Card {
  const { width, height } = SIZE;
  const data = new Uint8Array((width * height * 3) / 2);
  const at = (x: number) => colours[Math.min(colours.length - 1, Math.floor((x * colours.length) / width))]!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = at(x);
      data[y * width + x] = 16.5 + 0.257 * r + 0.504 * g + 0.098 * b;
      if ((x | y) & 1) continue;
      const chroma = width * height + (y >> 1) * (width >> 1) + (x >> 1);
      data[chroma] = 128.5 - 0.148 * r - 0.291 * g + 0.439 * b;
      data[chroma + ((width * height) >> 2)] = 128.5 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  const draw = () => {
    const timestamp = Math.round(performance.now() * 1000);
    const frame = new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
    writer.write(frame).catch(() => frame.close()); // the track was stopped
  };
  return { track, draw };
}
