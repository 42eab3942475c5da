import { type CompletionInput, ROLE } from './completion.ts';

/**
 * Rows of the coarsest level are more than this and at most twice as many: a patch is then a quarter to an eighth of
 * the picture.
 */
const COARSEST_ROWS = 18;

/** The plate at one size. */
export interface Level {
  readonly width: number;
  readonly height: number;
  /** RGB, interleaved, 0..255, of the known pixels alone; anything where unknown. */
  readonly rgb: Float32Array;
  /** 1 = to be filled. */
  readonly unknown: Uint8Array;
  /** 1 = holds something that must not be copied. */
  readonly barred: Uint8Array;
}

/** From the plate's own size down, each half of the one before. */
export function pyramidOf({ width, height, rgb, role }: CompletionInput): Level[] {
  const levels: Level[] = [
    {
      width,
      height,
      rgb: new Float32Array(rgb),
      unknown: role.map((each) => (each === ROLE.unknown ? 1 : 0)),
      barred: role.map((each) => (each === ROLE.source ? 0 : 1)),
    },
  ];
  for (let last = levels[0]!; last.height > 2 * COARSEST_ROWS && last.width > 2 * COARSEST_ROWS; ) {
    last = halfOf(last);
    levels.push(last);
  }
  return levels;
}

/** Known pixels are averaged; a pixel is unknown where half of it and more is, and barred where any of it is. */
function halfOf(fine: Level): Level {
  const width = (fine.width + 1) >> 1;
  const height = (fine.height + 1) >> 1;
  const rgb = new Float32Array(3 * width * height);
  const unknown = new Uint8Array(width * height);
  const barred = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const bottom = Math.min(2 * y + 1, fine.height - 1);
    for (let x = 0; x < width; x++, i++) {
      const right = Math.min(2 * x + 1, fine.width - 1);
      let known = 0;
      let pixels = 0;
      for (let v = 2 * y; v <= bottom; v++) {
        for (let u = 2 * x; u <= right; u++) {
          const j = v * fine.width + u;
          pixels++;
          if (fine.barred[j]) barred[i] = 1;
          if (fine.unknown[j]) continue;
          known++;
          for (let c = 0; c < 3; c++) rgb[3 * i + c]! += fine.rgb[3 * j + c]!;
        }
      }
      if (2 * known <= pixels) unknown[i] = 1;
      for (let c = 0; c < 3; c++) rgb[3 * i + c]! /= Math.max(1, known);
    }
  }
  return { width, height, rgb, unknown, barred };
}
