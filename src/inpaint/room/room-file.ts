import { buffersOf, emptyRoom, type Room } from './room.ts';

/**
 * A room as a file: the eight letters, a version, a header in JSON with its length before it, and the planes, each byte
 * less the one to its left, deflated. Only {@link Room} is in it, and what was taken out of it: no time, no name.
 */
export interface RoomFile {
  readonly room: Room;
  /** What was being removed while it was seen, as the app's options say it in short. */
  readonly without: string;
}

/** What is wrong with a file that is no room. */
export type RoomFileProblem = 'foreign' | 'version' | 'damaged' | 'too-large';

/** A file that is refused. */
export class RoomFileError extends Error {
  readonly problem: RoomFileProblem;

  constructor(problem: RoomFileProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** The type of the `Blob`. */
export const ROOM_FILE_TYPE = 'application/x-clean-plate-room';

const MAGIC = 'CPLROOM\n';
const VERSION = 1;
/** Bytes before the header: magic, version, the header's length. */
const FIXED = MAGIC.length + 1 + 2;
/** Pixels along a side, and characters of `without`. */
const LONGEST = 4096;
const MOST_WORDS = 4096;

export async function encodeRoom({ room, without }: RoomFile): Promise<Uint8Array<ArrayBuffer>> {
  const planes = planesOf(room);
  const payload = new Uint8Array(planes.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data, width } of planes) {
    for (let i = 0; i < data.length; i++) payload[at + i] = data[i]! - (i % width === 0 ? 0 : data[i - 1]!);
    at += data.length;
  }
  const { width, height } = room;
  const packed = await pump(payload, new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY);
  const about = { width, height, without, bytes: packed.length };
  const header = new TextEncoder().encode(JSON.stringify({ ...about, check: checkOf(payload, about) }));
  const file = new Uint8Array(FIXED + header.length + packed.length);
  for (let i = 0; i < MAGIC.length; i++) file[i] = MAGIC.charCodeAt(i);
  file[MAGIC.length] = VERSION;
  new DataView(file.buffer).setUint16(MAGIC.length + 1, header.length);
  file.set(header, FIXED);
  file.set(packed, FIXED + header.length);
  return file;
}

/** @throws RoomFileError where it is not a room's file, or not a whole one */
export async function decodeRoom(file: Uint8Array<ArrayBuffer>): Promise<RoomFile> {
  const magic = String.fromCharCode(...file.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new RoomFileError('foreign', 'This is not a file of a room.');
  if (file[MAGIC.length] !== VERSION) {
    throw new RoomFileError('version', `The room's file has version ${file[MAGIC.length]}; this is for ${VERSION}.`);
  }
  const { width, height, without, bytes, check, end } = headerOf(file);
  if (file.length !== end + bytes) throw damaged('it is not as long as it should be');
  const room = emptyRoom(width, height);
  const planes = planesOf(room);
  const size = planes.reduce((sum, { data }) => sum + data.length, 0);
  const payload = await pump(file.subarray(end), new DecompressionStream('deflate-raw'), size).catch(() => {
    throw damaged('its picture cannot be unpacked');
  });
  if (payload.length !== size || checkOf(payload, { width, height, without, bytes }) !== check)
    throw damaged('its picture is not the one it was made of');
  let at = 0;
  for (const { data, width: row } of planes) {
    for (let i = 0; i < data.length; i++) data[i] = payload[at + i]! + (i % row === 0 ? 0 : data[i - 1]!);
    at += data.length;
  }
  return { room, without };
}

function headerOf(file: Uint8Array<ArrayBuffer>) {
  if (file.length < FIXED) throw damaged('it ends within its header');
  const length = new DataView(file.buffer, file.byteOffset).getUint16(MAGIC.length + 1);
  const end = FIXED + length;
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(FIXED, end)));
  } catch {
    throw damaged('its header cannot be read');
  }
  const { width, height, without, bytes, check } = (header ?? {}) as Record<string, unknown>;
  if (!isSize(width) || !isSize(height) || !isSize(bytes) || typeof without !== 'string' || typeof check !== 'number') {
    throw damaged('its header lacks something');
  }
  if (width > LONGEST || height > LONGEST || without.length > MOST_WORDS) {
    throw new RoomFileError('too-large', `A room may have ${LONGEST} pixels a side; this has ${width}x${height}.`);
  }
  return { width, height, without, bytes, check, end };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function damaged(how: string): RoomFileError {
  return new RoomFileError('damaged', `The room's file is damaged: ${how}.`);
}

function planesOf(room: Room) {
  const columns = (room.width + 1) >> 1;
  const [y, cb, cr, confidence] = buffersOf(room).map((buffer) => new Uint8Array(buffer));
  return [
    { data: y!, width: room.width },
    { data: cb!, width: columns },
    { data: cr!, width: columns },
    { data: confidence!, width: columns },
  ];
}

/** FNV-1a: detects damage, not malice. */
function checkOf(payload: Uint8Array, about: object): number {
  let hash = 0x811c9dc5;
  for (const bytes of [payload, new TextEncoder().encode(JSON.stringify(about))]) {
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return hash >>> 0;
}

/** @throws RangeError where more comes out than `most` bytes */
async function pump(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = through.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => {}); // the reader fails in the same way
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = through.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      void reader.cancel().catch(() => {});
      throw new RangeError(`More than ${most} bytes.`);
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
