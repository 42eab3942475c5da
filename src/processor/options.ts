import type { LogLevel } from '../log.ts';
import { RemovalError } from './errors.ts';
import { nameOf } from './name-of.ts';
import { checkRemove } from './remove.ts';
import type { Remove } from './remove-option.ts';

/**
 * What is shown where no clean picture exists, never the raw frame: `blank`, a solid dark grey, or `mosaic`, the frame
 * in about a hundred flat tiles.
 */
export type Cover = 'blank' | 'mosaic';

/** Options that can change later. */
export interface UpdateOptions {
  /** What is removed. Default: `'people'`. */
  readonly remove?: Remove;
  /** What is shown where no clean picture exists. Default: `'blank'`. */
  readonly cover?: Cover;
}

/** Download progress of models and wasm. */
export interface AssetProgress {
  /** Bytes so far. */
  readonly loaded: number;
  /** Bytes in all; 0 while unknown. */
  readonly total: number;
}

/** Options of a remover, all optional. */
export interface RemoverOptions extends UpdateOptions {
  /** URL of the package's `assets` folder. Default: `assets/` beside the module. */
  readonly assets?: string | URL;
  /**
   * Makes a worker of `worker.js`, for bundlers that do not understand `new Worker(new URL(...))`. Called twice at the
   * start and again after a lost worker.
   */
  readonly createWorker?: () => Worker;
  /** Aborts the start: `create` and `ready` reject with `aborted`. Later it closes the remover. */
  readonly signal?: AbortSignal;
  /** Called on the page while models and wasm load, about once for each chunk. */
  readonly onProgress?: (progress: AssetProgress) => void;
  /** How frames travel. Default: the best available. */
  readonly transport?: 'auto' | 'streams' | 'worker' | 'element';
  /** `light` keeps off the GPU, `full` takes even a software one. Default `auto`: WebGPU on a real GPU. */
  readonly tier?: 'auto' | 'full' | 'light';
  /**
   * How what was never seen is filled. Default `auto`: completed once, by copying what was seen. `on`: a neural network
   * paints as well, all the time (docs/network.md). `off`: a smooth fill.
   */
  readonly network?: 'auto' | 'on' | 'off';
  /**
   * What is remembered of the room. `call` (default): the plate, until the remover is closed. `device`: also in this
   * browser, for the next call (docs/privacy.md). `none`: nothing.
   */
  readonly memory?: 'none' | 'call' | 'device';
  /** From {@link Remover.exportRoom}: a room that may be recognised. */
  readonly room?: Blob;
  /**
   * What the workers log. Default `errors`. `debug`: all of MediaPipe's lines, and each
   * stage of each frame as a `PerformanceMeasure`.
   */
  readonly log?: LogLevel;
}

const CHOICES = {
  cover: ['blank', 'mosaic'],
  transport: ['auto', 'streams', 'worker', 'element'],
  tier: ['auto', 'full', 'light'],
  network: ['auto', 'on', 'off'],
  memory: ['none', 'call', 'device'],
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
  if (options.room !== undefined && !(options.room instanceof Blob)) {
    throw new RemovalError('invalid-option', `Option 'room' must be a Blob, not ${nameOf(options.room)}.`);
  }
  if (options.room !== undefined && options.memory === 'none') {
    throw new RemovalError(
      'invalid-option',
      "Option 'room' is of no use with `memory: 'none'`. Leave one of them out.",
    );
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
