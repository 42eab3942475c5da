import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FirstMessage } from './protocol.ts';
import { Remover } from './remover.ts';
import { checkSupport, usableTransports } from './support.ts';

/** A page as WebKit's: tracks can be sent to a worker. @param element whether frames can also go through elements */
function installPage({ element, worker }: { element: boolean; worker: 'silent' | 'forbidden' | readonly string[] }) {
  class FakeWorker {
    onmessage: ((event: { data: readonly string[] }) => void) | undefined;
    constructor() {
      if (worker === 'forbidden') throw new Error('SecurityError');
      if (worker !== 'silent') queueMicrotask(() => this.onmessage?.({ data: worker }));
    }
    terminate(): void {}
  }
  const track = { stop() {} };
  const canvas = { captureStream: () => ({ getVideoTracks: () => [track] }), getContext: () => ({}) };
  class FakeVideo {}
  class FakeCanvas {}
  if (element) Object.assign(FakeVideo.prototype, { requestVideoFrameCallback() {} });
  Object.assign(FakeCanvas.prototype, { captureStream() {} });
  const globals = {
    document: { baseURI: 'https://app.example/', createElement: () => canvas },
    navigator: {},
    Worker: FakeWorker,
    VideoFrame: class {},
    HTMLVideoElement: FakeVideo,
    HTMLCanvasElement: FakeCanvas,
    MessageChannel: class {
      port1 = { postMessage() {}, close() {} };
      port2 = { close() {} };
    },
  };
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

describe('checkSupport', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('leaves out the way through a worker that has no generator', async () => {
    installPage({ element: true, worker: ['VideoTrackGenerator'] });
    expect(await checkSupport()).toEqual({ tier: 'light', transports: ['element'], missing: ['WebGPU'] });
  });

  it('names what the worker lacks where there is no other way, and nothing that is there', async () => {
    installPage({ element: false, worker: ['VideoTrackGenerator'] });
    const { tier, transports, missing } = await checkSupport();
    expect([tier, transports]).toEqual(['none', []]);
    expect(missing).toEqual(['VideoTrackGenerator in a worker']);
  });

  it('finds the way through a worker that has all', async () => {
    installPage({ element: true, worker: [] });
    expect((await checkSupport()).transports).toEqual(['worker', 'element']);
  });

  it.each<[string, () => Promise<unknown>, string, readonly string[]]>([
    ['a real GPU', async () => ({ info: {} }), 'full', []],
    [
      'a GPU that computes on the CPU',
      async () => ({ info: { isFallbackAdapter: true } }),
      'light',
      ['WebGPU on a real GPU'],
    ],
    ['no adapter', async () => null, 'light', ['WebGPU']],
    ['an error', () => Promise.reject(new Error('no')), 'light', ['WebGPU']],
    [
      'no answer',
      () => new Promise(() => {}),
      'light',
      ['WebGPU (requestAdapter of WebGPU did not answer within 5 s)'],
    ],
  ])('reports the tier that removal would have with %s', async (_, requestAdapter, tier, missing) => {
    vi.useFakeTimers();
    installPage({ element: true, worker: [] });
    vi.stubGlobal('navigator', { gpu: { requestAdapter } });
    const support = checkSupport();
    await vi.advanceTimersByTimeAsync(9000);
    expect(await support).toMatchObject({ tier, missing });
  });

  it('decides for Remover.create: a transport that was ruled out is not taken', async () => {
    installPage({ element: true, worker: ['VideoTrackGenerator'] });
    const { kinds } = await usableTransports();
    expect(kinds).toEqual(['element']);
    const sinks: string[] = [];
    const createWorker = () => {
      const worker = {
        onmessage: (_: unknown) => {},
        terminate() {},
        postMessage(message: FirstMessage) {
          if (message.type === 'guard') sinks.push(message.sink.kind);
          throw new Error('seen');
        },
      };
      return worker as unknown as Worker;
    };
    const options = { assets: 'https://app.example/assets/', createWorker };
    await Remover.create(options).catch(() => {});
    await expect(Remover.create({ ...options, transport: 'worker' })).rejects.toMatchObject({ code: 'unsupported' });
    expect(sinks).toEqual(['port']);
  });

  it.each(['forbidden', 'silent'] as const)('asks the page where the worker is %s', async (worker) => {
    vi.useFakeTimers();
    installPage({ element: true, worker });
    const support = checkSupport();
    await vi.advanceTimersByTimeAsync(5000);
    expect((await support).transports).toEqual(['worker', 'element']);
  });
});
