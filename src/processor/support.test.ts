import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkSupport } from './support.ts';

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
  const canvas = { captureStream: () => ({ getVideoTracks: () => [track] }) };
  class FakeVideo {}
  class FakeCanvas {}
  if (element) Object.assign(FakeVideo.prototype, { requestVideoFrameCallback() {} });
  Object.assign(FakeCanvas.prototype, { captureStream() {} });
  const globals = {
    document: { createElement: () => canvas },
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

  it('tells what the worker lacks where there is no other way, and nothing that is there', async () => {
    installPage({ element: false, worker: ['VideoTrackGenerator'] });
    const { tier, transports, missing } = await checkSupport();
    expect([tier, transports]).toEqual(['none', []]);
    expect(missing).toEqual(['VideoTrackGenerator in a worker']);
  });

  it('finds the way through a worker that has all', async () => {
    installPage({ element: true, worker: [] });
    expect((await checkSupport()).transports).toEqual(['worker', 'element']);
  });

  it.each(['forbidden', 'silent'] as const)('goes by the page where the worker is %s', async (worker) => {
    vi.useFakeTimers();
    installPage({ element: true, worker });
    const support = checkSupport();
    await vi.advanceTimersByTimeAsync(5000);
    expect((await support).transports).toEqual(['worker', 'element']);
  });
});
