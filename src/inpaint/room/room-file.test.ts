import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roomOf, wallOf } from '../../../test/room-scene.ts';
import { decodeRoom, encodeRoom, RoomFileError } from './room-file.ts';

const room = roomOf(wallOf(1), { width: 35, height: 21, hidden: (x) => x > 20 });
const file = await encodeRoom({ room, without: 'people' });

const problemOf = (bytes: Uint8Array<ArrayBuffer>) =>
  decodeRoom(bytes).then(
    () => 'none',
    (error: unknown) => (error instanceof RoomFileError ? error.problem : String(error)),
  );

describe("a room's file", () => {
  it('gives back what was put in', async () => {
    expect(await decodeRoom(file)).toEqual({ room, without: 'people' });
  });

  it('is the same for the same room', async () => {
    expect(await encodeRoom({ room, without: 'people' })).toEqual(file);
  });

  it.each([
    ['foreign', new Uint8Array()],
    ['foreign', new TextEncoder().encode('<!doctype html><title>404</title>')],
    ['version', file.map((each, i) => (i === 8 ? 9 : each))],
    ['damaged', file.slice(0, 9)],
    ['damaged', file.slice(0, file.length - 40)],
    ['damaged', new Uint8Array([...file, ...file])],
  ] as const)('refuses what is %s', async (problem, bytes) => {
    expect(await problemOf(bytes as Uint8Array<ArrayBuffer>)).toBe(problem);
  });

  it('refuses one that says it is larger than any camera', async () => {
    const header = new TextEncoder().encode(JSON.stringify({ width: 1e6, height: 2, without: '', bytes: 1, check: 0 }));
    const bytes = new Uint8Array([...file.subarray(0, 9), 0, header.length, ...header]);
    expect(await problemOf(bytes)).toBe('too-large');
  });

  it('never takes one with a changed byte for another room', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = file.map((each, i) => (i === at ? each ^ change : each));
        const read = await decodeRoom(bytes).catch(() => undefined);
        // What a deflate stream says of its own end may change without a change of what comes out.
        if (read) expect(read).toEqual({ room, without: 'people' });
      }),
      { numRuns: 60 },
    );
  });
});
