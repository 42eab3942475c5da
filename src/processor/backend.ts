import { CpuInpainter } from '../inpaint/cpu-inpainter.ts';
import type { Fill } from '../inpaint/fill.ts';
import { GpuInpainter } from '../inpaint/gpu/gpu-inpainter.ts';
import { GpuReadbackFill } from '../inpaint/gpu/gpu-readback-fill.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';

/** Chooses between the inpainter's twins. A device that once failed is not tried again in this worker's life. */
export class Backend {
  readonly #tier: 'auto' | 'full' | 'light';
  #device: GPUDevice | undefined;
  readonly #createFill: () => Fill | undefined;
  #tried = false;

  /** @param createFill what is shown where nothing was ever seen; undefined for the inpainter's own. */
  constructor(tier: 'auto' | 'full' | 'light', createFill: () => Fill | undefined = () => undefined) {
    this.#tier = tier;
    this.#createFill = createFill;
  }

  async createInpainter(): Promise<Inpainter> {
    if (this.#tier !== 'light' && !this.#tried) {
      this.#tried = true;
      try {
        this.#device = await requestDevice(this.#tier === 'full');
        if (this.#device) {
          const fill = this.#createFill();
          return await GpuInpainter.create(this.#device, fill ? { fill: new GpuReadbackFill(this.#device, fill) } : {});
        }
      } catch {
        // A GPU that cannot do it is as good as none; the CPU can.
      }
    }
    this.close();
    const fill = this.#createFill();
    return new CpuInpainter(fill ? { fill } : {});
  }

  close(): void {
    this.#device?.destroy();
    this.#device = undefined;
  }
}

/** @param evenSoftware also take an adapter that runs on the CPU: slower than our own CPU code, but the same to test. */
async function requestDevice(evenSoftware: boolean): Promise<GPUDevice | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter || (!evenSoftware && isSoftware(adapter.info))) return undefined;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return await adapter.requestDevice({
    label: 'clean-plate',
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
}

/** Chromium says so in `isFallbackAdapter`; where it is forced on it does not, but has the renderer's name. */
function isSoftware(info: GPUAdapterInfo): boolean {
  return (
    info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(`${info.vendor} ${info.architecture} ${info.description}`)
  );
}
