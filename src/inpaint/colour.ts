import type { PictureFormat, YuvSpace } from '../picture.ts';

/**
 * The affine map between a picture's channels (0..255) and RGB (0..1), after ITU-R BT.601 and BT.709. Row by row:
 * `rgb[k] = sum over c of toRgb[4k + c] * channel[c] + toRgb[4k + 3]`, and the same the other way with `fromRgb`.
 */
export interface ColourMap {
  readonly toRgb: Float32Array;
  readonly fromRgb: Float32Array;
}

export function colourMap(format: PictureFormat, { matrix, fullRange }: YuvSpace): ColourMap {
  if (format === 'RGBA') {
    const s = 1 / 255;
    return {
      toRgb: Float32Array.of(s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0),
      fromRgb: Float32Array.of(255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0),
    };
  }
  const [kr, kb] = matrix === 'bt709' ? [0.2126, 0.0722] : [0.299, 0.114];
  const kg = 1 - kr - kb;
  const [black, luma, chroma] = fullRange ? [0, 255, 255] : [16, 219, 224];
  const y = 1 / luma;
  const rv = (2 * (1 - kr)) / chroma;
  const bu = (2 * (1 - kb)) / chroma;
  const gu = (-bu * kb) / kg;
  const gv = (-rv * kr) / kg;
  const row = (u: number, v: number) => [y, u, v, -black * y - 128 * (u + v)];
  const u = chroma / (2 * (1 - kb));
  const v = chroma / (2 * (1 - kr));
  return {
    toRgb: Float32Array.from([...row(0, rv), ...row(gu, gv), ...row(bu, 0)]),
    fromRgb: Float32Array.from([
      ...[luma * kr, luma * kg, luma * kb, black],
      ...[-u * kr, -u * kg, u * (1 - kb), 128],
      ...[v * (1 - kr), -v * kg, -v * kb, 128],
    ]),
  };
}
