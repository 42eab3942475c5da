import { byte } from '../byte.ts';
import type { ColourMap } from '../colour.ts';
import type { PlateValues } from '../completion/sources.ts';
import { apply, between, ROOM_COLOUR, type Room } from './room.ts';

/**
 * Copies blocks of the plate, in the plate's own exposure. What `accepts` turns down, and what the plate does not know
 * in all of a block's samples, stays as it was.
 *
 * @param looks that every sample of a block must have had
 * @param accepts is asked for the pixel at a block's upper left corner
 */
export function copyPlate(
  room: Room,
  grids: readonly PlateValues[],
  colour: ColourMap,
  looks: number,
  accepts: (x: number, y: number) => boolean,
): void {
  const { width, height } = room;
  const [full, half] = grids as [PlateValues, PlateValues | undefined];
  const m = between(colour, ROOM_COLOUR);
  const [a] = full.value;
  const [b, c] = half ? half.value : full.value.slice(1);
  const columns = (width + 1) >> 1;
  for (let y = 0, block = 0; y < height; y += 2) {
    const down = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x += 2, block++) {
      const at = y * width + x;
      const right = x + 1 < width ? 1 : 0;
      const chroma = half ? (y >> 1) * columns + (x >> 1) : at;
      let least = 255;
      let doubt = 0;
      for (let k = 0; k < 4; k++) {
        const i = at + (k & 1 ? right : 0) + (k & 2 ? down : 0);
        least = Math.min(least, full.count[i]!);
        doubt |= full.doubt[i]!;
      }
      if (half) {
        least = Math.min(least, half.count[chroma]!);
        doubt |= half.doubt[chroma]!;
      }
      if (least < looks || (looks > 1 && doubt !== 0) || !accepts(x, y)) continue;
      let ma = 0;
      let mb = 0;
      let mc = 0;
      let n = 0;
      for (let v = 0; v <= (down ? 1 : 0); v++) {
        for (let u = 0; u <= right; u++) {
          const i = at + v * width + u;
          const j = half ? chroma : i;
          ma += a![i]!;
          mb += b![j]!;
          mc += c![j]!;
          n++;
          room.y[i] = byte(apply(m, 0, a![i]!, b![j]!, c![j]!));
        }
      }
      room.cb[block] = byte(apply(m, 1, ma / n, mb / n, mc / n));
      room.cr[block] = byte(apply(m, 2, ma / n, mb / n, mc / n));
      room.confidence[block] = least;
    }
  }
}
