import { describe, expect, it } from 'vitest';
import { box, inpaint, shoot } from '../../test/inpaint-scene.ts';
import { colourMap } from './colour.ts';
import { CpuInpainter } from './cpu-inpainter.ts';
import type { Fill, WorkingFrame } from './fill.ts';
import { workingSize } from './working-frame.ts';

describe('workingSize', () => {
  it.each([
    [1280, 720, 256, 160],
    [1920, 1080, 256, 160],
    [640, 480, 224, 160],
    [720, 1280, 160, 256],
    [480, 480, 160, 160],
    [432, 240, 256, 160],
    [64, 48, 64, 64],
    [1, 1, 32, 32],
  ])('of %dx%d is %dx%d', (width, height, w, h) => {
    expect(workingSize(width, height)).toEqual({ width: w, height: h });
  });

  it.each([
    [1280, 720, 480, 288],
    [432, 240, 480, 288],
    [640, 480, 384, 288],
    [320, 240, 384, 288],
    [720, 480, 480, 288],
    // Standing and square ones would be squeezed too much.
    [720, 1280, 160, 256],
    [480, 480, 160, 160],
  ])('of %dx%d with a fill made for 16:9 and 4:3 is %dx%d', (width, height, w, h) => {
    const sizes = [
      { width: 480, height: 288 },
      { width: 384, height: 288 },
    ];
    expect(workingSize(width, height, sizes)).toEqual({ width: w, height: h });
  });
});

describe('colourMap', () => {
  it.each(['bt601', 'bt709'] as const)('gives black, white and back again, %s', (matrix) => {
    for (const fullRange of [false, true]) {
      const { toRgb, fromRgb } = colourMap('I420', { matrix, fullRange });
      const map = (m: Float32Array, v: number[]) =>
        [0, 4, 8].map((r) => m[r]! * v[0]! + m[r + 1]! * v[1]! + m[r + 2]! * v[2]! + m[r + 3]!);
      for (const c of map(toRgb, [fullRange ? 0 : 16, 128, 128])) expect(c).toBeCloseTo(0, 5);
      for (const c of map(toRgb, [fullRange ? 255 : 235, 128, 128])) expect(c).toBeCloseTo(1, 5);
      const yuv = map(fromRgb, [0.2, 0.5, 0.7]);
      map(toRgb, yuv).forEach((v, i) => {
        expect(v).toBeCloseTo([0.2, 0.5, 0.7][i]!, 5);
      });
    }
  });
});

/** Keeps a copy of what it was given. */
class Spy implements Fill {
  readonly name = 'network';
  readonly inputs: WorkingFrame[] = [];
  resets = 0;
  closes = 0;
  fill(input: WorkingFrame): Promise<Float32Array> {
    const { width, height, frame, hole, plate, known } = input;
    this.inputs.push({
      width,
      height,
      frame: frame.slice(),
      hole: hole.slice(),
      plate: plate.slice(),
      known: known.slice(),
    });
    return Promise.resolve(new Float32Array(3 * width * height).fill(0.25));
  }
  reset(): void {
    this.resets++;
  }
  close(): void {
    this.closes++;
  }
}

describe('a fill', () => {
  it('sees every frame, with zeros in the hole and the plate where it is known', async () => {
    const [width, height] = [100, 60];
    const spy = new Spy();
    const inpainter = new CpuInpainter({ fill: spy });
    // For so long that what is seen beside the hole is room, and not somebody whom the mask finds late.
    for (let n = 0; n < 32; n++) {
      await inpaint(inpainter, shoot('I420', width, height), box(width, height, 0, 0, 40, 60));
    }
    await inpaint(inpainter, shoot('I420', width, height), box(width, height, 30, 0, 50, 60));
    await inpaint(inpainter, shoot('I420', width, height), box(width, height, 0, 0, 0, 0));
    expect(spy.inputs).toHaveLength(34);
    const second = spy.inputs[32]!;
    expect([second.width, second.height]).toEqual([128, 64]);
    const at = (x: number) => 32 * second.width + Math.floor((x * second.width) / width);
    for (const [x, hole, known] of [
      [10, 0, 1],
      [35, 1, 0],
      [45, 1, 1],
      [70, 0, 1],
    ] as const) {
      expect(second.hole[at(x)], `hole at ${x}`).toBe(hole);
      expect(second.known[at(x)], `known at ${x}`).toBe(known);
      if (hole) expect(second.frame[at(x)]).toBe(0);
      else expect(second.frame[at(x)]).toBeGreaterThan(0.1);
      if (hole && known) expect(second.plate[at(x)]).toBeGreaterThan(0.1);
    }
  });

  it('is shown where nothing was ever seen, is reset with the plate and closed with the inpainter', async () => {
    const spy = new Spy();
    const inpainter = new CpuInpainter({ fill: spy });
    const picture = shoot('RGBA', 64, 64);
    await inpaint(inpainter, picture, box(64, 64, 16, 16, 48, 48));
    expect(picture.data[(32 * 64 + 32) * 4]).toBe(64);
    inpainter.reset();
    expect(spy.resets).toBe(1);
    inpainter.close();
    expect(spy.closes).toBe(1);
  });

  it('gets frames of the size that it is made for, and forgets when the camera is turned away', async () => {
    const spy = Object.assign(new Spy(), { sizes: [{ width: 64, height: 32 }] });
    const inpainter = new CpuInpainter({ fill: spy });
    const none = box(160, 96, 0, 0, 0, 0);
    for (let t = 0; t < 4; t++) await inpaint(inpainter, shoot('I420', 160, 96), none);
    expect(spy.inputs.map(({ width, height }) => [width, height])).toEqual(Array(4).fill([64, 32]));
    const turned = { paint: (x: number, y: number) => (((x >> 3) + (y >> 4)) % 2 === 0 ? 30 : 220) };
    const { camera } = await inpaint(inpainter, shoot('I420', 160, 96, turned), none);
    expect(camera).toBe('lost');
    expect(spy.resets).toBe(1);
  });
});
