import type { LogLevel } from '../log.ts';
import { RemovalError } from './errors.ts';
import { nameOf } from './name-of.ts';
import { checkRemove } from './remove.ts';
import type { Remove } from './remove-option.ts';

/**
 * What is shown where no clean picture exists: `blank`, an even dark grey, or `mosaic`, the frame in about a hundred
 * flat tiles. Never the raw frame.
 */
export type Cover = 'blank' | 'mosaic';

/** What can be changed while it runs. */
export interface UpdateOptions {
  /** What is taken out. Default: `'people'`. */
  readonly remove?: Remove;
  /** What is shown where no clean picture exists. Default: `'blank'`. */
  readonly cover?: Cover;
}

/** How far the loading of models and wasm is. */
export interface AssetProgress {
  /** Bytes so far, over the files that are being loaded. */
  readonly loaded: number;
  /** Bytes in all; 0 while unknown. */
  readonly total: number;
}

/** What a remover is made with. All of it is optional. */
export interface RemoverOptions extends UpdateOptions {
  /**
   * Base URL of the package's `assets` folder, as your server gives it. Default: `assets/` beside the module.
   * No file is ever asked of another host than this one.
   */
  readonly assets?: string | URL;
  /**
   * Makes a worker of `worker.js`, for bundlers that do not understand `new Worker(new URL(...))`. Called twice at the
   * start, and again when a worker was lost.
   */
  readonly createWorker?: () => Worker;
  /** Ends the start: `create` and `ready` reject with code `aborted`. Later it closes the remover. */
  readonly signal?: AbortSignal;
  /** Called on the page while models and wasm come, about once for each piece that the network delivers. */
  readonly onProgress?: (progress: AssetProgress) => void;
  /** How frames travel. Default: the best that the browser has. */
  readonly transport?: 'auto' | 'streams' | 'worker' | 'element';
  /** `light` keeps off the GPU, `full` takes even a software one. Default `auto`: WebGPU where there is a real GPU. */
  readonly tier?: 'auto' | 'full' | 'light';
  /**
   * What fills in what was never seen. Default `auto`: the room is completed from what was seen, once, in a worker
   * beside the frames, and again only when there is more to go by. `on`: besides, a neural network paints all the time,
   * where the tier and this build have it; see docs/network.md for why that is not the default. `off`: a smooth fill.
   */
  readonly network?: 'auto' | 'on' | 'off';
  /**
   * What the workers write to the console. Default `errors`. `debug`: every line of MediaPipe's, and each stage of each
   * frame as a `PerformanceMeasure` for the browser's profiler. Never anything of a picture.
   */
  readonly log?: LogLevel;
}

const CHOICES = {
  cover: ['blank', 'mosaic'],
  transport: ['auto', 'streams', 'worker', 'element'],
  tier: ['auto', 'full', 'light'],
  network: ['auto', 'on', 'off'],
  log: ['silent', 'errors', 'debug'],
} as const;

/** Rejects what a plain JavaScript caller may hand in. */
export function checkOptions(options: RemoverOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new RemovalError('invalid-option', `Options must be an object, not ${nameOf(options)}.`);
  }
  if (options.remove !== undefined) checkRemove(options.remove);
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES];
    if (value !== undefined && !(choices as readonly unknown[]).includes(value)) {
      const list = choices.map((choice) => `'${choice}'`).join(', ');
      throw new RemovalError('invalid-option', `Option '${name}' must be one of ${list}, not ${nameOf(value)}.`);
    }
  }
  for (const name of ['createWorker', 'onProgress'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw new RemovalError('invalid-option', `Option '${name}' must be a function, not ${nameOf(options[name])}.`);
    }
  }
}

/** The base URL with its closing slash, so that names resolve below it. */
export function assetBase(assets: string | URL | undefined, fallback: string): string {
  try {
    const url = new URL(assets ?? fallback, fallback);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url.href;
  } catch (cause) {
    throw new RemovalError('invalid-option', `Option 'assets' is not a URL: ${nameOf(assets)}.`, { cause });
  }
}
