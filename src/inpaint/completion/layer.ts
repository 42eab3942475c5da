import type { ColourMap } from '../colour.ts';
import type { Completion } from './completion.ts';
import type { PlateValues } from './sources.ts';

/** A completion at the resolution of one kind of channel. */
export interface LayerGrid {
  /** By channel as in the plate's grid, levels in the plate's exposure. */
  readonly value: readonly Uint8Array[];
  /** 1 = is completed here. */
  readonly has: Uint8Array;
}

/**
 * What a completion shows, gathered from the plate once, when it comes: a plate for what was never seen, in the plate's
 * own exposure, so that every frame shows it in that frame's light as it shows the plate. Gathering from the frame
 * instead would cost as much every frame, and could copy somebody whom a mask missed.
 */
export type Layer = readonly LayerGrid[];

/** Copies along the offsets what the plate knows, and adds the correction. */
export function gather(
  grids: readonly PlateValues[],
  { width, offsets, correction }: Completion,
  { fromRgb }: ColourMap,
): Layer {
  return grids.map((grid, g) => {
    const value = grid.channels.map(() => new Uint8Array(grid.count.length));
    const has = new Uint8Array(grid.count.length);
    for (let y = 0, i = 0; y < grid.height; y++) {
      for (let x = 0; x < grid.width; x++, i++) {
        if (grid.count[i] !== 0) continue;
        // A chroma sample goes the way of the first of its pixels: where it is unknown, they all are to the completer.
        const at = g === 1 ? 2 * y * width + 2 * x : i;
        const [dx, dy] = [offsets[2 * at]!, offsets[2 * at + 1]!];
        if (dx === 0 && dy === 0) continue;
        const u = Math.min(grid.width - 1, Math.max(0, x + (g === 1 ? Math.round(dx / 2) : dx)));
        const v = Math.min(grid.height - 1, Math.max(0, y + (g === 1 ? Math.round(dy / 2) : dy)));
        const from = v * grid.width + u;
        if (grid.count[from] === 0) continue;
        has[i] = 1;
        grid.channels.forEach((c, k) => {
          let light = 0;
          for (let m = 0; m < 3; m++) light += (fromRgb[4 * c + m]! * correction[3 * at + m]!) / 255;
          value[k]![i] = Math.max(0, Math.min(255, Math.round(grid.value[k]![from]! + light)));
        });
      }
    }
    return { value, has };
  });
}

/** What is drawn over the fill where the plate knows nothing: a completion, or a room that is remembered. */
export interface LayerOnShow {
  readonly layer: Layer | undefined;
  /** What was on show before it, while that fades out. */
  readonly before: Layer | undefined;
  /** Share of the layer against what was there before it, 0..1. */
  readonly mix: number;
  /** How far it is trusted, 0..1 a cell of the seam. */
  readonly share: Float32Array;
}
