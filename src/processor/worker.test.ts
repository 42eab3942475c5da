import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeChannel } from '../../test/fakes/message-channel.ts';
import type { FirstMessage, FromGuardian, FromWorker, ToGuardian, ToWorker } from './protocol.ts';
import { INITIAL } from './state.ts';

const OPTIONS = {
  assets: 'https://app.example/assets/',
  tier: 'light',
  network: 'off',
  completion: 'off',
  memory: 'off',
  rooms: [],
  log: 'errors',
} as const;

/** The global of a worker. */
class FakeSelf {
  onmessage: ((event: { data: FirstMessage | ToGuardian }) => void) | undefined;
  readonly said: (FromGuardian | FromWorker)[] = [];
  readonly postMessage = (message: FromGuardian) => void this.said.push(message);

  onMessage(data: FirstMessage | ToGuardian): void {
    this.onmessage?.({ data });
  }
}

describe('worker.js', () => {
  let self: FakeSelf;
  const types = (said: readonly { readonly type: string }[]) => said.map(({ type }) => type);
  const turn = () => vi.advanceTimersByTimeAsync(10);

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    self = new FakeSelf();
    vi.stubGlobal('self', self);
    vi.stubGlobal('__ASSETS__', {});
    await import('./worker.ts');
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('as the guardian says that it has started, reports, and ends', async () => {
    self.onMessage({ type: 'guard', sink: { kind: 'port', port: fakeChannel()[0] }, options: OPTIONS });
    expect(types(self.said)).toEqual(['started']);
    self.onMessage({ type: 'worker', port: fakeChannel()[0] });
    expect(self.said.at(-1)).toMatchObject({ type: 'report', health: { worker: 'alive' }, observed: { version: 0 } });
    self.onMessage({ type: 'close' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(types(self.said).at(-1)).toBe('ended');
  });

  it('as the one that works obeys its port, sends its heartbeat, and ends', async () => {
    const [port, worker] = fakeChannel();
    const said: FromWorker[] = [];
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => said.push(data);
    const post = (message: ToWorker) => port.postMessage(message);
    self.onMessage({ type: 'work', port: worker, compiled: new Map() as never });
    post({ type: 'start', sink: { kind: 'port', port: fakeChannel()[0] }, options: OPTIONS });
    post({ type: 'desired', desired: { ...INITIAL, version: 3, wish: 2, enabled: false } });
    await turn();
    expect(types(said)).toEqual(['started', 'observed', 'observed']);
    expect(said.at(-1)).toMatchObject({ observed: { version: 3, settled: 2 } });
    post({ type: 'plate', id: 7 });
    await turn();
    expect(said.at(-1)).toEqual({ type: 'plate', id: 7, view: undefined });
    await vi.advanceTimersByTimeAsync(500);
    expect(said.at(-1)).toMatchObject({ type: 'stats', stats: { state: 'paused', backend: 'none' } });
    post({ type: 'close' });
    await turn();
    expect(types(said)).toContain('ended');
    expect(self.said).toEqual([]);
  });
});
