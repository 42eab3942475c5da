import type { Picture, PictureFormat } from '../picture.ts';
import type { HoleMap } from './hole-map.ts';

/** About so many points are looked at in a picture, whatever its size. */
const POINTS = 19_200;

/**
 * A regular grid of points over the picture at which frame and plate are compared: exposure, camera movement and the
 * seam are all found from these few. The plate's values are given by its owner ({@link plate}), so that both backends
 * decide by the same code from the same numbers while the full plate may live on a GPU.
 */
export class SampleGrid {
  /**
   * Points a row, rows, and pixels from one point to the next (even, so that every point has its own chroma sample).
   */
  readonly width: number;
  readonly height: number;
  readonly pitch: number;
  /** The plate's three channels at the points, in the plate's exposure, 0..255. */
  readonly plate: readonly [Float32Array, Float32Array, Float32Array];
  /** How many frames the plate's value was averaged from; 0 = unknown. */
  readonly count: Uint8Array;
  /** Today's three channels at the points; read only where {@link visible} is 1. */
  readonly frame: readonly [Float32Array, Float32Array, Float32Array];
  /** 1 = the point is not hole in any channel. */
  readonly visible: Uint8Array;

  constructor(format: PictureFormat, width: number, height: number) {
    this.pitch = Math.max(2, 2 * Math.round(Math.sqrt((width * height) / POINTS) / 2));
    this.width = Math.floor(width / this.pitch);
    this.height = Math.floor(height / this.pitch);
    const n = this.width * this.height;
    this.plate = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
    this.frame = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
    this.count = new Uint8Array(n);
    this.visible = new Uint8Array(n);
    this.detail = format === 'RGBA' ? 1 : 0;
  }

  /** The channel that carries the detail: luma, or green. */
  readonly detail: 0 | 1;

  /** Share of the points that are in the plate, or will be once today's frame is learnt. */
  get coverage(): number {
    let n = 0;
    for (let i = 0; i < this.count.length; i++) if (this.count[i] !== 0 || this.visible[i] === 1) n++;
    return n / Math.max(1, this.count.length);
  }

  /** Pixel of the point in column (or row) i. */
  at(i: number): number {
    return i * this.pitch + (this.pitch >> 1);
  }

  /** The plate is unknown at the points in the hole. */
  forgetIn({ half, full }: HoleMap): void {
    const shift = half === full ? 0 : 1;
    for (let j = 0, i = 0; j < this.height; j++) {
      const row = (this.at(j) >> shift) * half.width;
      for (let k = 0; k < this.width; k++, i++) if (half.data[row + (this.at(k) >> shift)]) this.count[i] = 0;
    }
  }

  /** Reads today's frame at the points. Raw hole values are not read. */
  look(picture: Picture, holes: HoleMap): void {
    const { width, height, pitch, visible } = this;
    const first = pitch >> 1;
    const shift = holes.half === holes.full ? 0 : 1;
    const hole = holes.half.data;
    for (let j = 0, i = 0; j < height; j++) {
      const row = ((j * pitch + first) >> shift) * holes.half.width;
      for (let k = 0; k < width; k++, i++) visible[i] = hole[row + ((k * pitch + first) >> shift)] ? 0 : 1;
    }
    for (let c = 0; c < 3; c++) {
      const channel = picture.channels[c]!;
      const to = this.frame[c]!;
      for (let j = 0, i = 0; j < height; j++) {
        const row = channel.offset + ((j * pitch + first) >> channel.shift) * channel.stride;
        for (let k = 0; k < width; k++, i++) {
          to[i] = visible[i] ? picture.data[row + ((k * pitch + first) >> channel.shift) * channel.step]! : 0;
        }
      }
    }
  }
}
