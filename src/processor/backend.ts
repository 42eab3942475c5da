import { CpuInpainter } from '../inpaint/cpu-inpainter.ts';
import type { Fill } from '../inpaint/fill.ts';
import type { GpuFill } from '../inpaint/gpu/gpu-fill.ts';
import { GpuInpainter } from '../inpaint/gpu/gpu-inpainter.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';

/** What is shown where nothing was ever seen, for each of the inpainter's twins; undefined for the twin's own. */
export interface Fills {
  onCpu(): Fill | undefined;
  /** @param software the device computes on the CPU. */
  onGpu(device: GPUDevice, software: boolean): Promise<GpuFill | undefined>;
}

/** Chooses between the inpainter's twins. A device that once failed is not tried again in this worker's life. */
export class Backend {
  readonly #tier: 'auto' | 'full' | 'light';
  readonly #fills: Fills;
  #device: GPUDevice | undefined;
  #tried = false;

  constructor(tier: 'auto' | 'full' | 'light', fills: Fills) {
    this.#tier = tier;
    this.#fills = fills;
  }

  async createInpainter(): Promise<Inpainter> {
    if (this.#tier !== 'light' && !this.#tried) {
      this.#tried = true;
      try {
        this.#device = await requestDevice(this.#tier === 'full');
        if (this.#device) {
          const fill = await this.#fills.onGpu(this.#device, isSoftware(this.#device.adapterInfo));
          return await GpuInpainter.create(this.#device, fill ? { fill } : {});
        }
      } catch {
        // A GPU that cannot do it is as good as none; the CPU can.
      }
    }
    this.close();
    const fill = this.#fills.onCpu();
    return new CpuInpainter(fill ? { fill } : {});
  }

  close(): void {
    this.#device?.destroy();
    this.#device = undefined;
  }
}

/** What ONNX Runtime asks for when it makes a device of its own, where the adapter has it: it chooses its kernels by it. */
const FEATURES: GPUFeatureName[] = ['shader-f16', 'subgroups'];
const LIMITS = [
  'maxBindGroups',
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

/** @param evenSoftware also take an adapter that runs on the CPU: slower than our own CPU code, but the same to test. */
async function requestDevice(evenSoftware: boolean): Promise<GPUDevice | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter || (!evenSoftware && isSoftware(adapter.info))) return undefined;
  return await adapter.requestDevice({
    label: 'clean-plate',
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
}

/** Chromium says so in `isFallbackAdapter`; where it is forced on it does not, but has the renderer's name. */
function isSoftware(info: GPUAdapterInfo): boolean {
  return (
    info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(`${info.vendor} ${info.architecture} ${info.description}`)
  );
}
