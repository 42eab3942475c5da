import { describe, expect, it } from 'vitest';
import { box, copyOf, inpaint, type Shot, shoot } from '../../test/inpaint-scene.ts';
import { pictureBytes, wrapPicture } from '../picture.ts';
import { CpuInpainter } from './cpu-inpainter.ts';

const WIDTH = 320;
const HEIGHT = 240;

/** A white wall with a chequered board in the middle, or with `stranger` in front of all of it. */
function room(stranger = false) {
  const data = new Uint8Array(pictureBytes('RGBA', WIDTH, HEIGHT)).fill(220);
  for (let y = 60; y < 180; y++) {
    for (let x = 80; x < 240; x++) {
      const dark = (Math.floor(x / 10) + Math.floor(y / 10)) % 2 === 0;
      data.fill(stranger ? 120 : dark ? 60 : 190, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
    }
  }
  return wrapPicture('RGBA', WIDTH, HEIGHT, data);
}

describe('the camera’s motion', () => {
  it('keeps the plate when the hole covers all that could tell of a movement', async () => {
    const inpainter = new CpuInpainter();
    const free = { width: 1, height: 1, data: new Uint8Array([0]) };
    for (let n = 0; n < 5; n++) {
      await inpainter.inpaint(room(), free, n * 33_333);
      inpainter.settle();
    }
    const hole = new Uint8Array(WIDTH * HEIGHT);
    for (let y = 50; y < 190; y++) hole.fill(255, y * WIDTH + 70, y * WIDTH + 250);
    const picture = room(true);
    const { camera, known } = await inpainter.inpaint(
      picture,
      { width: WIDTH, height: HEIGHT, data: hole },
      5 * 33_333,
    );
    expect([camera, known]).toEqual(['still', 1]);
    const truth = room();
    for (const [x, y] of [
      [85, 65],
      [155, 125],
      [205, 165],
    ] as const) {
      const i = 4 * (y * WIDTH + x);
      expect(Math.abs(picture.data[i]! - truth.data[i]!)).toBeLessThan(8);
    }
  });

  it.each([
    [5, 3],
    [-6, 2],
    [3, -4],
  ])('finds a nudge by %d, %d pixels before texture finer than the points that are compared', async (dx, dy) => {
    const inpainter = new CpuInpainter();
    const nothing = box(WIDTH, HEIGHT, 0, 0, 0, 0);
    const boards = (x: number, y: number) => {
      const data = new Uint8Array(pictureBytes('RGBA', WIDTH, HEIGHT)).fill(255);
      for (let v = 0; v < HEIGHT; v++) {
        for (let u = 0; u < WIDTH; u++) {
          const at = Math.imul(u - x + 500, 73856093) ^ Math.imul(v - y + 500, 19349663);
          const grain = ((Math.imul(at ^ (at >>> 13), 1540483477) >>> 16) & 63) - 32;
          data.fill(120 + grain + 40 * Math.sin((u - x) / 0.9), 4 * (v * WIDTH + u), 4 * (v * WIDTH + u) + 3);
        }
      }
      return wrapPicture('RGBA', WIDTH, HEIGHT, data);
    };
    for (let n = 0; n < 5; n++) await inpaint(inpainter, boards(0, 0), nothing);
    const { camera, map } = await inpaint(inpainter, boards(dx, dy), nothing);
    expect(camera).toBe('moved');
    for (const [k, value] of [1, 0, -dx, 0, 1, -dy].entries()) expect(Math.abs(map![k]! - value)).toBeLessThan(0.3);
  });

  /**
   * Frames of a camera with a hole in the middle: what it was taken for, and how far the hole's mean is from the truth,
   * levels.
   */
  async function follow(shots: readonly Shot[]): Promise<{ cameras: string[]; off: number[]; known: number[] }> {
    const inpainter = new CpuInpainter();
    const hole = box(WIDTH, HEIGHT, 110, 60, 190, 200);
    for (let n = 0; n < 5; n++) await inpaint(inpainter, shoot('I420', WIDTH, HEIGHT), box(WIDTH, HEIGHT, 0, 0, 0, 0));
    const out = { cameras: [] as string[], off: [] as number[], known: [] as number[] };
    for (const shot of shots) {
      const truth = shoot('I420', WIDTH, HEIGHT, shot);
      const shown = copyOf(truth);
      const { camera, known } = await inpaint(inpainter, shown, hole);
      out.cameras.push(camera);
      out.known.push(known);
      let sum = 0;
      let n = 0;
      for (let i = 0; i < WIDTH * HEIGHT; i++) {
        if (hole.data[i] === 0) continue;
        sum += Math.abs(shown.data[i]! - truth.data[i]!);
        n++;
      }
      out.off.push(sum / n);
    }
    inpainter.close();
    return out;
  }

  const STEPS = [1, 2, 3, 4, 5, 6, 7, 8];

  it('is followed through turns and zooms, and what is hidden stays known', async () => {
    const { cameras, off, known } = await follow(STEPS.map((steps) => ({ steps })));
    expect(cameras).toEqual(STEPS.map(() => 'moved'));
    expect(Math.min(...known)).toBe(1);
    // The board's edges are sharp, and eight times moved by parts of a pixel.
    expect(Math.max(...off)).toBeLessThan(9);
  });

  it('is followed in changing light', async () => {
    const { cameras, off } = await follow(STEPS.map((steps) => ({ steps, gain: 1 - 0.02 * steps, lift: steps })));
    expect(cameras).toEqual(STEPS.map(() => 'moved'));
    expect(Math.max(...off)).toBeLessThan(9);
  });

  it('is still when half of the picture moves in front of it', async () => {
    const { cameras } = await follow(
      STEPS.map((steps) => ({
        paint: (x, y, v) => (x < WIDTH / 2 ? v : 128 + 60 * Math.sin((x - 2 * steps) * 0.3) * Math.cos(y * 0.23)),
      })),
    );
    expect(cameras).not.toContain('moved');
  });

  it('is followed where most of every quarter moved alike and something goes its own way', async () => {
    const { cameras } = await follow(
      STEPS.map((steps) => ({
        steps,
        paint: (x, y, v) => (x < 40 ? 128 + 60 * Math.sin((x - 5 * steps) * 0.3) * Math.cos(y * 0.23) : v),
      })),
    );
    expect(cameras).toEqual(STEPS.map(() => 'moved'));
  });
});
