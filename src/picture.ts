/**
 * The pixels of one frame, in the layout that the camera gave them. Everything after the transport works on these
 * planes in place, so that what lies outside the hole is never converted and stays the source's own, bit for bit.
 */
export type PictureFormat = 'I420' | 'NV12' | 'RGBA';

/** One colour component: sample (x, y) lies at `data[offset + y * stride + x * step]`. */
export interface Channel {
  readonly offset: number;
  /** Bytes from one sample to the next in a row: 1 planar, 2 NV12 chroma, 4 RGBA. */
  readonly step: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Size in samples; chroma of an odd-sized picture is rounded up. */
  readonly width: number;
  readonly height: number;
  /** log2 of the subsampling against the picture: 0 full size, 1 half size (4:2:0 chroma). */
  readonly shift: 0 | 1;
}

export interface Picture {
  readonly format: PictureFormat;
  /** Visible size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Y, U, V for I420 and NV12; R, G, B for RGBA (alpha is not touched). */
  readonly channels: readonly [Channel, Channel, Channel];
  /** How Y, U, V become colours. Ignored for RGBA. */
  readonly yuv: YuvSpace;
}

/** What matters of a `VideoColorSpace`. */
export interface YuvSpace {
  /** The one to compute with: BT.2020 is taken for BT.709, which is near enough to look at a picture. */
  readonly matrix: 'bt601' | 'bt709';
  readonly fullRange: boolean;
  /** What the source's frames say, where they say anything: nothing of it is computed with. */
  readonly stated?: VideoColorSpaceInit;
}

/** Cameras without a stated colour space are SD in practice, and encoders read untagged I420 this way. */
export const DEFAULT_YUV: YuvSpace = { matrix: 'bt601', fullRange: false };

/** Bytes of a tightly packed picture. */
export function pictureBytes(format: PictureFormat, width: number, height: number): number {
  const chroma = ((width + 1) >> 1) * ((height + 1) >> 1);
  return format === 'RGBA' ? width * height * 4 : width * height + 2 * chroma;
}

/** Views `data` (tightly packed, at least {@link pictureBytes} long) as a picture; nothing is copied. */
export function wrapPicture(
  format: PictureFormat,
  width: number,
  height: number,
  data: Uint8Array<ArrayBuffer>,
  yuv: YuvSpace = DEFAULT_YUV,
): Picture {
  const need = pictureBytes(format, width, height);
  if (data.length < need) {
    throw new RangeError(`A ${width}x${height} ${format} picture needs ${need} bytes; the buffer has ${data.length}.`);
  }
  const full = { width, height, shift: 0 } as const;
  if (format === 'RGBA') {
    const channel = (offset: number): Channel => ({ ...full, offset, step: 4, stride: width * 4 });
    return { format, width, height, data, yuv, channels: [channel(0), channel(1), channel(2)] };
  }
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const luma: Channel = { ...full, offset: 0, step: 1, stride: width };
  const half = { width: w, height: h, shift: 1 } as const;
  const base = width * height;
  const chroma: [Channel, Channel] =
    format === 'I420'
      ? [
          { ...half, offset: base, step: 1, stride: w },
          { ...half, offset: base + w * h, step: 1, stride: w },
        ]
      : [
          { ...half, offset: base, step: 2, stride: w * 2 },
          { ...half, offset: base + 1, step: 2, stride: w * 2 },
        ];
  return { format, width, height, data, yuv, channels: [luma, ...chroma] };
}
