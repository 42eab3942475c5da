import { describe, expect, it, vi } from 'vitest';
import { HOLE } from '../../../mask.ts';
import { pictureBytes, wrapPicture } from '../../../picture.ts';
import type { PersonModel } from '../../models/model.ts';
import type { Thumbnail } from '../../vision/thumbnail.ts';
import { gridSize } from '../../vision/thumbnail.ts';
import { PeopleMaskSource } from './mask-source.ts';

/** Takes what is nearly black for a person. Remembers what it was shown. */
class FakeModel implements PersonModel {
  readonly sizes: string[] = [];
  closes = 0;

  segment(image: Thumbnail, out: Float32Array) {
    this.sizes.push(`${image.width}x${image.height}`);
    for (let i = 0; i < out.length; i++) out[i] = image.luma[i]! < 20 ? 0.95 : 0;
  }

  close() {
    this.closes++;
  }
}

/** A light room with a black box in it. */
function picture(width: number, height: number, box?: { x: number; y: number; w: number; h: number }) {
  const out = wrapPicture('RGBA', width, height, new Uint8Array(pictureBytes('RGBA', width, height)).fill(200));
  if (box) {
    for (let y = box.y; y < box.y + box.h; y++)
      out.data.fill(0, 4 * (y * width + box.x), 4 * (y * width + box.x + box.w));
  }
  return out;
}

function create() {
  const models = { square: new FakeModel(), landscape: new FakeModel() };
  const landscape = vi.fn(async () => models.landscape);
  return { models, landscape, source: new PeopleMaskSource({ square: models.square, landscape }) };
}

const PERSON = { x: 300, y: 100, w: 80, h: 300 };

describe('PeopleMaskSource', () => {
  it.each([
    [640, 480, 256, 192],
    [1280, 720, 256, 144],
    [480, 640, 192, 256],
    [100, 50, 100, 50],
  ])('makes masks of the aspect of a %dx%d picture', (width, height, w, h) => {
    expect(gridSize({ width, height })).toEqual({ width: w, height: h });
  });

  it('covers a person from the first frame', async () => {
    const { source } = create();
    const { hole } = await source.segment(picture(640, 480, PERSON), 0);
    for (let y = PERSON.y; y < PERSON.y + PERSON.h; y += 5) {
      for (let x = PERSON.x; x < PERSON.x + PERSON.w; x += 5) {
        const i = Math.floor((y * hole.height) / 480) * hole.width + Math.floor((x * hole.width) / 640);
        expect(hole.data[i]).toBeGreaterThanOrEqual(HOLE);
      }
    }
  });

  it('covers a strip while its many parts are being looked at, a few in each frame, and then knows who is there', async () => {
    const { models, source } = create();
    const strip = picture(1500, 40, { x: 700, y: 4, w: 20, h: 36 });
    let found = await source.segment(strip, 0);
    for (let n = 1; found.confidence === 0; n++) {
      expect(found.reason).toMatch(/being searched/);
      expect(models.square.sizes.length + models.landscape.sizes.length).toBeLessThan(n * 65);
      expect(n).toBeLessThan(20);
      // What was found in the first frame still counts in the last one.
      found = await source.segment(strip, n * 500_000);
    }
    const { hole } = found;
    const middle = Math.floor((20 * hole.height) / 40) * hole.width + Math.floor((710 * hole.width) / 1500);
    expect(hole.data[middle]).toBeGreaterThanOrEqual(HOLE);
  });

  it('sees everything in the first frame, then runs once a frame, over the whole at least every second time', async () => {
    const { models, source } = create();
    await source.segment(picture(640, 480, PERSON), 0);
    const first = models.square.sizes.length;
    expect(first).toBeGreaterThan(5);
    for (let n = 1; n <= 30; n++) {
      await source.segment(picture(640, 480, PERSON), n * 33_333);
      expect(models.square.sizes.length - first).toBe(n);
    }
    const sizes = models.square.sizes.slice(first).join(' ');
    expect(sizes).toContain('256x256');
    expect(sizes).not.toContain('256x256 256x256');
  });

  it('sees the whole of every frame where frames are far apart', async () => {
    const { models, source } = create();
    await source.segment(picture(640, 480, PERSON), 0);
    const first = models.square.sizes.length;
    for (let n = 1; n <= 10; n++) await source.segment(picture(640, 480, PERSON), n * 1e5);
    const sizes = models.square.sizes.slice(first);
    expect(sizes.filter((size) => size === '256x192').length).toBe(10);
    expect(sizes.length).toBeGreaterThan(10);
  });

  it('uses the landscape model for very wide pictures, and makes it only then', async () => {
    const { models, landscape, source } = create();
    await source.segment(picture(640, 480), 0);
    expect(landscape).not.toHaveBeenCalled();
    for (let n = 1; n <= 3; n++) await source.segment(picture(800, 300), n * 33_333);
    expect(landscape).toHaveBeenCalledOnce();
    expect(models.landscape.sizes).toContain('256x96');
    expect(models.square.sizes).not.toContain('256x96');
  });

  it.each([
    ['a timestamp goes back', (s: PeopleMaskSource) => s.segment(picture(640, 480, PERSON), 0)],
    [
      'it is reset',
      (s: PeopleMaskSource) => {
        s.reset();
        return s.segment(picture(640, 480, PERSON), 3e6);
      },
    ],
    ['the picture is turned', (s: PeopleMaskSource) => s.segment(picture(480, 640), 3e6)],
  ])('starts anew when %s', async (_, change) => {
    const { models, source } = create();
    for (let n = 0; n < 20; n++) await source.segment(picture(640, 480), 1e6 + n * 1e5);
    const before = models.square.sizes.length;
    await change(source);
    expect(models.square.sizes.length - before).toBeGreaterThan(5);
  });

  it('covers the first second under lamps that flicker strongly', async () => {
    const { source } = create();
    const told = [];
    for (let n = 0; n < 40; n++) {
      const shown = picture(640, 480);
      for (let y = 0; y < 480; y++) {
        const gain = 1 + 0.15 * Math.sin(2 * Math.PI * ((1.4 * y) / 480 + 0.19 * n));
        shown.data.fill(200 * gain, 4 * 640 * y, 4 * 640 * (y + 1));
      }
      told.push(await source.segment(shown, n * 40_000));
    }
    expect(told[15]).toMatchObject({ confidence: 0, reason: expect.stringContaining('flicker') });
    expect(told[39]).toMatchObject({ confidence: 1, reason: undefined });
  });

  it('closes what was made', async () => {
    const { models, source } = create();
    await source.segment(picture(800, 300), 0);
    source.close();
    await Promise.resolve();
    expect([models.square.closes, models.landscape.closes]).toEqual([1, 1]);
  });
});
