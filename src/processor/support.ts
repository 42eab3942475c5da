import { probeTransport, type TransportKind, type TransportSupport } from '../transport/open.ts';
import { isSoftware, requestAdapter } from './gpu-adapter.ts';
import { TimeLimitError } from './time-limit.ts';

/** What {@link checkSupport} found. */
export interface Support {
  /** `full`: WebGPU on a real GPU. `light`: on the CPU. `none`: removal cannot run here. */
  readonly tier: 'full' | 'light' | 'none';
  /** Ways for frames to travel, best first. */
  readonly transports: readonly TransportKind[];
  /** What is missing, in words. Empty at tier `full`. */
  readonly missing: readonly string[];
}

/** Probes this browser. Safe to call anywhere, also without a page; makes no request. */
export async function checkSupport(): Promise<Support> {
  if (typeof document === 'undefined' || typeof Worker === 'undefined') {
    return { tier: 'none', transports: [], missing: ['a browser page (document, Worker)'] };
  }
  const { kinds, missing } = await usableTransports();
  const wasm = typeof WebAssembly === 'undefined' ? ['WebAssembly'] : [];
  if (!kinds.length || wasm.length) return { tier: 'none', transports: kinds, missing: [...missing, ...wasm] };
  const gpu = await lackingGpu();
  return { tier: gpu ? 'light' : 'full', transports: kinds, missing: gpu ? [gpu] : [] };
}

const IN_WORKER = ['MediaStreamTrackProcessor', 'VideoTrackGenerator'] as const;
/** A worker that a content policy keeps from running may say nothing at all, milliseconds. */
const SILENCE_MS = 2000;

/**
 * The transports of {@link probeTransport} that really work. A track that can be sent to a worker is not necessarily of
 * use there: in WebKit these are separate features. So a worker is asked, made from a blob so that no request is made;
 * where a policy forbids that, the page's answer stands.
 */
export async function usableTransports(): Promise<TransportSupport> {
  const { kinds, missing } = probeTransport();
  if (!kinds.includes('worker')) return { kinds, missing };
  const lacks = await lackingInWorker().catch(() => []);
  if (!lacks.length) return { kinds, missing };
  const others = kinds.filter((kind) => kind !== 'worker');
  return { kinds: others, missing: others.length ? [] : [...missing, ...lacks.map((name) => `${name} in a worker`)] };
}

async function lackingInWorker(): Promise<string[]> {
  const script = `postMessage(${JSON.stringify(IN_WORKER)}.filter((name) => !(name in self)))`;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  try {
    const asked = new Worker(url);
    worker = asked;
    return await new Promise((resolve, reject) => {
      asked.onmessage = ({ data }: MessageEvent<string[]>) => resolve(data);
      asked.onerror = reject;
      setTimeout(reject, SILENCE_MS);
    });
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}

/** Where removal would not run on a GPU, why; asked as the worker will. */
async function lackingGpu(): Promise<string | undefined> {
  try {
    if (!('gpu' in navigator) || !navigator.gpu) return 'WebGPU';
    const adapter = await requestAdapter(true);
    if (!adapter) return 'WebGPU';
    return isSoftware(adapter.info) ? 'WebGPU on a real GPU' : undefined;
  } catch (error) {
    return error instanceof TimeLimitError ? `WebGPU (${error.message})` : 'WebGPU';
  }
}
