import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMessageChannel, fakeChannel } from '../../test/fakes/message-channel.ts';
import { installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { Guardian } from './guardian.ts';
import type { FromGuardian, FromWorker, ToWorker } from './protocol.ts';
import { NO_STATS, type RemoverStats } from './stats.ts';

const OPTIONS = {
  cover: 'blank',
  assets: 'https://app.example/assets/',
  tier: 'auto',
  network: 'off',
  log: 'errors',
} as const;

/** A worker as the guardian sees it: a pulse twice a second until it dies. */
class FakeWorker {
  readonly heard: ToWorker[] = [];
  readonly #port: MessagePort;
  readonly #pulse: ReturnType<typeof setInterval>;

  constructor(guardian: Guardian, stats: Partial<RemoverStats> = {}) {
    const [mine, port] = fakeChannel();
    this.#port = mine;
    mine.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      this.heard.push(data);
      if (data.type === 'close') this.say({ type: 'ended' });
    };
    guardian.hear({ type: 'worker', port });
    this.#pulse = setInterval(() => this.say({ type: 'stats', stats: { ...NO_STATS, ...stats } }), 500);
  }

  say(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  die(): void {
    clearInterval(this.#pulse);
  }

  of<T extends ToWorker['type']>(type: T): Extract<ToWorker, { type: T }>[] {
    return this.heard.filter((each): each is Extract<ToWorker, { type: T }> => each.type === type);
  }
}

describe('Guardian', () => {
  let restore: () => void;
  let sent: FromGuardian[];
  let guardian: Guardian;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MessageChannel', FakeMessageChannel);
    restore = installFakeVideoFrame();
    sent = [];
    const sink = { write: async (frame: VideoFrame) => frame.close(), close: () => {} };
    guardian = new Guardian({ sink, options: OPTIONS, send: (message) => sent.push(message) });
  });

  afterEach(() => {
    guardian.hear({ type: 'close' });
    restore();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const of = <T extends FromGuardian['type']>(type: T) =>
    sent.filter((each): each is Extract<FromGuardian, { type: T }> => each.type === type);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('tells a worker what was asked before it was there', async () => {
    guardian.hear({ type: 'update', id: 7, options: { remove: 'people' } });
    const worker = new FakeWorker(guardian);
    await pass(1);
    expect(worker.of('start')[0]?.options).toEqual(OPTIONS);
    expect(worker.of('update')).toEqual([{ type: 'update', id: 7, options: { remove: 'people' } }]);
    worker.say({ type: 'done', id: 7 });
    await pass(1);
    expect(of('done')).toEqual([{ type: 'done', id: 7 }]);
  });

  it('tells the worker after a lost one that it has not seen what was picked', async () => {
    const first = new FakeWorker(guardian);
    const targets = [{ id: 'a', pick: { point: { x: 0, y: 0 } } }];
    guardian.hear({ type: 'update', id: 1, options: { remove: { targets } } });
    await pass(1000);
    first.die();
    await pass(5000);
    const second = new FakeWorker(guardian);
    await pass(1);
    expect(second.of('update')).toEqual([{ type: 'update', id: 1, options: { remove: { targets, stale: true } } }]);
  });

  it('has a silent worker replaced, is covered meanwhile, and asks the next one for what was wanted', async () => {
    const first = new FakeWorker(guardian);
    guardian.hear({ type: 'update', id: 1, options: { remove: 'people' } });
    guardian.hear({ type: 'update', id: 2, options: { cover: 'mosaic' } });
    first.say({ type: 'state', state: 'running', reason: '' });
    await pass(1000);
    first.die();
    await pass(4000);
    expect(of('replace')).toEqual([{ type: 'replace', again: true }]);
    expect(of('error').map(({ error }) => error.code)).toEqual(['worker-lost']);
    expect(of('state').at(-1)?.state).toBe('covered');
    const second = new FakeWorker(guardian);
    await pass(1);
    expect(second.of('update')).toEqual([{ type: 'update', id: 2, options: { remove: 'people', cover: 'mosaic' } }]);
    second.say({ type: 'done', id: 2 });
    await pass(1);
    expect(of('recovered')).toEqual([{ type: 'recovered', what: 'worker' }]);
    expect(of('done')).toEqual([{ type: 'done', id: 2 }]);
  });

  it('leaves a worker that loads the time to compile', async () => {
    const worker = new FakeWorker(guardian);
    await pass(600);
    worker.say({ type: 'state', state: 'loading', reason: 'loading the models' });
    await pass(1);
    worker.die();
    await pass(10_000);
    expect(of('replace')).toEqual([]);
    await pass(10_000);
    expect(of('replace')).toEqual([{ type: 'replace', again: true }]);
  });

  it('waits longer from one loss to the next, and gives up after the fourth in a minute', async () => {
    const pauses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const worker = new FakeWorker(guardian);
      await pass(600);
      worker.die();
      while (of('error').length <= i) await pass(50);
      const lost = performance.now();
      while (of('replace').length <= i) await pass(50);
      pauses.push(Math.round((performance.now() - lost) / 1000));
    }
    expect(pauses).toEqual([0, 1, 5]);
    guardian.hear({ type: 'update', id: 3, options: { remove: 'people' } });
    new FakeWorker(guardian).die();
    await pass(20_000);
    expect(of('replace').at(-1)).toEqual({ type: 'replace', again: false });
    expect(of('state').at(-1)?.state).toBe('failed');
    expect(of('done')).toMatchObject([{ id: 3, error: { code: 'worker-lost' } }]);
    guardian.hear({ type: 'update', id: 4, options: { remove: 'nothing' } });
    expect(of('done').at(-1)).toMatchObject({ id: 4, error: { code: 'worker-lost' } });
  });

  it('does not try the GPU again that a worker was lost with', async () => {
    const worker = new FakeWorker(guardian, { backend: 'webgpu' });
    await pass(600);
    worker.die();
    await pass(5000);
    const next = new FakeWorker(guardian);
    await pass(1);
    expect(next.of('start')[0]?.options.tier).toBe('light');
  });

  it('takes a device that slept for what it is: nothing is lost', async () => {
    const worker = new FakeWorker(guardian);
    await pass(600);
    // Timers stood still, and so did the worker: the next beat comes hours later.
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 3_600_000);
    await pass(1000);
    vi.restoreAllMocks();
    worker.say({ type: 'state', state: 'running', reason: '' });
    await pass(1000);
    expect(of('replace')).toEqual([]);
  });

  describe('asked for the plate', () => {
    const view = { width: 1, height: 1, data: new Uint8ClampedArray(4) };

    it('asks the worker and passes its answer on, once', async () => {
      const worker = new FakeWorker(guardian);
      guardian.hear({ type: 'plate', id: 5 });
      await pass(1);
      expect(worker.of('plate')).toEqual([{ type: 'plate', id: 5 }]);
      worker.say({ type: 'plate', id: 5, view });
      worker.say({ type: 'plate', id: 5, view });
      await pass(1);
      expect(of('plate')).toEqual([{ type: 'plate', id: 5, view }]);
    });

    it('says that there is none while there is no worker, and when it is lost or given up', async () => {
      guardian.hear({ type: 'plate', id: 1 });
      expect(of('plate')).toEqual([{ type: 'plate', id: 1, view: undefined }]);
      for (let id = 2; id <= 5; id++) {
        const worker = new FakeWorker(guardian);
        await pass(600);
        guardian.hear({ type: 'plate', id });
        worker.die();
        while (of('error').length < id - 1) await pass(50);
        expect(of('plate').at(-1)).toEqual({ type: 'plate', id, view: undefined });
      }
      expect(of('state').at(-1)?.state).toBe('failed');
      guardian.hear({ type: 'plate', id: 6 });
      expect(of('plate').at(-1)).toEqual({ type: 'plate', id: 6, view: undefined });
    });
  });

  it('closes with the worker, and without one that does not answer', async () => {
    const worker = new FakeWorker(guardian);
    await pass(1);
    guardian.hear({ type: 'close' });
    guardian.hear({ type: 'close' });
    await pass(10);
    expect(worker.of('close').length).toBe(1);
    expect(of('ended').length).toBe(1);
  });
});
