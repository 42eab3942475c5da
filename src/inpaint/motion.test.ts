import { describe, expect, it } from 'vitest';
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
      await inpainter.inpaint(room(), free);
      inpainter.settle();
    }
    const hole = new Uint8Array(WIDTH * HEIGHT);
    for (let y = 50; y < 190; y++) hole.fill(255, y * WIDTH + 70, y * WIDTH + 250);
    const picture = room(true);
    const { camera, known } = await inpainter.inpaint(picture, { width: WIDTH, height: HEIGHT, data: hole });
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
});
