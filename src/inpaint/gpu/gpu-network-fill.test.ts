import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Pace } from '../network/network-fill.ts';
import type { GpuFill, GpuWorkingFrame } from './gpu-fill.ts';
import { GpuNetworkFill } from './gpu-network-fill.ts';

const SIZES = [
  { width: 32, height: 32 },
  { width: 64, height: 32 },
];
/** Buffers differ by their names alone. */
const buffer = (label: string) => ({ label }) as GPUBuffer;
const frame = (size = SIZES[0]!) => ({ ...size, frame: buffer(`frame ${size.width}`) }) as GpuWorkingFrame;

class FakeFill implements GpuFill {
  readonly name = 'push-pull';
  closes = 0;
  readonly #label: string;
  constructor(label: string) {
    this.#label = label;
  }
  fill = async () => buffer(this.#label);
  reset(): void {}
  close(): void {
    this.closes++;
  }
}

class FakePainter {
  readonly starts: string[] = [];
  resets = 0;
  closes = 0;
  broken = false;
  async paint(_: GpuWorkingFrame, fill: GPUBuffer): Promise<GPUBuffer> {
    if (this.broken) throw new Error('broken');
    this.starts.push(fill.label);
    return buffer('painting');
  }
  reset(): void {
    this.resets++;
  }
  close(): void {
    this.closes++;
  }
}

function setUp(pace: Pace, open: (painter: FakePainter) => Promise<FakePainter> = async (painter) => painter) {
  const painters: FakePainter[] = [];
  const reported: unknown[] = [];
  const pushPull = new FakeFill('push-pull');
  const other = new FakeFill('other');
  const fill = new GpuNetworkFill(pushPull, {
    sizes: SIZES,
    pace,
    open: () => {
      painters.push(new FakePainter());
      return open(painters.at(-1)!);
    },
    instead: (error) => {
      reported.push(error);
      return other;
    },
  });
  const show = async (needed = true, size = SIZES[0]!) => (await fill.fill(frame(size), needed)).label;
  return { fill, painters, reported, pushPull, other, show };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('GpuNetworkFill', () => {
  it('paints every frame, from the first, over the push-pull fill', async () => {
    const { painters, show } = setUp('synchronous');
    expect([await show(), await show(false)]).toEqual(['painting', 'painting']);
    expect(painters[0]!.starts).toEqual(['push-pull', 'push-pull']);
  });

  it('in a call the very first frame waits for the network, but not for long; it is used once it is there', async () => {
    vi.useFakeTimers();
    let arrive: () => void = () => {};
    const { painters, show } = setUp(
      'best-effort',
      (painter) => new Promise((resolve) => (arrive = () => resolve(painter))),
    );
    const first = show();
    await vi.advanceTimersByTimeAsync(3000);
    const waiting = Symbol();
    expect(await Promise.race([first, Promise.resolve(waiting)])).toBe(waiting);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await first).toBe('push-pull');
    expect(await show(), 'no other frame waits').toBe('push-pull');
    arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(await show()).toBe('painting');
    expect(painters).toHaveLength(1);
    expect(await show(true, SIZES[1]), 'nor does one of another size').toBe('push-pull');
    arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(await show(true, SIZES[1])).toBe('painting');
  });

  it('in a call rests while everything behind the hole is known', async () => {
    const { painters, show } = setUp('best-effort');
    expect([await show(false), await show(true), await show(false)]).toEqual(['push-pull', 'painting', 'push-pull']);
    expect(painters[0]!.starts).toHaveLength(1);
  });

  it('opens another network for another size and closes the first; other sizes are filled in smoothly', async () => {
    const { painters, show } = setUp('synchronous');
    await show(true, SIZES[0]);
    expect(await show(true, SIZES[1])).toBe('painting');
    expect(painters.map(({ closes }) => closes)).toEqual([1, 0]);
    expect(await show(true, { width: 96, height: 32 })).toBe('push-pull');
    expect(painters.map(({ closes }) => closes)).toEqual([1, 1]);
  });

  it.each([
    ['it cannot be opened', true],
    ['a run fails', false],
  ])('hands over to another fill when %s, that frame included, and says why once', async (_, early) => {
    const { fill, painters, reported, pushPull, other, show } = setUp('synchronous', async (painter) => {
      if (early) throw new Error('broken');
      return painter;
    });
    if (!early) {
      await show();
      painters[0]!.broken = true;
    }
    expect([await show(), await show()]).toEqual(['other', 'other']);
    expect(reported).toEqual([new Error('broken')]);
    expect(painters.map(({ closes }) => closes)).toEqual([early ? 0 : 1]);
    fill.close();
    expect([pushPull.closes, other.closes]).toEqual([1, 1]);
  });

  it('closes a network that is opened too late, and reports nothing', async () => {
    let arrive: () => void = () => {};
    const { fill, painters, reported, show } = setUp(
      'synchronous',
      (painter) => new Promise((resolve) => (arrive = () => resolve(painter))),
    );
    const filling = show();
    await Promise.resolve();
    fill.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    arrive();
    await filling;
    expect(painters[0]!.closes).toBe(1);
    expect(reported).toEqual([]);
  });

  it('resets the memory of the network', async () => {
    const { fill, painters, show } = setUp('synchronous');
    await show();
    fill.reset();
    expect(painters[0]!.resets).toBe(1);
  });
});
