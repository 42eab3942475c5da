/** What a pixel of the plate is to a completion. */
export const ROLE = {
  /** Never seen. To be filled; never read. */
  unknown: 0,
  /**
   * Seen, but not to be copied: beside somebody, unstable, in doubt, seen too briefly. What is copied has to fit it.
   */
  context: 1,
  /** Seen well, and may be copied. */
  source: 2,
} as const;

/** The plate as a completer sees it, in the plate's own exposure. */
export interface CompletionInput {
  readonly width: number;
  readonly height: number;
  /** RGB, interleaved, height x width x 3; anything where {@link role} is unknown. */
  readonly rgb: Uint8Array<ArrayBuffer>;
  /** A {@link ROLE} a pixel. */
  readonly role: Uint8Array<ArrayBuffer>;
  /**
   * A picture of the room at any size, planar RGB, 0..1, that says in broad strokes what is likely where: copies that
   * disagree with it and with push-pull give way to the mean of both.
   */
  readonly guide?: { readonly width: number; readonly height: number; readonly rgb: Float32Array<ArrayBuffer> };
}

/**
 * Where each unknown pixel is to be copied from: places, not pixels, so that what is shown is the plate as it is now.
 */
export interface Completion {
  readonly width: number;
  readonly height: number;
  /** Pixels from an unknown pixel to its source, x and y interleaved, height x width x 2; 0, 0 = none. */
  readonly offsets: Int16Array<ArrayBuffer>;
  /**
   * Levels of R, G, B to add to what is copied, interleaved, height x width x 3: light, and as far as a copy is not
   * what is expected there, what is missing to that.
   */
  readonly correction: Int16Array<ArrayBuffer>;
  /**
   * Along the rim, how far what is known differs from what is copied beside it, levels (root mean square), height x
   * width; 0 = not at the rim. The only place where a copy can be checked.
   */
  readonly misfit: Uint8Array<ArrayBuffer>;
}
