import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMessageChannel, fakeChannel } from '../../test/fakes/message-channel.ts';
import { installFakeVideoFrame } from '../../test/fakes/video-frame.ts';
import { Guardian } from './guardian.ts';
import type { FromGuardian, FromWorker, ToWorker } from './protocol.ts';
import { type Desired, eventsBetween, INITIAL, type Observed, reportedOf, UNOBSERVED } from './state.ts';
import { NO_STATS, type RemoverStats } from './stats.ts';

const OPTIONS = {
  assets: 'https://app.example/assets/',
  tier: 'auto',
  network: 'off',
  completion: 'off',
  memory: 'off',
  rooms: [],
  log: 'errors',
} as const;

const HINT = { width: 16, height: 8, frameRate: 30 };

/** A worker as the guardian sees it: a heartbeat twice a second until it dies. */
class FakeWorker {
  readonly received: ToWorker[] = [];
  readonly #port: MessagePort;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #observed = UNOBSERVED;

  constructor(guardian: Guardian, stats: Partial<RemoverStats> = {}) {
    const [mine, port] = fakeChannel();
    this.#port = mine;
    mine.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      this.received.push(data);
      if (data.type === 'close') this.say({ type: 'ended' });
    };
    guardian.onMessage({ type: 'worker', port });
    this.#heartbeat = setInterval(() => this.say({ type: 'stats', stats: { ...NO_STATS, ...stats } }), 500);
  }

  say(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  observe(change: Partial<Observed>): void {
    this.#observed = { ...this.#observed, ...change };
    this.say({ type: 'observed', observed: this.#observed });
  }

  die(): void {
    clearInterval(this.#heartbeat);
  }

  /** All that it was asked to do. */
  get wishes(): Desired[] {
    return this.of('desired').map(({ desired }) => desired);
  }

  of<T extends ToWorker['type']>(type: T): Extract<ToWorker, { type: T }>[] {
    return this.received.filter((each): each is Extract<ToWorker, { type: T }> => each.type === type);
  }
}

describe('Guardian', () => {
  let restore: () => void;
  let sent: FromGuardian[];
  let guardian: Guardian;
  let desired: Desired;
  let sinkIsGone: boolean;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MessageChannel', FakeMessageChannel);
    restore = installFakeVideoFrame();
    sent = [];
    desired = INITIAL;
    sinkIsGone = false;
    const write = async (frame: VideoFrame) => {
      frame.close();
      if (sinkIsGone) throw new Error('the track was stopped');
    };
    const sink = { write, close: () => {} };
    guardian = new Guardian({ sink, options: OPTIONS, send: (message) => sent.push(message) });
  });

  afterEach(() => {
    guardian.onMessage({ type: 'close' });
    restore();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const of = <T extends FromGuardian['type']>(type: T) =>
    sent.filter((each): each is Extract<FromGuardian, { type: T }> => each.type === type);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  /** Says what the page wants, and goes by it from then on. */
  const want = (change: Partial<Desired>): void => {
    desired = { ...desired, ...change, version: desired.version + 1 };
    if ('remove' in change || 'enabled' in change) desired = { ...desired, wish: desired.version };
    guardian.onMessage({ type: 'desired', desired });
  };
  /** States, error codes and recoveries, in the order in which people are reported. */
  const reported = () => {
    const reports = of('report').map(({ observed, health }) => reportedOf(desired, observed, health));
    return reports.slice(1).flatMap((after, i) =>
      eventsBetween(reports[i]!, after).map((event) => {
        if (event.type === 'statechange') return event.status.state;
        if (event.type === 'error') return event.error.code;
        return event.type === 'recovered' ? `recovered ${event.what}` : event.type;
      }),
    );
  };
  const errors = () => reported().filter((each) => each === 'worker-lost');

  it('gives a worker what was wanted before it was there, and reports what it does', async () => {
    want({ remove: 'bystanders' });
    const worker = new FakeWorker(guardian);
    await pass(1);
    expect(worker.of('start')[0]?.options).toEqual(OPTIONS);
    expect(worker.wishes).toEqual([desired]);
    worker.observe({ version: 1, settled: 1 });
    await pass(1);
    expect(of('report').at(-1)).toMatchObject({ observed: { settled: 1 }, health: { worker: 'alive' } });
  });

  it('gives the worker after a lost one the room of this call, and those that the page knows', async () => {
    const first = new FakeWorker(guardian);
    const [known, own, newer] = [1, 2, 3].map((byte) => new Uint8Array([byte])) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    guardian.onMessage({ type: 'rooms', rooms: [{ id: 'a', file: known }] });
    first.observe({ parts: 'ready' });
    first.say({ type: 'room', file: own });
    first.say({ type: 'room', file: newer });
    await pass(1000);
    expect(first.of('rooms')).toEqual([{ type: 'rooms', rooms: [{ id: 'a', file: known }] }]);
    expect(of('room').map(({ file }) => file)).toEqual([own, newer]);
    first.die();
    await pass(5000);
    const second = new FakeWorker(guardian);
    await pass(1);
    const { rooms } = second.of('start')[0]!.options;
    expect([...rooms].sort((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: '', file: newer },
      { id: 'a', file: known },
    ]);
  });

  it('lets the worker after a lost one know that it has not seen what was picked, whatever else is changed', async () => {
    const first = new FakeWorker(guardian);
    const targets = [{ id: 'a', pick: { point: { x: 0, y: 0 } } }];
    want({ remove: { targets } });
    first.observe({ parts: 'ready' });
    await pass(1000);
    first.die();
    await pass(5000);
    const second = new FakeWorker(guardian);
    want({ cover: 'mosaic' });
    await pass(1);
    expect(second.wishes.map(({ remove }) => remove)).toEqual(Array(2).fill({ targets, stale: true }));
    want({ remove: { targets: [] } });
    await pass(1);
    expect(second.wishes.at(-1)?.remove).toEqual({ targets: [] });
  });

  it('has a silent worker replaced, is covered meanwhile, and asks the next one for what is wanted', async () => {
    const first = new FakeWorker(guardian);
    want({ remove: 'people' });
    want({ cover: 'mosaic' });
    first.observe({ version: 2, settled: 2, parts: 'ready', frames: 'flowing', shown: 'clean' });
    await pass(1000);
    first.die();
    await pass(4000);
    expect(of('replace')).toEqual([{ type: 'replace', again: true }]);
    const second = new FakeWorker(guardian);
    await pass(1);
    expect(second.wishes).toEqual([desired]);
    second.observe({ version: 2, parts: 'loading', frames: 'flowing' });
    second.observe({ parts: 'ready' });
    second.observe({ settled: 2 });
    second.observe({ shown: 'clean' });
    await pass(1);
    const expected = ['running', 'covered', 'worker-lost', 'loading', 'recovered worker', 'running'];
    expect(reported().filter((each) => each !== 'paused')).toEqual(expected);
  });

  it('gives the next worker what is in force, and not what was refused', async () => {
    const first = new FakeWorker(guardian);
    want({ remove: 'people' });
    want({ remove: 'bystanders' });
    const error = { code: 'asset-http', message: '404', url: undefined, cause: undefined } as const;
    first.observe({ version: 2, settled: 1, parts: 'ready', refused: { wish: 2, error, instead: 'people' } });
    want({ remove: 'people' }); // as the page does then
    await pass(1000);
    first.die();
    await pass(5000);
    const second = new FakeWorker(guardian);
    await pass(1);
    expect(second.wishes.map(({ remove }) => remove)).toEqual(['people']);
  });

  it('does not say that the worker has recovered before it does what is wanted', async () => {
    const first = new FakeWorker(guardian);
    want({ remove: 'people' });
    first.observe({ parts: 'ready' });
    await pass(1000);
    first.die();
    await pass(5000);
    const second = new FakeWorker(guardian);
    const error = { code: 'asset-http', message: '404', url: undefined, cause: undefined } as const;
    second.observe({ version: 1, refused: { wish: 1, error, instead: undefined }, parts: 'failed', error });
    await pass(1);
    expect(reported()).not.toContain('recovered worker');
    want({ remove: 'people' });
    second.observe({ version: 2, settled: 2, parts: 'ready' });
    await pass(1);
    expect(reported()).toContain('recovered worker');
  });

  it('leaves a worker that loads the time to compile', async () => {
    const worker = new FakeWorker(guardian);
    await pass(600);
    worker.observe({ parts: 'loading' });
    await pass(1);
    worker.die();
    await pass(10_000);
    expect(of('replace')).toEqual([]);
    await pass(10_000);
    expect(of('replace')).toEqual([{ type: 'replace', again: true }]);
  });

  it('waits longer from one loss to the next, and gives up after the fourth in a minute', async () => {
    const pauses: number[] = [];
    want({ remove: 'people' });
    for (let i = 0; i < 3; i++) {
      const worker = new FakeWorker(guardian);
      worker.observe({ parts: 'ready' });
      await pass(600);
      worker.die();
      while (errors().length <= i) await pass(50);
      const lost = performance.now();
      while (of('replace').length <= i) await pass(50);
      pauses.push(Math.round((performance.now() - lost) / 1000));
    }
    expect(pauses).toEqual([0, 1, 5]);
    new FakeWorker(guardian).die();
    await pass(20_000);
    expect(of('replace').at(-1)).toEqual({ type: 'replace', again: false });
    expect(of('report').at(-1)?.health.failed?.code).toBe('worker-lost');
    expect(reported().at(-2)).toBe('failed');
  });

  it('starts no worker once it has given up, also where one was on its way', async () => {
    const worker = new FakeWorker(guardian);
    worker.observe({ parts: 'ready' });
    await pass(600);
    worker.die();
    while (!of('replace').length) await pass(50);
    const next = new FakeWorker(guardian);
    next.observe({ parts: 'ready' });
    await pass(600);
    next.die();
    while (errors().length < 2) await pass(50); // another one is to be started in a second
    sinkIsGone = true;
    guardian.onMessage({ type: 'source', number: 1, handle: { kind: 'port', port: fakeChannel()[0] }, hint: HINT });
    await pass(5000);
    expect(of('replace').map(({ again }) => again)).toEqual([true, false]);
  });

  it('does not try the GPU again that a worker was lost with', async () => {
    const worker = new FakeWorker(guardian, { backend: 'webgpu' });
    worker.observe({ parts: 'ready' });
    await pass(600);
    worker.die();
    await pass(5000);
    const next = new FakeWorker(guardian);
    await pass(1);
    expect(next.of('start')[0]?.options.tier).toBe('light');
  });

  it('takes a device that slept for what it is: nothing is lost', async () => {
    const worker = new FakeWorker(guardian);
    worker.observe({ parts: 'ready' });
    await pass(600);
    // Timers stood still, and so did the worker: the next heartbeat comes hours later.
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 3_600_000);
    await pass(1000);
    vi.restoreAllMocks();
    worker.observe({ frames: 'flowing' });
    await pass(1000);
    expect(of('replace')).toEqual([]);
  });

  describe('asked for the plate', () => {
    const view = { width: 1, height: 1, data: new Uint8ClampedArray(4) };

    it('asks the worker and passes its answer on, once', async () => {
      const worker = new FakeWorker(guardian);
      guardian.onMessage({ type: 'plate', id: 5 });
      await pass(1);
      expect(worker.of('plate')).toEqual([{ type: 'plate', id: 5 }]);
      worker.say({ type: 'plate', id: 5, view });
      worker.say({ type: 'plate', id: 5, view });
      await pass(1);
      expect(of('plate')).toEqual([{ type: 'plate', id: 5, view }]);
    });

    it('says that there is none while there is no worker, and when it is lost or given up', async () => {
      guardian.onMessage({ type: 'plate', id: 1 });
      expect(of('plate')).toEqual([{ type: 'plate', id: 1, view: undefined }]);
      for (let id = 2; id <= 5; id++) {
        const worker = new FakeWorker(guardian);
        worker.observe({ parts: 'ready' });
        await pass(600);
        guardian.onMessage({ type: 'plate', id });
        worker.die();
        while (of('plate').length < id) await pass(50);
        expect(of('plate').at(-1)).toEqual({ type: 'plate', id, view: undefined });
      }
      expect(of('report').at(-1)?.health.failed).toBeDefined();
      guardian.onMessage({ type: 'plate', id: 6 });
      expect(of('plate').at(-1)).toEqual({ type: 'plate', id: 6, view: undefined });
    });
  });

  it('closes with the worker, and without one that does not answer', async () => {
    const worker = new FakeWorker(guardian);
    await pass(1);
    guardian.onMessage({ type: 'close' });
    guardian.onMessage({ type: 'close' });
    await pass(10);
    expect(worker.of('close').length).toBe(1);
    expect(of('ended').length).toBe(1);
  });
});
