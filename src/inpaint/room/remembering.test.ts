import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, inpaint } from '../../../test/inpaint-scene.ts';
import { frameOf, roomOf, type Wall, wallOf } from '../../../test/room-scene.ts';
import type { Mask } from '../../mask.ts';
import type { Picture } from '../../picture.ts';
import { cleanPicture } from '../../processor/clean-picture.ts';
import { KeptPixels } from '../../processor/kept-pixels.ts';
import { CpuInpainter } from '../cpu-inpainter.ts';
import { LocalRecaller } from './recaller.ts';
import type { MemoryOptions } from './remembering.ts';
import type { Room } from './room.ts';
import { encodeRoom } from './room-file.ts';

const [WIDTH, HEIGHT] = [240, 136];
const stand = { width: WIDTH, height: HEIGHT };
const wall = wallOf(3);
const empty = roomOf(wall, stand);
const somebody = box(WIDTH, HEIGHT, 84, 30, 150, HEIGHT);
const nobody = box(WIDTH, HEIGHT, 0, 0, 0, 0);
const body = (x: number, y: number) => (x >= 84 && x < 150 && y >= 30 ? 240 : undefined);

type Search = Partial<Pick<MemoryOptions, 'recaller' | 'pace'>>;

/** Share of the picture that is known, 0..1. */
const knownShare = ({ confidence }: Room) => confidence.filter(Boolean).length / confidence.length;

function call(rooms: readonly Room[] = [], { recaller = new LocalRecaller(), pace = 'synchronous' }: Search = {}) {
  const kept: Room[] = [];
  const recognised: (number | undefined)[] = [];
  const inpainter = new CpuInpainter({
    memory: {
      recaller,
      pace,
      onRoom: (room) => kept.push(room),
      onRecognised: (index) => recognised.push(index),
      onError: (error) => {
        throw error;
      },
    },
  });
  inpainter.remember(rooms);
  return { inpainter, kept, recognised };
}

/** The room after so many frames in which it was seen empty. */
async function visited(room: Room = empty, frames = 45): Promise<Room> {
  const { inpainter, kept } = call();
  for (let t = 0; t < frames; t++) await inpaint(inpainter, frameOf(room), nobody);
  return kept.at(-1)!;
}

/** Mean difference of luma in a part of the mask. */
function off(picture: Picture, truth: Room, { data }: Mask, part = (_x: number, _y: number) => true): number {
  let [sum, n] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0 || !part(i % WIDTH, Math.floor(i / WIDTH))) continue;
    sum += Math.abs(picture.data[i]! - truth.y[i]!);
    n++;
  }
  return sum / n;
}

describe('a remembered room', () => {
  it('is shown behind somebody who was there from the first frame on, and does not count as seen', async () => {
    const { inpainter, recognised } = call([await visited()]);
    let picture = frameOf(empty, body);
    let report = await inpaint(inpainter, picture, somebody);
    for (let t = 0; t < 17; t++) {
      picture = frameOf(empty, body);
      report = await inpaint(inpainter, picture, somebody);
    }
    expect(recognised).toEqual([0]);
    expect(off(picture, empty, somebody)).toBeLessThan(2);
    expect(report.known).toBe(0);
    expect(report.remembered).toBeGreaterThan(0.97);
  });

  it('gives way at once to what is freshly seen, and is not trusted beside what contradicts it', async () => {
    const moved: Wall = (x, y) => (x > 40 && x < 118 && y > 60 && y < 130 ? [20, 240, 20] : wall(x, y));
    const now = roomOf(moved, stand);
    const { inpainter } = call([await visited()]);
    let picture = frameOf(now, body);
    for (let t = 0; t < 18; t++) {
      picture = frameOf(now, body);
      await inpaint(inpainter, picture, somebody);
    }
    // The green thing reaches under the person: what the wall was there is not shown beside it.
    const beside = (x: number, y: number) => x < 96 && y > 70 && y < 124;
    expect(off(picture, empty, somebody, beside)).toBeGreaterThan(15);
    expect(off(picture, empty, somebody, (x, y) => x > 135 && y < 50)).toBeLessThan(3);
    // They step aside, and it is seen.
    for (let t = 0; t < 35; t++) await inpaint(inpainter, frameOf(now), nobody);
    picture = frameOf(now, body);
    const report = await inpaint(inpainter, picture, somebody);
    expect(report.known).toBe(1);
    expect(off(picture, now, somebody)).toBeLessThan(2);
  });

  it('is not looked for any more once other rooms count', async () => {
    const { inpainter, recognised } = call([await visited()]);
    for (let t = 0; t < 12; t++) await inpaint(inpainter, frameOf(empty, body), somebody);
    inpainter.remember([]);
    const picture = frameOf(empty, body);
    const report = await inpaint(inpainter, picture, somebody);
    expect(recognised).toEqual([0, undefined]);
    expect(report.remembered).toBe(0);
    expect(off(picture, empty, somebody)).toBeGreaterThan(5);
  });

  it('comes back after a reset within the same call', async () => {
    const { inpainter } = call();
    for (let t = 0; t < 45; t++) await inpaint(inpainter, frameOf(empty), nobody);
    inpainter.reset();
    let picture = frameOf(empty, body);
    for (let t = 0; t < 18; t++) {
      picture = frameOf(empty, body);
      await inpaint(inpainter, picture, somebody);
    }
    expect(off(picture, empty, somebody)).toBeLessThan(2);
  });

  it('keeps what a former call saw and this one did not', async () => {
    const { inpainter, kept } = call([await visited()]);
    for (let t = 0; t < 100; t++) await inpaint(inpainter, frameOf(empty, body), somebody);
    expect(knownShare(kept.at(-1)!)).toBeGreaterThan(0.98);
  });

  it('is not replaced by what is seen without it while it is being looked for', async () => {
    const local = new LocalRecaller();
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { inpainter, kept } = call([await visited()], {
      recaller: { recall: async (input) => asked.then(() => local.recall(input)), close: () => {} },
      pace: 'best-effort',
    });
    for (let t = 0; t < 45; t++) await inpaint(inpainter, frameOf(empty, body), somebody);
    expect(kept).toEqual([]);
    answer();
    for (let t = 0; t < 3; t++) {
      await inpaint(inpainter, frameOf(empty, body), somebody);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(knownShare(kept.at(-1)!)).toBeGreaterThan(0.98);
  });

  it('is replaced once it was looked for in vain', async () => {
    const { inpainter, kept } = call([await visited()], {
      recaller: { recall: async () => undefined, close: () => {} },
    });
    for (let t = 0; t < 300; t++) await inpaint(inpainter, frameOf(empty, body), somebody);
    expect(knownShare(kept.at(-1)!)).toBeLessThan(0.9);
  });
});

describe('what is remembered', () => {
  it('is only what was seen for a second with nobody near', async () => {
    expect(await visited(empty, 20)).toBeUndefined();
    const { inpainter, kept } = call();
    for (let t = 0; t < 45; t++) await inpaint(inpainter, frameOf(empty, body), somebody);
    const { confidence } = kept.at(-1)!;
    const at = (x: number, y: number) => confidence[(y >> 1) * (WIDTH / 2) + (x >> 1)]!;
    expect(at(20, 20)).toBeGreaterThan(0);
    expect(at(100, 100)).toBe(0);
    // Within a hand's breadth of the mask nothing is taken over, seen or not.
    expect(at(80, 100)).toBe(0);
    expect(at(154, 100)).toBe(0);
  });

  it('is only what was clear in a row: frames that were covered in between do not count', async () => {
    const { inpainter, kept } = call();
    for (let t = 0; t < 60; t++) {
      // A second of covers after every twelve frames.
      await inpainter.inpaint(frameOf(empty), nobody, (t + 30 * Math.floor(t / 12)) * (1e6 / 30));
      inpainter.settle();
    }
    expect(kept).toEqual([]);
  });

  it('has nothing of what was forgotten since', async () => {
    const { inpainter, kept } = call();
    for (let t = 0; t < 45; t++) await inpaint(inpainter, frameOf(empty, body), nobody);
    expect(knownShare(kept.at(-1)!)).toBeGreaterThan(0.9);
    inpainter.forget(somebody);
    const { y, confidence } = kept.at(-1)!;
    expect(confidence[50 * (WIDTH / 2) + 50]).toBe(0);
    expect(y[100 * WIDTH + 100]).toBe(0);
  });

  it('depends on no pixel that was hole, in doubt or kept when it was seen', async () => {
    const part = fc.record({
      x: fc.integer({ min: 0, max: WIDTH - 60 }),
      y: fc.integer({ min: 0, max: HEIGHT - 40 }),
      w: fc.integer({ min: 4, max: 56 }),
      h: fc.integer({ min: 4, max: 40 }),
    });
    const boxOf = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) =>
      box(WIDTH, HEIGHT, x, y, x + w, y + h);
    const visits = fc.record({ hole: part, doubt: part, keep: part, seed: fc.integer({ min: 1, max: 250 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(visits, { minLength: 2, maxLength: 2 }), async (story) => {
        const files = await Promise.all(
          [0, 1].map(async (which) => {
            const { inpainter, kept } = call();
            const tools = { kept: new KeptPixels(), cover: 'blank' as const, measure: () => {} };
            let t = 0;
            for (const { hole, doubt, keep, seed } of story) {
              const [own, doubted, spared] = [boxOf(hole), boxOf(doubt), boxOf(keep)];
              const all = own.data.map((each, i) => Math.max(each, doubted.data[i]!));
              const segmentation = {
                hole: { ...own, data: all },
                doubt: doubted,
                keep: spared,
                confidence: 1,
              };
              for (let k = 0; k < 36; k++, t++) {
                const picture = frameOf(empty, (x, y) => {
                  const i = y * WIDTH + x;
                  if (!all[i] && !spared.data[i]) return undefined;
                  return which ? (x * 31 + y * 17 + seed * k) & 255 : seed;
                });
                // Chroma is shared: where a pixel of four is hidden, it is, too.
                const masks = { segment: async () => segmentation, reset() {}, close() {} };
                const outcome = await cleanPicture(picture, (t * 1e6) / 30, { masks, inpainter }, tools);
                expect(outcome.kind).toBe('clean');
                inpainter.settle();
              }
            }
            const room = kept.at(-1);
            return room && encodeRoom({ room, without: 'people' });
          }),
        );
        expect(files[0]).toBeDefined();
        expect(files[0]).toEqual(files[1]);
      }),
      { numRuns: 3 },
    );
  }, 60_000);
});
