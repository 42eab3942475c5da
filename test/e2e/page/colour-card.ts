type Colour = readonly [number, number, number];

/** A camera that shows flat patches in a row and nobody. */
export class ColourCard {
  readonly track: MediaStreamTrack;
  /** Middle of each patch, as shares of width and height. */
  readonly points: readonly (readonly [number, number])[];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(colours: readonly Colour[]) {
    const canvas = document.createElement('canvas');
    const { width, height } = Object.assign(canvas, { width: 480, height: 360 });
    const context = canvas.getContext('2d', { alpha: false })!;
    this.points = colours.map((_, i) => [(i + 0.5) / colours.length, 0.5] as const);
    const draw = () => {
      colours.forEach((colour, i) => {
        context.fillStyle = `rgb(${colour.join(' ')})`;
        context.fillRect((i * width) / colours.length, 0, width / colours.length, height);
      });
    };
    draw();
    [this.track] = canvas.captureStream(15).getVideoTracks() as [MediaStreamTrack];
    this.#timer = setInterval(draw, 1000 / 15);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.track.stop();
  }
}
