import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMaskSource, type LoadOptions } from './mask-sources.ts';

/** Set by a test: what loading the people's models comes to. */
let load: (options: { readonly signal: AbortSignal; onProgress(loaded: number): void }) => Promise<{ close(): void }>;
vi.mock('../segmentation/modes/people/mask-source.ts', () => ({
  PeopleMaskSource: { create: (options: Parameters<typeof load>[0]) => load(options) },
}));
vi.stubGlobal('__ASSETS__', new Proxy({}, { get: () => ({ bytes: 100, sha256: '' }) }));

describe('createMaskSource', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const begin = (options: Partial<LoadOptions> = {}) => {
    const { signal } = new AbortController();
    const all = { signal, onProgress: () => {}, onTargets: () => {}, ...options };
    const settled = createMaskSource('people', 'https://app.example/assets/', all).then(
      () => 'made',
      ({ code, message }) => `${code}: ${message}`,
    );
    let result = 'pending';
    void settled.then((value) => {
      result = value;
    });
    return () => result;
  };
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('gives up on a model that never starts, ends its downloads, and closes it if it comes all the same', async () => {
    let give = (_: { close(): void }) => {};
    let signal: AbortSignal | undefined;
    load = (options) => {
      signal = options.signal;
      return new Promise((resolve) => {
        give = resolve;
      });
    };
    const result = begin();
    await pass(59_000);
    expect(result()).toBe('pending');
    await pass(2000);
    expect(result()).toMatch(/^segmentation-failed: .* nothing happened for 60 s/);
    expect(signal?.aborted).toBe(true);
    const close = vi.fn();
    give({ close });
    await pass(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('waits for as long as bytes come', async () => {
    let tick = () => {};
    let give = (_: { close(): void }) => {};
    const progress: number[] = [];
    load = ({ onProgress }) => {
      tick = () => onProgress(7);
      return new Promise((resolve) => {
        give = resolve;
      });
    };
    const result = begin({ onProgress: ({ loaded }) => progress.push(loaded) });
    for (let i = 0; i < 5; i++) {
      await pass(50_000);
      tick();
    }
    give({ close() {} });
    await pass(1);
    expect(result()).toBe('made');
    expect(progress).toEqual([7, 7, 7, 7, 7]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends when the load's own signal says so", async () => {
    load = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
    const abort = new AbortController();
    const result = begin({ signal: abort.signal });
    abort.abort();
    await pass(1);
    expect(result()).toMatch(/ended/);
    expect(vi.getTimerCount()).toBe(0);
  });
});
