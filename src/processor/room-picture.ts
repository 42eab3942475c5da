import { apply, ROOM_COLOUR, type Room } from '../inpaint/room/room.ts';
import { decodeRoom } from '../inpaint/room/room-file.ts';
import { RemovalError } from './errors.ts';

/** A picture's longer side, pixels. */
const LONGEST = 320;

/**
 * A small picture of a room, transparent where it is not known. Close the bitmap after use.
 *
 * @throws RemovalError `memory-failed`
 */
export async function pictureOfRoom(file: Blob): Promise<ImageBitmap> {
  try {
    const { room } = await decodeRoom(new Uint8Array(await file.arrayBuffer()));
    return await createImageBitmap(smallOf(room));
  } catch (error) {
    throw RemovalError.from(error, 'memory-failed', 'The room cannot be shown');
  }
}

function smallOf(room: Room): ImageData {
  const scale = Math.max(1, Math.max(room.width, room.height) / LONGEST);
  const image = new ImageData(
    Math.max(1, Math.round(room.width / scale)),
    Math.max(1, Math.round(room.height / scale)),
  );
  const columns = (room.width + 1) >> 1;
  for (let y = 0, i = 0; y < image.height; y++) {
    const v = Math.min(room.height - 1, Math.floor((y + 0.5) * scale));
    for (let x = 0; x < image.width; x++, i += 4) {
      const u = Math.min(room.width - 1, Math.floor((x + 0.5) * scale));
      const block = (v >> 1) * columns + (u >> 1);
      if (room.confidence[block] === 0) continue;
      const luma = room.y[v * room.width + u]!;
      for (let c = 0; c < 3; c++) {
        image.data[i + c] = 255 * apply(ROOM_COLOUR.toRgb, c, luma, room.cb[block]!, room.cr[block]!);
      }
      image.data[i + 3] = 255;
    }
  }
  return image;
}
