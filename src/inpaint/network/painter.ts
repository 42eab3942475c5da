import type { WorkingFrame } from '../fill.ts';

/** What the network is given: the frame at working size and the push-pull fill that it starts from, as in training. */
export interface PaintInput extends WorkingFrame {
  /** Planar RGB, 3 x height x width, 0..1. */
  readonly fill: Float32Array;
}

/**
 * The network with its memory, for one stream at one size. One call at a time; a call that rejects leaves the memory as
 * it was.
 */
export interface Painter {
  /** Reads the memory, paints, writes the memory. Planar RGB, 3 x height x width; the caller's own. */
  paint(input: PaintInput): Promise<Float32Array>;
  /** Forgets the past. */
  reset(): void;
  close(): void;
}
