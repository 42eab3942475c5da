/** What today's exposure and white balance do to one channel: frame = gain * plate + offset, in levels (0..255). */
export interface Exposure {
  gain: number;
  offset: number;
}

export function unchanged(): Exposure {
  return { gain: 1, offset: 0 };
}

/** Fewer samples than this say nothing. */
const ENOUGH = 32;
/** Rounds of fitting and trimming; the fit does not move any more after three on real clips. */
const ROUNDS = 4;
/** Standard deviations, by the median, beyond which a sample is an outlier: something that moved, not light. */
const OUTLIER = 2.5;
/** Levels of residual that are always taken as agreement: half of it is rounding and compression. */
const FLOOR = 2;
/** Samples near black and white are clipped and would bend the line. */
const DARK = 4;
const BRIGHT = 251;
/**
 * Strength of the belief that the gain stays 1, as a variance (levels squared) a sample: where the picture is flat,
 * gain and offset cannot be separated and the offset takes it.
 */
const STIFFNESS = 16;

/**
 * Fits gain and offset of one channel by least squares, trimmed by the median of the residuals round by round, so that
 * moved things and people outside the mask do not count (Rousseeuw & Leroy, "Robust Regression and Outlier Detection",
 * 1987).
 */
export class ExposureFit {
  readonly #histogram = new Uint32Array(1024);

  /**
   * @param frame today's values, 0..255.
   * @param plate the plate's values at the same places.
   * @param n how many there are.
   * @param exposure the last frame's, where the search starts; receives the result.
   * @returns false when there was too little to see; `exposure` is then as before.
   */
  fit(frame: Float32Array, plate: Float32Array, n: number, exposure: Exposure): boolean {
    if (n < ENOUGH) return false;
    let { gain, offset } = exposure;
    for (let round = 0; round < ROUNDS; round++) {
      const spread = this.#median(frame, plate, n, gain, offset);
      const limit = Math.max(FLOOR, OUTLIER * 1.4826 * spread);
      let count = 0;
      let sf = 0;
      let sp = 0;
      let spp = 0;
      let sfp = 0;
      for (let i = 0; i < n; i++) {
        const f = frame[i]!;
        const p = plate[i]!;
        if (f < DARK || f > BRIGHT || Math.abs(f - gain * p - offset) > limit) continue;
        count++;
        sf += f;
        sp += p;
        spp += p * p;
        sfp += f * p;
      }
      if (count < ENOUGH) return false;
      const mf = sf / count;
      const mp = sp / count;
      gain = (sfp / count - mf * mp + STIFFNESS) / (spp / count - mp * mp + STIFFNESS);
      offset = mf - gain * mp;
    }
    if (!(gain > 0.2 && gain < 5)) return false;
    exposure.gain = gain;
    exposure.offset = offset;
    return true;
  }

  #median(frame: Float32Array, plate: Float32Array, n: number, gain: number, offset: number): number {
    const bins = this.#histogram.fill(0);
    for (let i = 0; i < n; i++) {
      const bin = (Math.abs(frame[i]! - gain * plate[i]! - offset) * 4) | 0;
      bins[bin < 1023 ? bin : 1023]!++;
    }
    let below = 0;
    let bin = 0;
    while (bin < 1023 && below + bins[bin]! < n / 2) below += bins[bin++]!;
    return (bin + (n / 2 - below) / Math.max(1, bins[bin]!)) / 4;
  }
}
