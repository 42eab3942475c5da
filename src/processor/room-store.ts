import { ROOM_FILE_TYPE } from '../inpaint/room/room-file.ts';
import { RemovalError } from './errors.ts';
import type { NamedRoom } from './memory.ts';

/** At most so many rooms are stored, and so many bytes of them; the one that was stored longest ago goes first. */
const MOST_ROOMS = 4;
const MOST_BYTES = 16 * 2 ** 20;

const DATABASE = 'clean-plate';
const STORE = 'rooms';
/** Another tab that keeps the database from being opened is waited for this long, milliseconds. */
const OPEN_MS = 5000;

/** A room that is stored with this origin on this device. */
export interface StoredRoom {
  /** For {@link forgetRoom}. */
  readonly id: string;
  /** When it was last stored. */
  readonly stored: Date;
  /** The room itself: give it to {@link pictureOfRoom}, or to a remover as `room`. */
  readonly file: Blob;
}

interface Entry extends NamedRoom {
  readonly stored: number;
}

/**
 * The rooms on this device, newest first. Needs no remover.
 *
 * @throws RemovalError `memory-failed` where nothing can be stored
 */
export async function listRooms(): Promise<StoredRoom[]> {
  return (await readRooms()).map(({ id, file, stored }) => {
    return { id, stored: new Date(stored), file: new Blob([file], { type: ROOM_FILE_TYPE }) };
  });
}

/**
 * Forgets one room; a running remover stores it no more.
 *
 * @throws RemovalError `memory-failed`
 */
export async function forgetRoom(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}

/**
 * Forgets all rooms.
 *
 * @throws RemovalError `memory-failed`
 */
export async function forgetRooms(): Promise<void> {
  await inStore('readwrite', (store) => store.clear());
}

/** What is stored, newest first; what is no room is left out. @throws RemovalError `memory-failed` */
export async function readRooms(): Promise<Entry[]> {
  const entries: unknown[] = await inStore('readonly', (store) => store.getAll());
  return entries.filter(isEntry).sort((a, b) => b.stored - a.stored);
}

/**
 * Stores a room under its name, and lets the oldest go where there are too many.
 *
 * @param isNew false: it was stored before; where it is not there any more it was forgotten, and stays so
 * @returns whether it is stored
 * @throws RemovalError `memory-failed` where there is no room for it
 */
export async function storeRoom(room: NamedRoom, isNew: boolean): Promise<boolean> {
  if (room.file.length > MOST_BYTES) throw new RemovalError('memory-failed', 'The room is too large to be stored.');
  let stored = true;
  await inStore('readwrite', (store) => {
    const all = store.getAll();
    all.onsuccess = () => {
      const entries = (all.result as unknown[]).filter(isEntry);
      stored = isNew || entries.some(({ id }) => id === room.id);
      if (!stored) return;
      let bytes = room.file.length;
      const others = entries.filter(({ id }) => id !== room.id).sort((a, b) => b.stored - a.stored);
      for (const [index, { id, file }] of others.entries()) {
        bytes += file.length;
        if (index + 2 > MOST_ROOMS || bytes > MOST_BYTES) store.delete(id);
      }
      store.put({ ...room, stored: Date.now() } satisfies Entry);
    };
    return all;
  });
  return stored;
}

function isEntry(value: unknown): value is Entry {
  const { id, file, stored } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && file instanceof Uint8Array && typeof stored === 'number';
}

/** One transaction: resolves with the request's result once all of it is done. */
async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  let database: IDBDatabase | undefined;
  try {
    database = await open();
    const transaction = database.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } catch (error) {
    throw RemovalError.from(error, 'memory-failed', 'The rooms of this device cannot be reached');
  } finally {
    database?.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    const timer = setTimeout(() => reject(new Error('the database does not open')), OPEN_MS);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve(request.result);
    };
  });
}
