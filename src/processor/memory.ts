import type { CompletionPort } from '../inpaint/completion/worker-completer.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { Pace } from '../inpaint/network/network-fill.ts';
import type { MemoryOptions } from '../inpaint/room/remembering.ts';
import type { Room } from '../inpaint/room/room.ts';
import { decodeRoom, encodeRoom, type RoomFile } from '../inpaint/room/room-file.ts';
import { WorkerRecaller } from '../inpaint/room/worker-recaller.ts';
import { RemovalError } from './errors.ts';
import type { Removal } from './loader.ts';
import { mayShow, withoutOf } from './removed.ts';

/** A room's file by the name that the page knows it by; empty for the one of this call. */
export interface NamedRoom {
  readonly id: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

export interface MemoryTools {
  readonly pace: Pace;
  /** Makes a worker that finds rooms. */
  openWorker(): Promise<CompletionPort>;
  /** The room of this call, whenever more of it is remembered. */
  onRoom(file: Uint8Array<ArrayBuffer>): void;
  /** A room was recognised, by its name; empty once it is not any more. */
  onRecognised(id: string): void;
  onError(error: RemovalError): void;
}

/**
 * What a worker remembers: the rooms it was given and that of this call. It hands to the inpainter those that show
 * nothing of what is to be removed now, and passes on what the inpainter remembers.
 */
export class Memory {
  readonly #tools: MemoryTools;
  #given: readonly (RoomFile & { readonly id: string })[] = [];
  #own: RoomFile | undefined;
  #remove: Removal | undefined;
  /** Names of what the inpainter was given last. */
  #names: readonly string[] = [];
  #inpainter: Inpainter | undefined;
  /** The files, one after the other; and the room that waits for its turn. */
  #writing: Promise<void> = Promise.resolve();
  #unwritten: RoomFile | undefined;
  #failed = false;

  constructor(tools: MemoryTools) {
    this.#tools = tools;
  }

  /** For an inpainter, each its own. */
  options(): MemoryOptions {
    return {
      pace: this.#tools.pace,
      recaller: new WorkerRecaller(() => this.#tools.openWorker()),
      onRoom: (room) => this.#keep(room),
      onRecognised: (index) => this.#tools.onRecognised(index === undefined ? '' : (this.#names[index] ?? '')),
      onError: (error) => this.#tellOnce(RemovalError.from(error, 'memory-failed', 'The room could not be looked for')),
    };
  }

  /** What may be recognised from now on. A file that is not a room is reported and left out. */
  async load(rooms: readonly NamedRoom[]): Promise<void> {
    const read = rooms.map(async ({ id, file }) => {
      try {
        return { id, ...(await decodeRoom(file)) };
      } catch (error) {
        this.#tools.onError(RemovalError.from(error, 'memory-failed', 'A remembered room is left out'));
        return undefined;
      }
    });
    const all = (await Promise.all(read)).filter((each) => each !== undefined);
    // That of a worker before this one is this one's own, until it has one itself.
    this.#own ??= all.find(({ id }) => id === '');
    this.#given = all.filter(({ id }) => id !== '');
    this.#hand();
  }

  /** Where `inpainter` starts anew with what is to be removed: what it knew before may show it. */
  attach(inpainter: Inpainter, remove: Removal): void {
    this.#inpainter = inpainter;
    this.#remove = remove;
    this.#hand();
  }

  /** Resolves when all that is remembered has been reported. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #hand(): void {
    const remove = this.#remove;
    if (!this.#inpainter || !remove) return;
    const rooms = this.#given.filter(({ without }) => mayShow(without, remove));
    this.#names = rooms.map(({ id }) => id);
    const own = this.#own && mayShow(this.#own.without, remove) ? [this.#own.room] : [];
    this.#inpainter.remember([...own, ...rooms.map(({ room }) => room)]);
    if (own.length) this.#names = ['', ...this.#names];
  }

  #keep(room: Room): void {
    const without = this.#remove && withoutOf(this.#remove);
    if (without === undefined) return;
    this.#own = { room, without };
    const idle = this.#unwritten === undefined;
    this.#unwritten = this.#own;
    if (idle) this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const file = this.#unwritten;
    this.#unwritten = undefined;
    if (!file) return;
    try {
      this.#tools.onRoom(await encodeRoom(file));
    } catch (error) {
      this.#tellOnce(RemovalError.from(error, 'memory-failed', 'The room could not be remembered'));
    }
  }

  /** It will be tried again, and fail again. */
  #tellOnce(error: RemovalError): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#tools.onError(error);
  }
}
