import { within } from './time-limit.ts';

/** Chromium answers in milliseconds, or after some seconds where it starts its GPU process anew. */
export const ADAPTER_MS = 5000;

/**
 * The GPU that removal would run on; undefined where there is none.
 *
 * @param evenSoftware also one that computes on the CPU: slower than our own CPU code, but the same to test
 * @throws TimeLimitError where the browser never answers (https://github.com/webgpu/webgpu-samples/issues/236)
 */
export async function requestAdapter(evenSoftware: boolean): Promise<GPUAdapter | undefined> {
  if (typeof navigator === 'undefined' || !navigator.gpu) return undefined;
  const asked = navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  const adapter = await within(asked, ADAPTER_MS, 'requestAdapter of WebGPU');
  return adapter && (evenSoftware || !isSoftware(adapter.info)) ? adapter : undefined;
}

/** Chromium says so in `isFallbackAdapter`; where it is forced on it does not, but has the renderer's name. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  return (
    info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(`${info.vendor} ${info.architecture} ${info.description}`)
  );
}
