/**
 * A frame at working size, as the network sees it: planar RGB (3 x height x width) and masks (height x width), 0..1.
 * Both sizes are multiples of 32; the picture is scaled to them without regard to its aspect.
 */
export interface WorkingFrame {
  readonly width: number;
  readonly height: number;
  /** The frame; hole pixels are zero. Push-pull gets none. */
  readonly frame: Float32Array;
  /** 1 = hole. A working pixel is hole as soon as any source pixel under it is. Push-pull needs none. */
  readonly hole: Float32Array;
  /** The frame, and in the hole the plate in today's exposure; arbitrary where `known` is 0. */
  readonly plate: Float32Array;
  /** 1 = not hole, or the plate was really seen here and held still. */
  readonly known: Float32Array;
}

/** Pixels; multiples of 32. */
export interface WorkingSize {
  readonly width: number;
  readonly height: number;
}

/** What is shown in the hole where the plate is unknown. The network and the classical fill are both this. */
export interface Fill {
  readonly name: 'push-pull' | 'network';
  /**
   * The working sizes that it is made for: a picture gets the one of nearly its shape, if there is one. Any, where
   * absent.
   */
  readonly sizes?: readonly WorkingSize[];
  /** Planar RGB, 3 x height x width, 0..1, valid until the next call. Only hole pixels with `known` 0 are read. */
  fill(input: WorkingFrame): Promise<Float32Array>;
  /** Forgets the past. */
  reset(): void;
  close(): void;
}
