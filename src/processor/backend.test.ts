import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Inpainter } from '../inpaint/inpainter.ts';
import { Backend } from './backend.ts';

/** Set by a test: what the GPU inpainter's compiler gives. */
let compiled: () => Promise<Inpainter>;
vi.mock('../inpaint/gpu/gpu-inpainter.ts', () => ({ GpuInpainter: { create: () => compiled() } }));

const never = () => new Promise<never>(() => {});
const gpuInpainter = () => ({ backend: 'webgpu', close: vi.fn() }) as unknown as Inpainter;

describe('Backend', () => {
  let destroyed: number;
  let errors: string[];
  let adapter: { info: object; features: Set<string>; limits: object; requestDevice(): Promise<unknown> };
  const device = () => ({ adapterInfo: {}, destroy: () => destroyed++ });
  const fills = {
    onCpu: () => undefined,
    onGpu: async () => undefined,
    completion: () => undefined,
    memory: () => undefined,
    grain: true,
  };
  const backend = (tier: 'auto' | 'full' | 'light' = 'auto') =>
    new Backend(tier, fills, ({ code, message }) => errors.push(`${code}: ${message}`));

  beforeEach(() => {
    vi.useFakeTimers();
    destroyed = 0;
    errors = [];
    compiled = async () => gpuInpainter();
    adapter = { info: {}, features: new Set(), limits: {}, requestDevice: async () => device() };
    vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter } });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const made = async (of: Backend) => {
    const inpainter = of.createInpainter();
    await vi.advanceTimersByTimeAsync(60_000);
    return (await inpainter).backend;
  };

  it('takes a real GPU, and the CPU after that one failed', async () => {
    const one = backend();
    expect(await made(one)).toBe('webgpu');
    expect(await made(one)).toBe('cpu');
    expect(destroyed).toBe(1);
    expect(errors).toEqual([]);
  });

  it('leaves a GPU alone that computes on the CPU, unless it is ordered to take it', async () => {
    adapter.info = { isFallbackAdapter: true };
    expect([await made(backend()), await made(backend('full')), await made(backend('light'))]).toEqual([
      'cpu',
      'webgpu',
      'cpu',
    ]);
  });

  it.each<[string, () => void]>([
    ['requestAdapter', () => vi.stubGlobal('navigator', { gpu: { requestAdapter: never } })],
    ['requestDevice', () => Object.assign(adapter, { requestDevice: never })],
    [
      'compiler',
      () => {
        compiled = never;
      },
    ],
  ])('goes on on the CPU where the %s never answers, and says so', async (what, hang) => {
    hang();
    expect(await made(backend())).toBe('cpu');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      new RegExp(`^gpu-lost: .*${what}.* did not answer within \\d+ s; removal goes on on the CPU`),
    );
  });

  it('gives back a device and an inpainter that come too late', async () => {
    let give = (_: unknown) => {};
    adapter.requestDevice = () => new Promise((resolve) => (give = resolve));
    expect(await made(backend())).toBe('cpu');
    give(device());
    await vi.advanceTimersByTimeAsync(1);
    expect(destroyed).toBe(1);
    const late = gpuInpainter();
    adapter.requestDevice = async () => device();
    compiled = () => new Promise((resolve) => (give = resolve as typeof give));
    expect(await made(backend())).toBe('cpu');
    give(late);
    await vi.advanceTimersByTimeAsync(1);
    expect(late.close).toHaveBeenCalledTimes(1);
  });
});
