import { describe, expect, it } from 'vitest';
import { roomOf, wallOf } from '../../test/room-scene.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { Room } from '../inpaint/room/room.ts';
import { decodeRoom, encodeRoom } from '../inpaint/room/room-file.ts';
import type { RemovalError } from './errors.ts';
import type { Removal } from './loader.ts';
import { Memory } from './memory.ts';

const size = { width: 16, height: 10 };
const [mine, yours] = [roomOf(wallOf(1), size), roomOf(wallOf(2), size)];
const fileOf = (room: Room, without = 'people') => encodeRoom({ room, without });
const TV: Removal = { classes: ['tv'], detector: undefined, segmenter: undefined };

function memory() {
  const files: Uint8Array<ArrayBuffer>[] = [];
  const errors: RemovalError[] = [];
  const names: string[] = [];
  const made = new Memory({
    pace: 'best-effort',
    openWorker: () => Promise.reject(new Error('none')),
    onRoom: (file) => files.push(file),
    onRecognised: (id) => names.push(id),
    onError: (error) => errors.push(error),
  });
  let given: readonly Room[] = [];
  const inpainter = {
    remember: (rooms) => {
      given = rooms;
    },
  } satisfies Partial<Inpainter> as unknown as Inpainter;
  return { made, files, errors, names, inpainter, options: made.options(), given: () => given };
}

describe('what a worker remembers', () => {
  it('is given to the inpainter, whichever of the two comes first, and known by its name', async () => {
    const { made, inpainter, given, options, names } = memory();
    made.attach(inpainter, 'people');
    await made.load([{ id: 'a', file: await fileOf(yours) }]);
    expect(given()).toEqual([yours]);
    options.onRecognised(0);
    options.onRecognised(undefined);
    expect(names).toEqual(['a', '']);
    made.attach(inpainter, 'bystanders');
    expect(given()).toEqual([yours]);
  });

  it('is not given where it may show what is to be removed now', async () => {
    const { made, inpainter, given, options } = memory();
    await made.load([
      { id: 'people', file: await fileOf(yours) },
      { id: 'tv', file: await fileOf(mine, '["tv"]') },
    ]);
    made.attach(inpainter, TV);
    expect(given()).toEqual([mine]);
    options.onRoom(yours);
    made.attach(inpainter, 'people');
    expect(given()).toEqual([yours]);
    made.attach(inpainter, { targets: [] });
    expect(given()).toEqual([]);
  });

  it('of this call comes first, and outlives the inpainter', async () => {
    const { made, inpainter, given, options, files, names } = memory();
    await made.load([{ id: 'a', file: await fileOf(yours) }]);
    made.attach(inpainter, 'people');
    options.onRoom(mine);
    made.attach(inpainter, 'people');
    expect(given()).toEqual([mine, yours]);
    options.onRecognised(0);
    options.onRecognised(1);
    expect(names).toEqual(['', 'a']);
    await made.flush();
    expect(await decodeRoom(files.at(-1)!)).toEqual({ room: mine, without: 'people' });
  });

  it('of a worker before this one is its own until it has one itself', async () => {
    const { made, inpainter, given, options } = memory();
    await made.load([{ id: '', file: await fileOf(yours) }]);
    made.attach(inpainter, 'people');
    expect(given()).toEqual([yours]);
    options.onRoom(mine);
    await made.load([]);
    expect(given()).toEqual([mine]);
  });

  it('is nothing where things are picked', async () => {
    const { made, inpainter, options, files } = memory();
    made.attach(inpainter, { targets: [] });
    options.onRoom(mine);
    await made.flush();
    expect(files).toEqual([]);
  });

  it('leaves out a file that is none, and says so', async () => {
    const { made, inpainter, given, errors } = memory();
    made.attach(inpainter, 'people');
    await made.load([
      { id: 'a', file: new Uint8Array([1, 2, 3]) },
      { id: 'b', file: await fileOf(yours) },
    ]);
    expect(given()).toEqual([yours]);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['memory-failed', 'A remembered room is left out: This is not a file of a room.'],
    ]);
  });

  it('reports the last of many rooms, not each', async () => {
    const { made, inpainter, options, files } = memory();
    made.attach(inpainter, 'people');
    for (let k = 0; k < 5; k++) options.onRoom(yours);
    options.onRoom(mine);
    await made.flush();
    expect(files.length).toBeLessThanOrEqual(2);
    expect((await decodeRoom(files.at(-1)!)).room).toEqual(mine);
  });
});
