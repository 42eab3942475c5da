import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMessageChannel } from '../../test/fakes/message-channel.ts';
import { FakeVideoFrame, installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { pictureBytes } from '../picture.ts';
import type { FrameSource } from '../transport/frames.ts';
import { PortSink, PortSource } from '../transport/port.ts';
import { FrameGuard } from './frame-guard.ts';

const SIZE = { width: 16, height: 8 };
/** Every byte of a camera's frame, and of what the worker makes of it. */
const RAW = 200;
const CLEAN = 90;
const PERIOD_MS = 40;

function frameAt(timestamp: number, value: number): FakeVideoFrame {
  const bytes = new Uint8Array(pictureBytes('I420', SIZE.width, SIZE.height)).fill(value);
  return new FakeVideoFrame(bytes, { format: 'I420', codedWidth: SIZE.width, codedHeight: SIZE.height, timestamp });
}

/** A camera that has a frame every {@link PERIOD_MS}; what nobody reads is never made. */
class Camera implements FrameSource {
  #closed: () => void = () => {};
  readonly #end = new Promise<null>((resolve) => {
    this.#closed = () => resolve(null);
  });

  read(): Promise<VideoFrame | null> {
    const next = new Promise<VideoFrame>((resolve) =>
      setTimeout(() => resolve(frameAt(performance.now() * 1000, RAW) as unknown as VideoFrame), PERIOD_MS),
    );
    return Promise.race([next, this.#end]);
  }

  async close(): Promise<void> {
    this.#closed();
  }
}

/** Does what the pipeline does with its two ports, until it is told to stop answering. */
class Worker {
  busy: Promise<void> = Promise.resolve();

  constructor(guard: FrameGuard) {
    const sink = new PortSink(guard.attach());
    const source = new PortSource(guard.feed());
    const run = async () => {
      for (let frame = await source.read(); frame; frame = await source.read()) {
        await this.busy;
        const { timestamp } = frame;
        frame.close();
        await sink.write(frameAt(timestamp, CLEAN) as unknown as VideoFrame);
      }
    };
    run().catch(() => {}); // a sink that is gone
  }
}

describe('FrameGuard', () => {
  let restore: () => void;
  let written: { value: number; timestamp: number; at: number }[];
  let stalls: boolean[];
  let gone: number;
  let broken: boolean;
  let guard: FrameGuard;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.stubGlobal('MessageChannel', FakeMessageChannel);
    restore = installFakeVideoFrame();
    written = [];
    stalls = [];
    gone = 0;
    broken = false;
    guard = new FrameGuard({
      sink: {
        write: async (frame) => {
          const { bytes, timestamp } = frame as unknown as FakeVideoFrame;
          frame.close();
          if (broken) throw new Error('the track was stopped');
          written.push({ value: bytes[0]!, timestamp, at: performance.now() });
        },
        close: () => {},
      },
      onStall: (stalled) => stalls.push(stalled),
      onGone: () => gone++,
    });
    await guard.setSource(new Camera(), SIZE);
  });

  afterEach(async () => {
    await guard.close();
    await vi.advanceTimersByTimeAsync(2000);
    restore();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const values = () => new Set(written.splice(0).map(({ value }) => value));
  const longestGap = () => Math.max(...written.slice(1).map(({ at }, i) => at - written[i]!.at));

  it('writes a cover before the first frame, and covers while there is no worker', async () => {
    expect(written.length).toBe(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(written.length).toBeGreaterThan(8);
    expect(values()).not.toContain(RAW);
  });

  it('gives frames to the worker and writes only what comes back', async () => {
    new Worker(guard);
    await vi.advanceTimersByTimeAsync(100);
    values();
    await vi.advanceTimersByTimeAsync(1000);
    expect(values()).toEqual(new Set([CLEAN]));
    expect(stalls).toEqual([]);
  });

  it('covers within half a second what a worker does not answer, and tells', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(1000);
    written.splice(0, written.length - 1);
    worker.busy = new Promise(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    expect(longestGap()).toBeLessThan(500);
    expect(stalls).toEqual([true]);
    written.shift();
    const shown = values();
    expect(shown).not.toContain(RAW);
    expect(shown).not.toContain(CLEAN);
  });

  it('takes a late frame of a worker that is back, newer than the covers before it', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    let free = () => {};
    worker.busy = new Promise((resolve) => {
      free = resolve;
    });
    await vi.advanceTimersByTimeAsync(800);
    free();
    await vi.advanceTimersByTimeAsync(500);
    expect(stalls).toEqual([true, false]);
    expect(written.at(-1)?.value).toBe(CLEAN);
    const times = written.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
  });

  it('lets a worker be slow that always was: clean frames and covers do not alternate', async () => {
    const worker = new Worker(guard);
    const work = () => {
      worker.busy = new Promise((resolve) => setTimeout(resolve, 400));
    };
    const busy = setInterval(work, 400);
    await vi.advanceTimersByTimeAsync(8000);
    values();
    await vi.advanceTimersByTimeAsync(4000);
    expect(values()).toEqual(new Set([CLEAN]));
    clearInterval(busy);
  });

  it('is not patient because of a burst of slow frames', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(1000);
    const work = () => {
      worker.busy = new Promise((resolve) => setTimeout(resolve, 300));
    };
    work();
    const busy = setInterval(work, 300);
    await vi.advanceTimersByTimeAsync(1200);
    clearInterval(busy);
    written.splice(0, written.length - 1);
    worker.busy = new Promise(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    expect(longestGap()).toBeLessThan(500);
  });

  it('passes over a frame that has waited for long, for the next one', async () => {
    let made = 0;
    const camera = new (class extends Camera {
      /** Keeps the newest frame until somebody reads it, as a track processor does. */
      override async read() {
        const newest = Math.floor(performance.now() / PERIOD_MS);
        if (newest === made)
          await new Promise((resolve) => setTimeout(resolve, PERIOD_MS - (performance.now() % PERIOD_MS)));
        made = Math.max(made + 1, newest);
        return frameAt(made * PERIOD_MS * 1000, RAW) as unknown as VideoFrame;
      }
    })();
    await guard.setSource(camera, SIZE);
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(1000);
    const late = () => written.map(({ at, timestamp }) => Math.round(at - timestamp / 1000));
    written.length = 0;
    worker.busy = new Promise((resolve) => setTimeout(resolve, PERIOD_MS * 2.6));
    await vi.advanceTimersByTimeAsync(PERIOD_MS * 8);
    const [slow, ...rest] = late();
    expect(slow).toBeGreaterThan(PERIOD_MS);
    expect(rest.length).toBeGreaterThan(3);
    expect(Math.max(...rest)).toBeLessThan(PERIOD_MS / 2);
    await guard.setSource(new Camera(), SIZE);
  });

  it('covers the last frame at once when the worker is gone, and writes nothing of it later', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    let free = () => {};
    worker.busy = new Promise((resolve) => {
      free = resolve;
    });
    await vi.advanceTimersByTimeAsync(100);
    values();
    guard.detach();
    await vi.advanceTimersByTimeAsync(1);
    expect(written.length).toBe(1);
    free();
    await vi.advanceTimersByTimeAsync(500);
    const shown = values();
    expect(shown).not.toContain(CLEAN);
    expect(shown).not.toContain(RAW);
    new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    expect(values()).toContain(CLEAN);
  });

  it('owes nothing while no frames come', async () => {
    new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    await guard.setSource({ read: async () => null, close: async () => {} }, SIZE);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(guard.keptFor).toBe(0);
  });

  it('tells once when the output track was stopped, and leaves no frame open', async () => {
    new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    broken = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(gone).toBe(1);
    await guard.close();
    await vi.advanceTimersByTimeAsync(2000);
    expect(FakeVideoFrame.open).toBe(0);
  });
});
