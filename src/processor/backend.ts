import type { CompletionOptions } from '../inpaint/completion/completing.ts';
import { CpuInpainter } from '../inpaint/cpu-inpainter.ts';
import type { Fill } from '../inpaint/fill.ts';
import type { GpuFill } from '../inpaint/gpu/gpu-fill.ts';
import { GpuInpainter } from '../inpaint/gpu/gpu-inpainter.ts';
import type { Inpainter, InpainterOptions } from '../inpaint/inpainter.ts';
import type { MemoryOptions } from '../inpaint/room/remembering.ts';
import { RemovalError } from './errors.ts';
import { isSoftware, requestAdapter } from './gpu-adapter.ts';
import { TimeLimitError, within } from './time-limit.ts';

/** What is shown where nothing was ever seen, for each of the inpainter's twins; undefined for the twin's own. */
export interface Fills {
  onCpu(): Fill | undefined;
  /** @param software the device computes on the CPU. */
  onGpu(device: GPUDevice, software: boolean): Promise<GpuFill | undefined>;
  /** What completes the room over them, for one inpainter; undefined for nothing. */
  completion(): CompletionOptions | undefined;
  /** What remembers the room for one inpainter; undefined for nothing. */
  memory(): MemoryOptions | undefined;
  /** Whether the hole gets the camera's grain. */
  readonly grain: boolean;
}

/** Until a device answers, and until its shaders are compiled, milliseconds. */
const DEVICE_MS = 5000;
const COMPILE_MS = 30_000;

/**
 * Chooses between the inpainter's twins. A device that failed or never answered is not tried again in this worker's
 * life.
 */
export class Backend {
  readonly #tier: 'auto' | 'full' | 'light';
  readonly #fills: Fills;
  readonly #onError: (error: RemovalError) => void;
  #device: GPUDevice | undefined;
  #tried = false;
  #closed = false;

  /** @param onError called when a GPU never answers; a missing one is no error */
  constructor(tier: 'auto' | 'full' | 'light', fills: Fills, onError: (error: RemovalError) => void) {
    this.#tier = tier;
    this.#fills = fills;
    this.#onError = onError;
  }

  /** To be called again only when the last one failed. */
  async createInpainter(): Promise<Inpainter> {
    const onGpu = this.#tier !== 'light' && !this.#tried ? await this.#onGpu() : undefined;
    if (onGpu) return onGpu;
    this.#giveBack();
    const fill = this.#fills.onCpu();
    return new CpuInpainter(this.#with(fill));
  }

  #with<T>(fill: T | undefined): InpainterOptions<T> {
    const { grain, completion, memory } = this.#fills;
    const [completes, remembers] = [completion(), memory()];
    return {
      grain,
      ...(fill ? { fill } : {}),
      ...(completes ? { completion: completes } : {}),
      ...(remembers ? { memory: remembers } : {}),
    };
  }

  close(): void {
    this.#closed = true;
    this.#giveBack();
  }

  async #onGpu(): Promise<Inpainter | undefined> {
    this.#tried = true;
    try {
      const device = await requestDevice(this.#tier === 'full');
      if (!device) return undefined;
      this.#device = device;
      if (this.#closed) this.#giveBack();
      const made = this.#fills
        .onGpu(device, isSoftware(device.adapterInfo))
        .then((fill) => GpuInpainter.create(device, this.#with(fill)));
      return await within(made, COMPILE_MS, 'The compiler of WebGPU', (late) => late.close());
    } catch (error) {
      // A GPU that cannot do it is as good as none; the CPU can.
      if (error instanceof TimeLimitError) {
        const message = `${error.message}; removal goes on on the CPU.`;
        this.#onError(new RemovalError('gpu-lost', message, { cause: error }));
      }
      return undefined;
    }
  }

  #giveBack(): void {
    this.#device?.destroy();
    this.#device = undefined;
  }
}

/**
 * What ONNX Runtime asks for when it makes a device of its own, where the adapter has it: it chooses its kernels by it.
 */
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

async function requestDevice(evenSoftware: boolean): Promise<GPUDevice | undefined> {
  const adapter = await requestAdapter(evenSoftware);
  if (!adapter) return undefined;
  const asked = adapter.requestDevice({
    label: 'clean-plate',
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  return await within(asked, DEVICE_MS, 'requestDevice of WebGPU', (late) => late.destroy());
}
