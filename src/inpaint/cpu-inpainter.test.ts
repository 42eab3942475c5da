import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, copyOf, inpaint, type Shot, shoot } from '../../test/inpaint-scene.ts';
import type { Mask } from '../mask.ts';
import type { Picture, PictureFormat } from '../picture.ts';
import { CpuInpainter } from './cpu-inpainter.ts';

const FORMATS: PictureFormat[] = ['I420', 'NV12', 'RGBA'];

/** Calls `use` with every byte that carries colour: its index, its channel and the pixels that share it. */
function eachSample(
  picture: Picture,
  use: (byte: number, channel: number, x: number, y: number, size: number) => void,
): void {
  picture.channels.forEach(({ offset, stride, step, shift, width, height }, c) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) use(offset + y * stride + x * step, c, x << shift, y << shift, 1 << shift);
    }
  });
}

function touches(mask: Mask, x: number, y: number, size: number): boolean {
  for (let v = y; v < Math.min(mask.height, y + size); v++) {
    for (let u = x; u < Math.min(mask.width, x + size); u++) if (mask.data[v * mask.width + u]! >= 128) return true;
  }
  return false;
}

/** Mean absolute difference of the samples that touch the mask. */
function error(a: Picture, b: Picture, mask: Mask): number {
  let sum = 0;
  let n = 0;
  eachSample(a, (byte, _c, x, y, size) => {
    if (!touches(mask, x, y, size)) return;
    sum += Math.abs(a.data[byte]! - b.data[byte]!);
    n++;
  });
  return sum / n;
}

const none = (width: number, height: number) => box(width, height, 0, 0, 0, 0);

describe.each(FORMATS)('CpuInpainter on %s', (format) => {
  it('shows nothing of what it was asked to forget', async () => {
    const [width, height] = [64, 48];
    const inpainter = new CpuInpainter();
    const thing = box(width, height, 20, 16, 40, 32);
    const black = (x: number, y: number, v: number) => (x >= 20 && x < 40 && y >= 16 && y < 32 ? 0 : v);
    for (let t = 0; t < 5; t++)
      await inpaint(inpainter, shoot(format, width, height, { paint: black }), none(width, height));
    inpainter.forget(box(width, height, 18, 14, 42, 34));
    const output = shoot(format, width, height, { paint: black });
    const report = await inpaint(inpainter, output, thing);
    expect(report.known).toBeLessThan(0.05);
    expect(error(output, shoot(format, width, height, {}), thing)).toBeLessThan(25);
  });

  it('does not keep a head that the mask found late', async () => {
    const [width, height] = [96, 96];
    const inpainter = new CpuInpainter();
    const body = box(width, height, 30, 40, 66, 96);
    const whole = box(width, height, 30, 12, 66, 96);
    const person = (t: number) => ({
      paint: (x: number, y: number, v: number) =>
        x >= 34 && x < 62 && y >= 18 ? 230 + 12 * Math.sin((x + t / 4) / 3) : v,
    });
    for (let t = 0; t < 15; t++) await inpaint(inpainter, shoot(format, width, height, person(t)), body);
    const output = shoot(format, width, height, person(15));
    await inpaint(inpainter, output, whole);
    const head = box(width, height, 36, 20, 60, 38);
    expect(error(output, shoot(format, width, height, person(15)), head)).toBeGreaterThan(50);
  });

  it('keeps what it saw beside the hole for seconds', async () => {
    const [width, height] = [96, 96];
    const inpainter = new CpuInpainter();
    const body = box(width, height, 30, 40, 66, 96);
    for (let t = 0; t < 40; t++) await inpaint(inpainter, shoot(format, width, height), body);
    const output = shoot(format, width, height);
    await inpaint(inpainter, output, box(width, height, 30, 12, 66, 96));
    expect(error(output, shoot(format, width, height), box(width, height, 30, 12, 66, 38))).toBeLessThan(3);
  });

  it.each([
    [96, 64],
    [33, 17],
    [75, 101],
    [2, 2],
    [1, 1],
  ])('leaves every byte outside the hole as it was at %dx%d', async (width, height) => {
    const inpainter = new CpuInpainter();
    for (let t = 0; t < 3; t++) {
      const mask = box(width, height, width >> 2, height >> 2, (width >> 1) + t, (height >> 1) + 1);
      const input = shoot(format, width, height, { lift: t });
      const output = copyOf(input);
      await inpaint(inpainter, output, mask);
      const hole = new Set<number>();
      eachSample(input, (byte, _c, x, y, size) => {
        if (touches(mask, x, y, size)) hole.add(byte);
      });
      for (let i = 0; i < input.data.length; i++) if (!hole.has(i)) expect(output.data[i]).toBe(input.data[i]);
    }
  });

  it('lets no raw pixel of a hole into any output, now or later', async () => {
    const [width, height] = [75, 53];
    const frame = fc.record({
      x: fc.integer({ min: 0, max: 60 }),
      y: fc.integer({ min: 0, max: 40 }),
      w: fc.integer({ min: 1, max: 50 }),
      h: fc.integer({ min: 1, max: 40 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
      small: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 5 }), async (frames) => {
        const one = new CpuInpainter();
        const two = new CpuInpainter();
        for (const [t, { x, y, w, h, seed, small }] of frames.entries()) {
          const mask = box(width, height, x, y, Math.min(width, x + w), Math.min(height, y + h));
          const given = small ? halved(mask) : mask;
          const a = shoot(format, width, height, { lift: 3 * t });
          const b = copyOf(a);
          const hole = small ? doubled(given, width, height) : mask;
          let noise = seed;
          eachSample(b, (byte, _c, px, py, size) => {
            if (!touches(hole, px, py, size)) return;
            noise = (noise * 1103515245 + 12345) % 2147483648;
            b.data[byte] = noise & 255;
          });
          await inpaint(one, a, given);
          await inpaint(two, b, given);
          expect(Buffer.compare(a.data, b.data)).toBe(0);
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, Shot]>([
    ['brighter', { lift: 9 }],
    ['of more contrast', { gain: 1.15 }],
    ['displaced', { dx: 6 }],
    ['black', { gain: 0 }],
  ])('finds light and camera alike when what the hole covers is %s', async (_name, raw) => {
    const [width, height] = [320, 240];
    const mask = box(width, height, 20, 10, 300, 200);
    const empty = shoot(format, width, height);
    const other = shoot(format, width, height, raw);
    const run = async (covered: boolean) => {
      const inpainter = new CpuInpainter();
      await inpaint(inpainter, copyOf(empty), none(width, height));
      const picture = shoot(format, width, height, { lift: 1 });
      eachSample(picture, (byte, _c, x, y, size) => {
        if (covered && touches(mask, x, y, size)) picture.data[byte] = other.data[byte]!;
      });
      const { camera } = await inpaint(inpainter, picture, mask);
      const later = copyOf(empty);
      await inpaint(inpainter, later, mask);
      return { camera, bytes: Buffer.concat([picture.data, later.data]) };
    };
    const [a, b] = [await run(false), await run(true)];
    expect(a.camera).toBe('still');
    expect(b.camera).toBe('still');
    expect(Buffer.compare(a.bytes, b.bytes)).toBe(0);
  });

  it('never takes its own fill for something seen', async () => {
    const [width, height] = [96, 64];
    const inpainter = new CpuInpainter();
    const mask = box(width, height, 30, 10, 60, 64);
    const posed = shoot(format, width, height);
    for (let t = 0; t < 40; t++) {
      const { known, coverage } = await inpaint(inpainter, copyOf(posed), mask);
      expect(known).toBe(0);
      expect(coverage).toBeLessThan(0.8);
    }
  });

  it('shows the background where it was seen, and follows the exposure', async () => {
    const [width, height] = [160, 120];
    const inpainter = new CpuInpainter();
    for (let t = 0; t < 5; t++) await inpaint(inpainter, shoot(format, width, height), none(width, height));
    const mask = box(width, height, 50, 30, 100, 110);
    for (const [gain, lift] of [
      [1, 0],
      [1.05, 4],
      [1.2, -10],
      [0.8, 12],
      [0.5, 3],
      [1.1, 0],
    ] as const) {
      const truth = shoot(format, width, height, { gain, lift });
      const seen = shoot(format, width, height, {
        gain,
        lift,
        paint: (x, y, v) => (x >= 50 && x < 100 && y >= 30 && y < 110 ? 5 : v),
      });
      const report = await inpaint(inpainter, seen, mask);
      expect(report).toMatchObject({ known: 1, coverage: 1, camera: 'still' });
      expect(error(seen, truth, mask)).toBeLessThan(1);
    }
  });

  it('never learns somebody who stands still in the hole', async () => {
    const [width, height] = [160, 120];
    const inpainter = new CpuInpainter();
    const mask = box(width, height, 60, 20, 100, 120);
    const person = { paint: (x: number, y: number, v: number) => (x >= 60 && x < 100 && y >= 20 ? 10 : v) };
    await inpaint(inpainter, shoot(format, width, height), none(width, height));
    const posed = shoot(format, width, height, person);
    let shown = posed;
    for (let t = 0; t < 200; t++) {
      shown = copyOf(posed);
      await inpaint(inpainter, shown, mask);
    }
    expect(error(shown, shoot(format, width, height), mask)).toBeLessThan(1);
  });

  it('learns a chair that was moved within three seconds, but not a hand that passes', async () => {
    const [width, height] = [96, 64];
    const chair: Shot = { paint: (x, y, v) => (x >= 20 && x < 50 && y >= 20 && y < 60 ? 220 - 0.3 * v : v) };
    const mask = box(width, height, 16, 16, 54, 64);
    const empty = shoot(format, width, height);
    const moved = shoot(format, width, height, chair);
    const seen = async (inpainter: CpuInpainter, frames: number) => {
      for (let t = 0; t < 60; t++) await inpaint(inpainter, empty, none(width, height));
      for (let t = 0; t < frames; t++) await inpaint(inpainter, moved, none(width, height));
      const shown = shoot(format, width, height);
      await inpaint(inpainter, shown, mask);
      return shown;
    };
    const after90 = await seen(new CpuInpainter(), 90);
    expect(error(after90, shoot(format, width, height, chair), mask)).toBeLessThan(2);
    const after10 = await seen(new CpuInpainter(), 10);
    expect(error(after10, shoot(format, width, height), mask)).toBeLessThan(2);
  });

  it('shows the mean of what it saw where nothing ever holds still', async () => {
    const [width, height] = [96, 64];
    const inpainter = new CpuInpainter();
    const waving = (by: number): Shot => ({ paint: (x, _y, v) => (x >= 30 && x < 60 ? v + by : v) });
    // The first look is far from all that follow, and each differs from the one before.
    await inpaint(inpainter, shoot(format, width, height, waving(-90)), none(width, height));
    for (let t = 0; t < 40; t++) {
      await inpaint(inpainter, shoot(format, width, height, waving((t >> 1) % 2 ? 25 : -25)), none(width, height));
    }
    const shown = shoot(format, width, height);
    const mask = box(width, height, 36, 16, 54, 48);
    await inpaint(inpainter, shown, mask);
    expect(error(shown, shoot(format, width, height), mask)).toBeLessThan(20);
  });

  it.each([
    [45, 'goes on in the hole', 0, 22],
    [110, 'does not: it is somebody that the mask missed', 100, 110],
  ])('%d levels of change all round the hole: %s', async (by, _what, least, most) => {
    const [width, height] = [160, 120];
    const inpainter = new CpuInpainter();
    // Dark enough for all of the change to fit.
    const dark = (v: number) => v * 0.4;
    const room: Shot = { paint: (_x, _y, v) => dark(v) };
    const changed: Shot = {
      paint: (x, y, v) => dark(v) + (x >= 60 && x < 100 && y >= 40 && y < 80 ? by : 0),
    };
    for (let t = 0; t < 40; t++) await inpaint(inpainter, shoot(format, width, height, room), none(width, height));
    const mask = box(width, height, 72, 52, 88, 68);
    let shown = shoot(format, width, height, changed);
    for (let t = 0; t < 6; t++) {
      shown = shoot(format, width, height, changed);
      await inpaint(inpainter, shown, mask);
    }
    const found = error(shown, shoot(format, width, height, changed), mask);
    expect(found).toBeGreaterThanOrEqual(least);
    expect(found).toBeLessThanOrEqual(most);
  });

  it('moves the plate with the camera when it was pushed a little', async () => {
    const [width, height] = [320, 240];
    const inpainter = new CpuInpainter();
    for (let t = 0; t < 5; t++) await inpaint(inpainter, shoot(format, width, height), none(width, height));
    const mask = box(width, height, 120, 60, 200, 220);
    const truth = shoot(format, width, height, { dx: 6 });
    const shown = copyOf(truth);
    const report = await inpaint(inpainter, shown, mask);
    expect(report.camera).toBe('moved');
    expect(report.known).toBe(1);
    expect(error(shown, truth, mask)).toBeLessThan(1.5);
  });

  it('forgets the plate when the camera shows another place', async () => {
    const [width, height] = [320, 240];
    const inpainter = new CpuInpainter();
    await inpaint(inpainter, shoot(format, width, height), none(width, height));
    const other = shoot(format, width, height, {
      paint: (x, y) => 128 + 60 * Math.sin(x * 0.031 * (1 + y * 0.02)) + 40 * Math.sin(y * 0.37),
    });
    const report = await inpaint(inpainter, other, box(width, height, 120, 60, 200, 220));
    expect(report).toMatchObject({ camera: 'lost', known: 0 });
  });
});

describe('CpuInpainter', () => {
  it('shows the hole in the new light when a lamp goes on that reaches one side more than the other', async () => {
    const [width, height] = [320, 240];
    const inpainter = new CpuInpainter();
    const lamp: Shot = { paint: (x, _y, v) => v + 30 + x * 0.06 };
    const mask = box(width, height, 120, 60, 200, 220);
    for (let t = 0; t < 40; t++) await inpaint(inpainter, shoot('I420', width, height), none(width, height));
    let shown = shoot('I420', width, height, lamp);
    for (let t = 0; t < 90; t++) {
      shown = shoot('I420', width, height, lamp);
      await inpaint(inpainter, shown, mask);
    }
    expect(error(shown, shoot('I420', width, height, lamp), mask)).toBeLessThan(4);
  });

  it('holds no more memory after 200 frames than after 20', async () => {
    const inpainter = new CpuInpainter();
    const input = shoot('I420', 96, 64);
    const picture = copyOf(input);
    const masks = Array.from({ length: 30 }, (_, t) => box(96, 64, 10 + t, 10, 50, 64));
    const frame = async (t: number) => {
      picture.data.set(input.data);
      await inpaint(inpainter, picture, masks[t % 30]!);
    };
    for (let t = 0; t < 20; t++) await frame(t);
    const before = process.memoryUsage().arrayBuffers;
    for (let t = 20; t < 200; t++) await frame(t);
    // One plate of this size alone is 61 KB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000);
  });

  it('starts anew when the size or the format changes', async () => {
    const inpainter = new CpuInpainter();
    await inpaint(inpainter, shoot('I420', 64, 48), none(64, 48));
    const smaller = await inpaint(inpainter, shoot('I420', 48, 32), box(48, 32, 8, 8, 24, 24));
    expect(smaller.known).toBe(0);
    const other = await inpaint(inpainter, shoot('RGBA', 48, 32), box(48, 32, 8, 8, 24, 24));
    expect(other.known).toBe(0);
  });

  it('forgets on reset and refuses after close', async () => {
    const inpainter = new CpuInpainter();
    await inpaint(inpainter, shoot('I420', 64, 48), none(64, 48));
    inpainter.reset();
    expect((await inpaint(inpainter, shoot('I420', 64, 48), box(64, 48, 8, 8, 24, 24))).known).toBe(0);
    inpainter.close();
    inpainter.close();
    await expect(inpaint(inpainter, shoot('I420', 64, 48), none(64, 48))).rejects.toThrow('closed');
  });

  it('rejects a mask that is shorter than it says', async () => {
    const inpainter = new CpuInpainter();
    const mask = { width: 64, height: 48, data: new Uint8Array(10) };
    await expect(inpaint(inpainter, shoot('I420', 64, 48), mask)).rejects.toThrow('64x48 mask');
  });

  it('fills everything when everything is hole and nothing was seen', async () => {
    const picture = shoot('RGBA', 64, 48);
    const report = await inpaint(new CpuInpainter(), picture, box(64, 48, 0, 0, 64, 48));
    expect(report).toMatchObject({ hole: 1, known: 0, coverage: 0 });
    expect(picture.data[0]).toBe(128);
  });
});

function halved(mask: Mask): Mask {
  const width = (mask.width + 1) >> 1;
  const height = (mask.height + 1) >> 1;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data[y * width + x] = mask.data[2 * y * mask.width + Math.min(2 * x, mask.width - 1)]!;
  }
  return { width, height, data };
}

/** The definition of mask.ts, written once more: bilinear over the whole picture, hole from 128 on. */
function doubled(mask: Mask, width: number, height: number): Mask {
  const at = (x: number, y: number) =>
    mask.data[Math.min(mask.height - 1, Math.max(0, y)) * mask.width + Math.min(mask.width - 1, Math.max(0, x))]!;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) * mask.width) / width - 0.5;
      const v = ((y + 0.5) * mask.height) / height - 0.5;
      const [l, t] = [Math.floor(u), Math.floor(v)];
      const [a, b] = [u - l, v - t];
      const value =
        (at(l, t) * (1 - a) + at(l + 1, t) * a) * (1 - b) + (at(l, t + 1) * (1 - a) + at(l + 1, t + 1) * a) * b;
      data[y * width + x] = value >= 128 - 1e-3 ? 255 : 0;
    }
  }
  return { width, height, data };
}
