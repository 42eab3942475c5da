import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { animatedWebp } from '../../tools/picture/animated-webp.mjs';

/** A RIFF file's chunks, in order. */
function chunksOf(data: Buffer, from = 12): { name: string; data: Buffer }[] {
  const chunks = [];
  for (let at = from; at + 8 <= data.length; ) {
    const size = data.readUInt32LE(at + 4);
    chunks.push({ name: data.toString('latin1', at, at + 4), data: data.subarray(at + 8, at + 8 + size) });
    at += 8 + size + (size % 2);
  }
  return chunks;
}

const still = (picture: string) =>
  Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8 '), Buffer.from([picture.length, 0, 0, 0]), Buffer.from(picture)]);

describe('an animated WebP', () => {
  it('holds each picture at its place and for its time', () => {
    const film = animatedWebp({ width: 840, height: 234 }, [
      { data: still('one'), x: 0, y: 0, width: 840, height: 234, ms: 83 },
      { data: still('four'), x: 32, y: 16, width: 64, height: 48, ms: 100 },
    ]);
    expect(film.readUInt32LE(4)).toBe(film.length - 8);
    const [header, , first, second] = chunksOf(film);
    expect(chunksOf(film).map(({ name }) => name)).toEqual(['VP8X', 'ANIM', 'ANMF', 'ANMF']);
    expect([header!.data.readUIntLE(4, 3), header!.data.readUIntLE(7, 3)]).toEqual([839, 233]);
    const head = Array.from({ length: 5 }, (_, i) => second!.data.readUIntLE(3 * i, 3));
    expect(head).toEqual([16, 8, 63, 47, 100]);
    expect(chunksOf(first!.data, 16)[0]).toEqual({ name: 'VP8 ', data: Buffer.from('one') });
    expect(chunksOf(second!.data, 16)[0]).toEqual({ name: 'VP8 ', data: Buffer.from('four') });
  });

  it('refuses what the format cannot hold', () => {
    const frame = { data: still('a'), x: 1, y: 0, width: 2, height: 2, ms: 1 };
    expect(() => animatedWebp({ width: 4, height: 4 }, [frame])).toThrow(RangeError);
    expect(() => animatedWebp({ width: 4, height: 4 }, [{ ...frame, x: 0, data: Buffer.alloc(20) }])).toThrow('lossy');
  });
});

it('the film of the README moves, for ten seconds, and is small', () => {
  const film = readFileSync(path.join(ROOT, 'docs/img/film.webp'));
  expect(film.length).toBeLessThan(1_500_000);
  const frames = chunksOf(film).filter(({ name }) => name === 'ANMF');
  expect(frames.reduce((sum, { data }) => sum + data.readUIntLE(12, 3), 0)).toBeGreaterThan(10_000);
});
