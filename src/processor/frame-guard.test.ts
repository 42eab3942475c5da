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
const COVER = 40;
const PERIOD_MS = 40;

function frameAt(timestamp: number, value: number): FakeVideoFrame {
  const bytes = new Uint8Array(pictureBytes('I420', SIZE.width, SIZE.height)).fill(value);
  return new FakeVideoFrame(bytes, { format: 'I420', codedWidth: SIZE.width, codedHeight: SIZE.height, timestamp });
}

/** What a worker may do with a frame. */
type Doing = 'clean' | 'cover' | 'pass';

/** A camera that has a frame every {@link PERIOD_MS}; what nobody reads is never made. */
class Camera implements FrameSource {
  /** What its frames say of their time. */
  said: (now: number) => number = (now) => now * 1000;
  silent = false;
  #closed: () => void = () => {};
  readonly #end = new Promise<null>((resolve) => {
    this.#closed = () => resolve(null);
  });

  read(): Promise<VideoFrame | null> {
    const next = new Promise<VideoFrame>((resolve) => {
      const timer = setInterval(() => {
        if (this.silent) return;
        clearInterval(timer);
        resolve(frameAt(this.said(performance.now()), RAW) as unknown as VideoFrame);
      }, PERIOD_MS);
      void this.#end.then(() => clearInterval(timer));
    });
    return Promise.race([next, this.#end]);
  }

  async close(): Promise<void> {
    this.#closed();
  }
}

/** Keeps the newest frame until somebody reads it, as a track processor does. */
class NewestCamera extends Camera {
  #made = 0;

  override async read() {
    const newest = Math.floor(performance.now() / PERIOD_MS);
    if (newest === this.#made)
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS - (performance.now() % PERIOD_MS)));
    this.#made = Math.max(this.#made + 1, newest);
    return frameAt(this.#made * PERIOD_MS * 1000, RAW) as unknown as VideoFrame;
  }
}

/** Does what the pipeline does with its two ports, until it is asked to stop answering. */
class Worker {
  busy: Promise<void> = Promise.resolve();
  /** Milliseconds a frame. */
  takes = 0;
  doing: Doing = 'clean';
  /** The times of the frames that it was given. */
  readonly given: number[] = [];

  constructor(guard: FrameGuard) {
    const sink = new PortSink(guard.attach());
    const source = new PortSource(guard.feed());
    const run = async () => {
      for (let frame = await source.read(); frame; frame = await source.read()) {
        await this.busy;
        if (this.takes) await new Promise((resolve) => setTimeout(resolve, this.takes));
        const { timestamp } = frame;
        this.given.push(timestamp);
        if (this.doing === 'pass') await sink.write(frame, 'raw');
        else {
          frame.close();
          const made = frameAt(timestamp, this.doing === 'clean' ? CLEAN : COVER);
          await sink.write(made as unknown as VideoFrame, this.doing);
        }
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
  let camera: Camera;
  let ends: (() => void)[];
  let beats: ReturnType<typeof setInterval>;

  beforeEach(async () => {
    vi.useFakeTimers({ now: 0 });
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
    ends = [];
    camera = new Camera();
    await guard.setSource(camera, SIZE);
    beats = setInterval(() => guard.tick(), 250);
  });

  afterEach(async () => {
    clearInterval(beats);
    await guard.close();
    guard.detach();
    for (const end of ends) end();
    await vi.advanceTimersByTimeAsync(2000);
    expect(FakeVideoFrame.open, 'frames left open').toBe(0);
    restore();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** What a worker hangs in, until the test is over. */
  const hang = () => new Promise<void>((resolve) => ends.push(resolve));
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

  it('bridges with the last clean frame what a worker does not answer, for two seconds and no longer, and reports it', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(1000);
    worker.busy = hang();
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    const since = performance.now();
    values();
    await vi.advanceTimersByTimeAsync(1900);
    expect(written, 'nothing new').toEqual([]);
    expect(stalls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stalls).toEqual([true]);
    expect(written.length).toBeGreaterThan(15);
    expect(written[0]!.at - since).toBeLessThan(2200);
    expect(longestGap()).toBeLessThan(2 * PERIOD_MS);
    const shown = values();
    expect(shown).not.toContain(RAW);
    expect(shown).not.toContain(CLEAN);
  });

  it('never turns grey for a worker that is late by less than that, however often', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    values();
    for (let i = 0; i < 6; i++) {
      worker.busy = new Promise((resolve) => setTimeout(resolve, 300 + 250 * i));
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(values()).toEqual(new Set([CLEAN]));
    expect(stalls).toEqual([]);
  });

  it('does not bridge with a raw frame what is to be removed: that is covered at once', async () => {
    guard.order = 'nothing';
    const worker = new Worker(guard);
    worker.doing = 'pass';
    await vi.advanceTimersByTimeAsync(1000);
    expect(values()).toContain(RAW);
    worker.busy = hang();
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    guard.order = 'people';
    const since = performance.now();
    values();
    await vi.advanceTimersByTimeAsync(600);
    const [first] = written;
    expect(first!.at - since).toBeLessThan(600);
    expect(written.length).toBeGreaterThan(0);
    expect(values()).not.toContain(RAW);
  });

  it('writes no frame that a worker passes as it is once something is to be removed', async () => {
    guard.order = 'nothing';
    const worker = new Worker(guard);
    worker.doing = 'pass';
    await vi.advanceTimersByTimeAsync(500);
    guard.order = 'people'; // the worker does not know it yet
    values();
    await vi.advanceTimersByTimeAsync(1500);
    expect(values()).not.toContain(RAW);
  });

  it.each(['people', 'bystanders'] as const)(
    'does not bridge with what was clean when something else was removed (%s)',
    async (order) => {
      guard.order = { classes: ['bottle'] } as never;
      const worker = new Worker(guard);
      await vi.advanceTimersByTimeAsync(1000);
      let free = () => {};
      worker.busy = new Promise((resolve) => {
        free = resolve;
      });
      await vi.advanceTimersByTimeAsync(2 * PERIOD_MS);
      guard.order = order;
      values();
      await vi.advanceTimersByTimeAsync(600);
      expect(written.length).toBeGreaterThan(0);
      expect(values()).not.toContain(CLEAN);
      worker.busy = Promise.resolve();
      free(); // with the frame from before
      await vi.advanceTimersByTimeAsync(1);
      expect(values()).not.toContain(CLEAN);
      await vi.advanceTimersByTimeAsync(500);
      expect(values()).toContain(CLEAN);
    },
  );

  it('shows no more of a worker that is back what is older than the covers, but what it makes next', async () => {
    const worker = new Worker(guard);
    await vi.advanceTimersByTimeAsync(500);
    let free = () => {};
    worker.busy = new Promise((resolve) => {
      free = resolve;
    });
    await vi.advanceTimersByTimeAsync(2800);
    worker.busy = Promise.resolve();
    free();
    await vi.advanceTimersByTimeAsync(500);
    expect(stalls).toEqual([true, false]);
    expect(written.at(-1)?.value).toBe(CLEAN);
    const times = written.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    const late = written.findLast(({ value }) => value !== CLEAN)!;
    expect(written.filter(({ at, value }) => at > late.at && value === CLEAN)[0]!.timestamp).toBeGreaterThan(
      late.timestamp,
    );
  });

  it('lets a worker be slow: clean frames and covers do not alternate', async () => {
    const worker = new Worker(guard);
    const work = () => {
      worker.busy = new Promise((resolve) => setTimeout(resolve, 1500));
    };
    work();
    const busy = setInterval(work, 1500);
    await vi.advanceTimersByTimeAsync(4000);
    values();
    await vi.advanceTimersByTimeAsync(8000);
    expect(values()).toEqual(new Set([CLEAN]));
    clearInterval(busy);
  });

  describe('gives worker and sink one clock', () => {
    it.each([
      ['that stands still', () => 0],
      ['in milliseconds', (now: number) => now],
      ['that steps back', (now: number) => 1e9 - now * 1000],
      ['that jumps by hours', (now: number) => now * 1000 + (now > 700 ? 4 * 3600e6 : 0)],
    ])('from one %s', async (_, said) => {
      const other = new Camera();
      other.said = said;
      await guard.setSource(other, SIZE);
      const worker = new Worker(guard);
      await vi.advanceTimersByTimeAsync(2000);
      const shown = written.filter(({ value }) => value === CLEAN).map(({ timestamp }) => timestamp);
      expect(shown.length).toBeGreaterThan(20);
      expect(worker.given.slice(0, shown.length)).toEqual(shown);
      const steps = worker.given.slice(1).map((time, i) => time - worker.given[i]!);
      for (const step of steps.slice(1)) expect(step).toBeCloseTo(PERIOD_MS * 1000, -4);
    });
  });

  describe('while nothing comes', () => {
    it('shows a cover from the start, of the usual size where none is known, and again every second', async () => {
      const mute = new FrameGuard({
        sink: {
          write: async (frame) => {
            written.push({ value: frame.codedWidth, timestamp: frame.timestamp, at: performance.now() });
            frame.close();
          },
          close: () => {},
        },
        onStall: () => {},
        onGone: () => {},
      });
      written.length = 0;
      camera.silent = true;
      const silent = new Camera();
      silent.silent = true;
      await mute.setSource(silent, { width: 0, height: 0 });
      const timer = setInterval(() => mute.tick(), 250);
      await vi.advanceTimersByTimeAsync(4500);
      clearInterval(timer);
      const own = written.filter(({ value }) => value === 640);
      expect(own.length).toBeGreaterThanOrEqual(3);
      expect(own.length).toBeLessThanOrEqual(5);
      await mute.close();
    });

    it('shows the last clean picture again about once a second, without asking the worker again', async () => {
      const worker = new Worker(guard);
      await vi.advanceTimersByTimeAsync(500);
      camera.silent = true;
      await vi.advanceTimersByTimeAsync(100);
      const given = worker.given.length;
      values();
      await vi.advanceTimersByTimeAsync(5000);
      expect(written.length).toBeGreaterThanOrEqual(3);
      expect(written.length).toBeLessThanOrEqual(5);
      expect(worker.given.length).toBe(given);
      const times = written.map(({ timestamp }) => timestamp);
      expect(new Set(times).size).toBe(times.length);
      expect(values()).toEqual(new Set([CLEAN]));
      camera.silent = false;
      await vi.advanceTimersByTimeAsync(500);
      expect(written.length).toBeGreaterThan(8);
    });

    it('has a raw still frame cleaned once something is to be removed', async () => {
      guard.order = 'nothing';
      const worker = new Worker(guard);
      worker.doing = 'pass';
      await vi.advanceTimersByTimeAsync(500);
      camera.silent = true;
      await vi.advanceTimersByTimeAsync(500);
      guard.order = 'people';
      worker.doing = 'cover'; // it loads
      await vi.advanceTimersByTimeAsync(600);
      values();
      await vi.advanceTimersByTimeAsync(3000);
      expect(values()).not.toContain(RAW);
      worker.doing = 'clean';
      await vi.advanceTimersByTimeAsync(1500);
      expect(written.at(-1)?.value).toBe(CLEAN);
    });

    it('has a still frame cleaned anew once something else is to be removed, or more', async () => {
      guard.order = { targets: [] } as never;
      const worker = new Worker(guard);
      await vi.advanceTimersByTimeAsync(500);
      camera.silent = true;
      await vi.advanceTimersByTimeAsync(500);
      for (const [order, covers] of [
        [{ targets: [{ id: 'it', point: { x: 0, y: 0 } }] }, false],
        ['people', true],
      ] as const) {
        const { length } = worker.given;
        values();
        guard.order = order as never;
        await vi.advanceTimersByTimeAsync(2500);
        expect(worker.given.length).toBe(length + 1);
        expect(written.some(({ value }) => value !== CLEAN)).toBe(covers);
        expect(written.at(-1)?.value).toBe(CLEAN);
      }
    });

    it('shows nothing raw again that was hidden when nothing is to be removed any more', async () => {
      const worker = new Worker(guard);
      await vi.advanceTimersByTimeAsync(500);
      camera.silent = true;
      await vi.advanceTimersByTimeAsync(500);
      guard.order = 'nothing';
      worker.doing = 'pass';
      values();
      await vi.advanceTimersByTimeAsync(5000);
      expect(values()).toEqual(new Set([CLEAN]));
    });

    it('goes on with the last picture when the source has ended, and keeps nothing of the camera', async () => {
      new Worker(guard);
      await vi.advanceTimersByTimeAsync(500);
      await camera.close();
      await vi.advanceTimersByTimeAsync(500);
      expect(FakeVideoFrame.open, 'the last clean picture alone').toBe(1);
      values();
      await vi.advanceTimersByTimeAsync(3000);
      expect(values()).toEqual(new Set([CLEAN]));
    });
  });

  it('passes over a frame that has waited for long, for the next one', async () => {
    await guard.setSource(new NewestCamera(), SIZE);
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

  it('passes over none for a worker that cannot keep up: rate before delay', async () => {
    await guard.setSource(new NewestCamera(), SIZE);
    const worker = new Worker(guard);
    worker.takes = PERIOD_MS * 1.55;
    await vi.advanceTimersByTimeAsync(2000);
    written.length = 0;
    await vi.advanceTimersByTimeAsync(3100);
    // All of its time: with frames passed over, one in two periods.
    expect(written.length).toBeGreaterThan(0.95 * (3100 / worker.takes));
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
    for (const end of ends) end();
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

  it('reports once when the output track was stopped, and leaves no frame open', async () => {
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
