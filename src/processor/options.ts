import type { LogLevel } from '../log.ts';
import type { PictureBox, PicturePoint } from '../segmentation/picked/pick.ts';
import { RemovalError } from './errors.ts';
import { nameOf } from './name-of.ts';
import { checkRemove } from './remove.ts';

/** What is taken out of the picture. */
export type Remove = 'people' | 'bystanders' | 'nothing' | RemoveBystanders | RemoveClasses | RemoveTargets;

/** Everybody but one: `'bystanders'` alone keeps the largest, most central person. */
export interface RemoveBystanders {
  /** A point on the person who stays, as a share of the picture's width and height, 0..1, when this comes into force. */
  readonly keep: PicturePoint;
}

/** Things of named classes; see docs/targets.md. */
export interface RemoveClasses {
  /** Names that the models know, such as `'bottle'` or `'tv'`: of COCO's 80 with the detector of `fetch-models`. */
  readonly classes: readonly string[];
  /**
   * The models: a folder with the files of `npx clean-plate fetch-models`, or each by its address. Default: `models/` beside
   * the folder `assets`.
   */
  readonly models?: string | URL | ClassModelFiles;
}

/** Things that somebody pointed at; see docs/targets.md. An empty list removes nothing, but learns the room for picks to come. */
export interface RemoveTargets {
  /** 16 at most. What is new in the list is picked in the next frame, what is missing from it is shown again. */
  readonly targets: readonly Target[];
}

/** One thing, by a point on it, a box round it or a stroke over it. */
export type Target = {
  /** The app's own name for it. The same name with another pick is picked anew. */
  readonly id: string;
} & (
  | { readonly point: PicturePoint }
  | { readonly box: PictureBox }
  /** The points of a line over it, 1,000 at most. */
  | { readonly stroke: readonly PicturePoint[] }
);

/** At least one of the two. Without a detector the segmenter has to find the things, without a segmenter boxes are hidden. */
export interface ClassModelFiles {
  /** A TFLite model for MediaPipe's ObjectDetector, with its labels. */
  readonly detector?: ModelFile;
  /** A TFLite model for MediaPipe's ImageSegmenter, with its labels. */
  readonly segmenter?: ModelFile;
}

/** An address, and the hex sha256 that the file must have where given. */
export type ModelFile = string | URL | { readonly url: string | URL; readonly sha256?: string };

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
   * Whether a neural network paints what was never seen, instead of a smooth fill. `on`: where the tier and this build
   * have it; it runs beside the frames, as often as it can. Default `auto`: see docs/network.md for why that is `off`.
   */
  readonly network?: 'auto' | 'on' | 'off';
  /**
   * What the workers write to the console. Default `errors`. `debug`: every line of MediaPipe's, and each stage of each frame as a
   * `PerformanceMeasure` for the browser's profiler. Never anything of a picture.
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
