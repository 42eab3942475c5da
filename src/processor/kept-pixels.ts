import { HOLE, type Mask } from '../mask.ts';
import type { Channel, Picture } from '../picture.ts';

/**
 * The main person's pixels, for whom nothing is removed and from whom nothing is to be learnt: to the inpainter they
 * are hole like everybody else's, so that the plate is of the room alone; afterwards they are put back as they were.
 */
export class KeptPixels {
  #saved = new Uint8Array(0);
  #at = new Int32Array(0);
  #count = 0;
  #union: Mask | undefined;

  /**
   * Remembers the pixels of `keep` that are not hole.
   *
   * @param keep of the size of `hole`
   * @returns hole and kept together
   */
  save(picture: Picture, hole: Mask, keep: Mask): Mask {
    if (keep.width !== hole.width || keep.height !== hole.height) {
      throw new RangeError(`${keep.width}x${keep.height} is to be kept of a hole of ${hole.width}x${hole.height}.`);
    }
    if (this.#union?.width !== hole.width || this.#union.height !== hole.height) {
      this.#union = { width: hole.width, height: hole.height, data: new Uint8Array(hole.data.length) };
    }
    const union = this.#union;
    for (let i = 0; i < union.data.length; i++) union.data[i] = Math.max(hole.data[i]!, keep.data[i]!);
    const size = picture.data.length;
    if (this.#saved.length < size) {
      this.#saved = new Uint8Array(size);
      this.#at = new Int32Array(size);
    }
    this.#count = 0;
    for (const channel of picture.channels) this.#collect(picture.data, channel, hole, keep, picture);
    return union;
  }

  /** Puts them back. */
  restore({ data }: Picture): void {
    for (let n = 0; n < this.#count; n++) data[this.#at[n]!] = this.#saved[n]!;
  }

  #collect(data: Uint8Array, channel: Channel, hole: Mask, keep: Mask, { width, height }: Picture): void {
    const { offset, stride, step, shift } = channel;
    const sx = keep.width / width;
    const sy = keep.height / height;
    const half = 0.5 * (1 << shift);
    for (let y = 0; y < channel.height; y++) {
      const v = clamp(((y << shift) + half) * sy - 0.5, keep.height);
      for (let x = 0; x < channel.width; x++) {
        const u = clamp(((x << shift) + half) * sx - 0.5, keep.width);
        if (at(keep, u, v) < HOLE || touches(hole, u, v)) continue;
        const i = offset + y * stride + x * step;
        this.#at[this.#count] = i;
        this.#saved[this.#count++] = data[i]!;
      }
    }
  }
}

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}

function at({ width, height, data }: Mask, u: number, v: number): number {
  const x = Math.floor(u);
  const y = Math.floor(v);
  const right = Math.min(width - 1, x + 1);
  const below = Math.min(height - 1, y + 1) * width;
  const top = data[y * width + x]! * (1 - u + x) + data[y * width + right]! * (u - x);
  const bottom = data[below + x]! * (1 - u + x) + data[below + right]! * (u - x);
  return top * (1 - v + y) + bottom * (v - y);
}

/** Whether a hole's value has any part in this place: what is half a bystander's is not shown. */
function touches({ width, height, data }: Mask, u: number, v: number): boolean {
  const x = Math.floor(u);
  const y = Math.floor(v);
  const right = Math.min(width - 1, x + 1);
  const below = Math.min(height - 1, y + 1) * width;
  return (
    data[y * width + x]! >= HOLE ||
    data[y * width + right]! >= HOLE ||
    data[below + x]! >= HOLE ||
    data[below + right]! >= HOLE
  );
}
