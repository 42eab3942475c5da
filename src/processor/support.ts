import { hasWebGl2 } from '../segmentation/webgl.ts';
import { probeTransport, type TransportKind } from '../transport/open.ts';

/** What this browser can do, as {@link checkSupport} finds. */
export interface Support {
  /** `full`: WebGPU. `light`: no WebGPU, removal on the CPU. `none`: removal cannot run here. */
  readonly tier: 'full' | 'light' | 'none';
  /** Ways for frames to travel, best first. */
  readonly transports: readonly TransportKind[];
  /** What is missing, in words. Empty at tier `full`. */
  readonly missing: readonly string[];
}

/** Asks this browser what it can do. Safe to call anywhere, also where there is no page; asks no network. */
export async function checkSupport(): Promise<Support> {
  if (typeof document === 'undefined' || typeof Worker === 'undefined') {
    return { tier: 'none', transports: [], missing: ['a browser page (document, Worker)'] };
  }
  const { kinds, missing } = probeTransport();
  const wasm = typeof WebAssembly === 'undefined' ? ['WebAssembly'] : [];
  const gl = hasWebGl2() ? [] : ['WebGL 2 on an OffscreenCanvas, which MediaPipe needs'];
  if (!kinds.length || wasm.length || gl.length) {
    return { tier: 'none', transports: kinds, missing: [...missing, ...wasm, ...gl] };
  }
  const gpu = await hasWebGpu();
  return { tier: gpu ? 'full' : 'light', transports: kinds, missing: gpu ? [] : ['WebGPU'] };
}

async function hasWebGpu(): Promise<boolean> {
  if (!('gpu' in navigator) || !navigator.gpu) return false;
  try {
    return (await navigator.gpu.requestAdapter()) !== null;
  } catch {
    return false;
  }
}
