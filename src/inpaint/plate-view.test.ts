import { describe, expect, it } from 'vitest';
import { box, copyOf, inpaint, shoot } from '../../test/inpaint-scene.ts';
import type { PictureFormat } from '../picture.ts';
import { colourMap } from './colour.ts';
import { CpuInpainter } from './cpu-inpainter.ts';
import { type PlateView, viewSize } from './plate-view.ts';

const pixel = ({ width, data }: PlateView, x: number, y: number) => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
];

describe('viewSize', () => {
  it.each([
    [1280, 720, 480, 270],
    [720, 1280, 270, 480],
    [320, 240, 320, 240],
    [3000, 2, 480, 1],
    [0, 0, 1, 1],
  ])('of %i x %i is %i x %i', (width, height, w, h) => {
    expect(viewSize(width, height)).toEqual({ width: w, height: h });
  });
});

describe.each<PictureFormat>(['I420', 'NV12', 'RGBA'])('the view of a plate, %s', (format) => {
  const [width, height] = [960, 540];
  const mask = box(width, height, 200, 100, 400, 540);

  it('is the room in its colours, and transparent and black where it was never seen', async () => {
    const inpainter = new CpuInpainter();
    expect(await inpainter.view()).toBeUndefined();
    const room = shoot(format, width, height, { paint: () => 90 });
    for (let t = 0; t < 3; t++) await inpaint(inpainter, copyOf(room), mask);
    const view = (await inpainter.view())!;
    expect([view.width, view.height]).toEqual([480, 270]);
    const { toRgb } = colourMap(format, room.yuv);
    const rgb = [0, 4, 8].map((k) => {
      const v = 90 * (toRgb[k]! + toRgb[k + 1]! + toRgb[k + 2]!) + toRgb[k + 3]!;
      return Math.min(255, Math.max(0, 255 * v));
    });
    let apart = 0;
    view.data.forEach((value, i) => {
      const x = (i >> 2) % view.width;
      const unseen = x >= 100 && x < 200 && i >> 2 >= 50 * view.width;
      const expected = unseen ? 0 : (rgb[i & 3] ?? 255);
      apart = Math.max(apart, unseen ? 255 * value : Math.abs(value - expected));
    });
    expect(apart).toBeLessThanOrEqual(1);
  });

  it('shows a place that was seen before the hole came, in today’s light', async () => {
    const inpainter = new CpuInpainter();
    for (let t = 0; t < 5; t++) await inpaint(inpainter, shoot(format, width, height), box(width, height, 0, 0, 0, 0));
    const before = (await inpainter.view())!;
    const shown = shoot(format, width, height, { lift: 10 });
    await inpaint(inpainter, shown, mask);
    const now = (await inpainter.view())!;
    const [a, b] = [pixel(before, 150, 150), pixel(now, 150, 150)];
    expect(b[3]).toBe(255);
    expect(b[0]! - a[0]!).toBeGreaterThan(5);
  });

  it('shows nothing of what is in the hole, now or later', async () => {
    const [one, two] = [new CpuInpainter(), new CpuInpainter()];
    for (let t = 0; t < 4; t++) {
      const hole = box(160, 90, 20 + 8 * t, 12, 60 + 8 * t, 80);
      const inside = (x: number, y: number) => hole.data[y * 160 + x] !== 0;
      const paint = (value: number) => (x: number, y: number, v: number) => (inside(x, y) ? value : v);
      await inpaint(one, shoot(format, 160, 90, { paint: paint(30) }), hole);
      await inpaint(two, shoot(format, 160, 90, { paint: paint(220) }), hole);
      const [a, b] = [(await one.view())!, (await two.view())!];
      expect(Buffer.compare(Buffer.from(a.data), Buffer.from(b.data))).toBe(0);
    }
  });

  it('is gone with the plate', async () => {
    const inpainter = new CpuInpainter();
    await inpaint(inpainter, shoot(format, width, height), mask);
    inpainter.forget(box(width, height, 0, 0, 480, 540));
    const view = (await inpainter.view())!;
    expect([pixel(view, 10, 10)[3], pixel(view, 400, 10)[3]]).toEqual([0, 255]);
    inpainter.reset();
    expect(await inpainter.view()).toBeUndefined();
  });
});
