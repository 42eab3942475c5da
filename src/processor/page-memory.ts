import { ROOM_FILE_TYPE } from '../inpaint/room/room-file.ts';
import { RemovalError } from './errors.ts';
import type { NamedRoom } from './memory.ts';
import { forgetRoom, readRooms, storeRoom } from './room-store.ts';

/** Milliseconds from one time that the room is stored to the next. */
const BETWEEN_MS = 15_000;

export interface PageMemoryTools {
  readonly mode: 'none' | 'call' | 'device';
  /** Of an app with a storage of its own. */
  readonly room: Blob | undefined;
  /** Tells the workers what may be recognised. */
  give(rooms: readonly NamedRoom[]): void;
  onError(error: RemovalError): void;
}

/**
 * What the page knows of the remembered rooms: brings those of the device to the workers, and that of the call back.
 */
export class PageMemory {
  readonly #tools: PageMemoryTools;
  #file: Uint8Array<ArrayBuffer> | undefined;
  /** The name that the room of this call is stored under, and whether it is. */
  #id: string = crypto.randomUUID();
  #isStored = false;
  /** The name is of this call's making. */
  #isOwn = true;
  #unsaved = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #storing: Promise<void> = Promise.resolve();
  /** Storing failed, or what was stored was forgotten: it is not tried again. */
  #over = false;
  /** As if: what is recognised takes a moment, and then the room is stored in its place. */
  #storedAt = performance.now();

  constructor(tools: PageMemoryTools) {
    this.#tools = tools;
    this.#over = tools.mode !== 'device';
  }

  /** Reads what there is. Nothing waits for it. */
  async start(): Promise<void> {
    const { mode, room, give, onError } = this.#tools;
    if (mode === 'none') return;
    const rooms: NamedRoom[] = [];
    try {
      if (room) rooms.push({ id: 'given', file: new Uint8Array(await room.arrayBuffer()) });
    } catch (error) {
      onError(RemovalError.from(error, 'memory-failed', "The option 'room' cannot be read"));
    }
    try {
      if (mode === 'device') rooms.push(...(await readRooms()).map(({ id, file }) => ({ id, file })));
    } catch (error) {
      this.#fail(error);
    }
    if (rooms.length) give(rooms);
  }

  /** The room of this call as it is now remembered. */
  receive(file: Uint8Array<ArrayBuffer>): void {
    this.#file = file;
    this.#unsaved = true;
    if (this.#over || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#storedAt + BETWEEN_MS - performance.now());
    this.#timer = setTimeout(() => this.#save(), wait);
  }

  /** It is a stored one: it takes that one's place. */
  recognised(id: string): void {
    if (this.#over || id === '' || id === 'given' || id === this.#id) return;
    // The same room is not stored twice.
    const before = this.#isStored && this.#isOwn ? this.#id : undefined;
    if (before) this.#storing = this.#storing.then(() => forgetRoom(before)).catch((error) => this.#fail(error));
    this.#id = id;
    this.#isOwn = false;
    this.#isStored = true;
  }

  /** What an app may keep; undefined while nothing is remembered. */
  get blob(): Blob | undefined {
    return this.#file && new Blob([this.#file], { type: ROOM_FILE_TYPE });
  }

  /** Stores what is not stored yet. */
  async close(): Promise<void> {
    if (this.#unsaved) this.#save();
    await this.#storing;
    this.#over = true;
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const file = this.#file;
    if (this.#over || !file) return;
    this.#unsaved = false;
    this.#storedAt = performance.now();
    this.#storing = this.#storing.then(async () => {
      try {
        const stored = await storeRoom({ id: this.#id, file }, !this.#isStored);
        this.#isStored = true;
        if (!stored) this.#over = true;
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#tools.onError(RemovalError.from(error, 'memory-failed', 'The room is not stored on this device'));
  }
}
