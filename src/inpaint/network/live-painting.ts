import type { WorkingFrame } from '../fill.ts';

/** Share of the way to what is to be shown that a pixel goes each frame: 90 % after half a second at 30 fps. */
const STEP = 0.15;

/**
 * A painting that is some frames old, over the frame of now. It holds where its own frame was unknown too; what is
 * newly unknown is continued from it, as from anything known. Pixels that stay unknown fade from one painting to the
 * next.
 */
export class LivePainting {
  readonly #n: number;
  /** Planar RGB as last shown, and where it was shown. */
  readonly #shown: Float32Array;
  readonly #wasUnknown: Uint8Array;
  #painting: { readonly rgb: Float32Array; readonly unknown: Uint8Array } | undefined;
  readonly #plate: Float32Array;
  readonly #known: Float32Array;

  constructor(width: number, height: number) {
    this.#n = width * height;
    this.#shown = new Float32Array(3 * this.#n);
    this.#plate = new Float32Array(3 * this.#n);
    this.#known = new Float32Array(this.#n);
    this.#wasUnknown = new Uint8Array(this.#n);
  }

  /** @param unknown 1 where the painting's frame was hole without a plate. */
  take(rgb: Float32Array, unknown: Uint8Array): void {
    this.#painting = { rgb, unknown };
  }

  /** The frame with the painting as plate, where it holds; the frame itself where there is none. */
  complete(input: WorkingFrame): WorkingFrame {
    const painting = this.#painting;
    if (!painting) return input;
    const n = this.#n;
    const plate = this.#plate;
    const known = this.#known;
    plate.set(input.plate);
    known.set(input.known);
    for (let i = 0; i < n; i++) {
      if (input.hole[i] === 0 || known[i] === 1 || painting.unknown[i] === 0) continue;
      known[i] = 1;
      plate[i] = painting.rgb[i]!;
      plate[n + i] = painting.rgb[n + i]!;
      plate[2 * n + i] = painting.rgb[2 * n + i]!;
    }
    const { width, height, frame, hole } = input;
    return { width, height, frame, hole, plate, known };
  }

  /** @param wanted the fill of {@link complete}'s frame. Returns what to show, valid until the next call. */
  fade({ hole, known }: WorkingFrame, wanted: Float32Array): Float32Array {
    const n = this.#n;
    const shown = this.#shown;
    for (let i = 0; i < n; i++) {
      const unknown = hole[i] === 1 && known[i] === 0;
      if (unknown) {
        const step = this.#wasUnknown[i] === 1 ? STEP : 1;
        for (let j = i; j < 3 * n; j += n) shown[j]! += step * (wanted[j]! - shown[j]!);
      }
      this.#wasUnknown[i] = unknown ? 1 : 0;
    }
    return shown;
  }
}
