import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { box, copyOf, shoot } from '../../../test/inpaint-scene.ts';
import type { Mask } from '../../mask.ts';
import type { Picture, PictureFormat } from '../../picture.ts';
import { CpuInpainter } from '../cpu-inpainter.ts';
import type { Pace } from '../network/network-fill.ts';
import { NOT_SEEN } from '../plate-view.ts';
import { type Completer, LocalCompleter } from './completer.ts';
import type { Completion, CompletionInput } from './completion.ts';

const [WIDTH, HEIGHT] = [128, 80];
const PERSON = box(WIDTH, HEIGHT, 50, 30, 80, HEIGHT);
const stripes = (x: number, y: number) => (Math.floor((x + y / 2) / 8) % 2 ? 60 : 180);
const room = (format: PictureFormat = 'I420', lift = 0) => shoot(format, WIDTH, HEIGHT, { lift, paint: stripes });

class Counting implements Completer {
  readonly inputs: CompletionInput[] = [];
  readonly signals: AbortSignal[] = [];
  closes = 0;
  readonly #completer: Pick<Completer, 'complete'>;

  constructor(completer: Pick<Completer, 'complete'> = new LocalCompleter()) {
    this.#completer = completer;
  }
  complete(input: CompletionInput, signal: AbortSignal): Promise<Completion | undefined> {
    this.inputs.push(input);
    this.signals.push(signal);
    return this.#completer.complete(input, signal);
  }
  close(): void {
    this.closes++;
  }
}

function setUp(pace: Pace = 'synchronous', completer = new Counting()) {
  const errors: unknown[] = [];
  const inpainter = new CpuInpainter({ completion: { completer, pace, onError: (error) => errors.push(error) } });
  let timestamp = 0;
  const frame = async (picture: Picture, mask: Mask = PERSON, late = false): Promise<Picture> => {
    timestamp += 33_333;
    await inpainter.inpaint(picture, mask, timestamp);
    inpainter.settle(late);
    return picture;
  };
  return { inpainter, completer, errors, frame };
}

/** Mean difference to what is really there, over luma (or red) of the mask. */
function error({ data, channels: [{ offset, stride, step }] }: Picture, truth: Picture, mask: Mask): number {
  let sum = 0;
  let n = 0;
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (!mask.data[y * mask.width + x]) continue;
      const at = offset + y * stride + x * step;
      sum += Math.abs(data[at]! - truth.data[at]!);
      n++;
    }
  }
  return sum / n;
}

afterEach(() => vi.useRealTimers());

describe.each<PictureFormat>(['I420', 'NV12', 'RGBA'])('the completed room on %s', (format) => {
  it('comes on show after a second of stillness, faded in, and follows the light', async () => {
    const { frame, completer } = setUp();
    const errors: number[] = [];
    for (let t = 0; t < 40; t++) errors.push(error(await frame(room(format, t / 4)), room(format, t / 4), PERSON));
    expect(completer.inputs).toHaveLength(1);
    expect(errors[5], 'the smooth fill').toBeGreaterThan(25);
    for (let t = 1; t < 40; t++) expect(Math.abs(errors[t]! - errors[t - 1]!), `frame ${t}`).toBeLessThan(15);
    expect(errors.at(-1)).toBeLessThan(8);
  });

  it('is in the view of the plate, half transparent: nobody has seen it', async () => {
    const { frame, inpainter } = setUp();
    const empty = setUp();
    for (let t = 0; t < 3; t++) await empty.frame(room(format), box(WIDTH, HEIGHT, 0, 0, 0, 0));
    const truth = (await empty.inpainter.view())!;
    /** The share of the hole that is half transparent, and the mean difference of green there. */
    const inHole = async () => {
      const { data } = (await inpainter.view())!;
      const at = [...PERSON.data.keys()].filter((i) => PERSON.data[i]);
      expect(at.every((i) => [0, NOT_SEEN].includes(data[4 * i + 3]!))).toBe(true);
      const shown = at.filter((i) => data[4 * i + 3] !== 0);
      const off = shown.reduce((sum, i) => sum + Math.abs(data[4 * i + 1]! - truth.data[4 * i + 1]!), 0);
      return { share: shown.length / at.length, off: off / shown.length };
    };
    for (let t = 0; t < 5; t++) await frame(room(format));
    expect((await inHole()).share).toBe(0);
    for (let t = 0; t < 35; t++) await frame(room(format));
    const { share, off } = await inHole();
    expect(share).toBeGreaterThan(0.95);
    expect(off).toBeLessThan(10);
  });

  it('is shown before a noisy camera too', async () => {
    const { frame } = setUp();
    let seed = 1;
    const noise = () => {
      seed = (seed * 16807) % 2147483647;
      return (12 * seed) / 2147483647 - 6;
    };
    const bars = (x: number) => (Math.floor(x / 8) % 2 ? 60 : 180);
    const noisy = () => shoot(format, WIDTH, HEIGHT, { paint: (x) => bars(x) + noise() });
    const truth = shoot(format, WIDTH, HEIGHT, { paint: bars });
    for (let t = 0; t < 30; t++) await frame(noisy());
    // The mean of what a frame shows against a room without noise: the smooth fill is off by more than 25.
    expect(error(await frame(noisy()), truth, PERSON)).toBeLessThan(16);
  });

  it('lets no raw pixel of a hole into any output, now or later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const [one, two] = [setUp(), setUp()];
        let noise = seed;
        for (let t = 0; t < 24; t++) {
          // They sway: what was beside them is known by then.
          const mask = box(WIDTH, HEIGHT, 46 + (t % 5), 30, 80, HEIGHT);
          const a = room(format);
          const b = copyOf(a);
          b.channels.forEach(({ offset, stride, step, shift, width, height }) => {
            for (let y = 0; y < height; y++) {
              for (let x = 0; x < width; x++) {
                // Chroma is hole as soon as one of its pixels is.
                const [u, v] = [Math.min(WIDTH - 1, (x << shift) + shift), Math.min(HEIGHT - 1, (y << shift) + shift)];
                if (!mask.data[(y << shift) * WIDTH + (x << shift)] && !mask.data[v * WIDTH + u]) continue;
                noise = (noise * 1103515245 + 12345) % 2147483648;
                b.data[offset + y * stride + x * step] = noise & 255;
              }
            }
          });
          await one.frame(a, mask);
          await two.frame(b, mask);
          expect(Buffer.compare(a.data, b.data), `frame ${t}`).toBe(0);
        }
        expect((await two.inpainter.view())!.data).toEqual((await one.inpainter.view())!.data);
        expect(two.completer.inputs.length).toBeGreaterThan(0);
        expect(two.completer.inputs).toEqual(one.completer.inputs);
      }),
      { numRuns: 2 },
    );
  });
});

describe('the completed room', () => {
  it('is made once, and not again while nothing changes', async () => {
    const { frame, completer } = setUp();
    for (let t = 0; t < 120; t++) await frame(room());
    expect(completer.inputs).toHaveLength(1);
  });

  it('is made again when a tenth of what was unknown has been seen', async () => {
    const { frame, completer } = setUp();
    for (let t = 0; t < 40; t++) await frame(room());
    for (let t = 0; t < 40; t++) await frame(room(), box(WIDTH, HEIGHT, 52, 30, 80, HEIGHT));
    expect(completer.inputs).toHaveLength(1);
    for (let t = 0; t < 40; t++) await frame(room(), box(WIDTH, HEIGHT, 55, 30, 80, HEIGHT));
    expect(completer.inputs).toHaveLength(2);
  });

  it('is not made while the camera moves', async () => {
    const { frame, completer } = setUp();
    for (let t = 0; t < 30; t++) await frame(shoot('I420', WIDTH, HEIGHT, { dx: 6 * (t >> 3) }));
    expect(completer.inputs).toHaveLength(0);
  });

  it('is gone with what it was copied from: nothing of what is to be forgotten is shown anywhere', async () => {
    const { frame, inpainter, completer } = setUp();
    const red = shoot('RGBA', WIDTH, HEIGHT, { paint: () => 120 });
    for (let t = 0; t < 30; t++) await frame(copyOf(red));
    const everything = box(WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT);
    inpainter.forget(everything);
    const output = await frame(shoot('RGBA', WIDTH, HEIGHT, { paint: () => 20 }));
    expect(error(output, shoot('RGBA', WIDTH, HEIGHT, { paint: () => 20 }), PERSON)).toBeLessThan(30);
    expect(completer.inputs).toHaveLength(1);
  });

  it('gives way to the smooth fill where the room beside it changes, and comes back', async () => {
    const { frame } = setUp();
    const shown = async (v: number, frames: number) => {
      let output = room();
      for (let t = 0; t < frames; t++) {
        // A curtain is drawn, so near that it must go on behind them; light far from it stays.
        output = await frame(
          shoot('I420', WIDTH, HEIGHT, { paint: (x, y) => (v && x > 36 && x < 94 ? v : stripes(x, y)) }),
        );
      }
      return output;
    };
    const before = await shown(0, 40);
    expect(error(before, room(), PERSON)).toBeLessThan(8);
    const during = await shown(120, 15);
    expect(error(during, room(), PERSON)).toBeGreaterThan(25);
    // Some three seconds of stillness.
    const after = await shown(0, 100);
    expect(error(after, room(), PERSON)).toBeLessThan(12);
  });

  it('is not shown where copies do not explain what is beside the hole', async () => {
    const { frame, completer } = setUp();
    const smooth = new CpuInpainter();
    const chaos = (x: number, y: number) => {
      const s = Math.sin((x >> 1) * 127.1 + (y >> 1) * 311.7) * 43758.5453;
      return 8 + 240 * (s - Math.floor(s));
    };
    for (let t = 0; t < 30; t++) {
      const picture = shoot('I420', WIDTH, HEIGHT, { paint: chaos });
      const other = copyOf(picture);
      await frame(picture);
      await smooth.inpaint(other, PERSON, 33_333 * (t + 1));
      smooth.settle();
      expect(error(picture, other, PERSON), `frame ${t}`).toBeLessThan(3);
    }
    expect(completer.inputs).toHaveLength(1);
    smooth.close();
  });

  it.each([
    ['fails', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('is given up, reported once, when a run %s', async (_, complete) => {
    const { frame, errors, completer } = setUp('synchronous', new Counting({ complete }));
    let output = room();
    for (let t = 0; t < 60; t++) output = await frame(room());
    expect(errors).toEqual([new Error('broken')]);
    expect(completer.inputs).toHaveLength(1);
    expect(error(output, room(), PERSON)).toBeLessThan(80);
  });
});

describe('in a call', () => {
  const never = { complete: () => new Promise<never>(() => {}) };

  it('no frame waits, and a run is put off while frames are late', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const { frame, completer } = setUp('best-effort', new Counting(never));
    for (let t = 0; t < 60; t++, vi.advanceTimersByTime(33)) await frame(room(), PERSON, true);
    expect(completer.inputs).toHaveLength(0);
    await frame(room());
    expect(completer.inputs).toHaveLength(1);
  });

  it('a device that is always late gets its first completion within seconds, later ones less often', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const { frame, completer } = setUp('best-effort');
    const seconds = async (n: number, mask?: Mask) => {
      for (let t = 0; t < 4 * n; t++, await vi.advanceTimersByTimeAsync(250)) await frame(room(), mask, true);
    };
    await seconds(4);
    expect(completer.inputs).toHaveLength(1);
    // Half of what was unknown is seen: a better one would pay, but not now.
    const rest = box(WIDTH, HEIGHT, 65, 30, 80, HEIGHT);
    await seconds(4, rest);
    expect(completer.inputs).toHaveLength(1);
    await seconds(6, rest);
    expect(completer.inputs).toHaveLength(2);
  });

  it('what a run needs is loaded before it is due', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const counting = new Counting(never);
    let before = -1;
    const prepare = () => {
      if (before < 0) before = counting.inputs.length;
    };
    const { frame } = setUp('best-effort', Object.assign(counting, { prepare }));
    await frame(room());
    expect(before, 'not with the first frame').toBe(-1);
    for (let t = 0; t < 60; t++, vi.advanceTimersByTime(33)) await frame(room());
    expect(before).toBe(0);
    expect(counting.inputs).toHaveLength(1);
  });

  it('a run that takes too long is ended and reported once', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const slow = {
      complete: (_: CompletionInput, signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    const { frame, completer, errors } = setUp('best-effort', new Counting(slow));
    for (let t = 0; t < 60; t++, await vi.advanceTimersByTimeAsync(1000)) await frame(room());
    expect(completer.signals[0]?.aborted).toBe(true);
    expect(String(errors)).toContain('longer than');
    expect(completer.inputs).toHaveLength(1);
  });

  it.each(['forget', 'reset', 'close'] as const)('%s ends a run under way, and is not reported', async (how) => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const { frame, completer, errors, inpainter } = setUp('best-effort', new Counting(never));
    for (let t = 0; t < 60; t++, vi.advanceTimersByTime(33)) await frame(room());
    if (how === 'forget') inpainter.forget(PERSON);
    else inpainter[how]();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(completer.signals[0]?.aborted).toBe(true);
    expect(completer.closes).toBe(how === 'close' ? 1 : 0);
    expect(errors).toEqual([]);
  });
});
