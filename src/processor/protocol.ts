import type { CompiledModules } from '../assets/compiled.ts';
import type { Pace } from '../inpaint/network/network-fill.ts';
import type { PlateView } from '../inpaint/plate-view.ts';
import type { LogLevel } from '../log.ts';
import type { Mask } from '../mask.ts';
import type { Part } from '../segmentation/parts.ts';
import type { SinkHandle, SourceHandle } from '../transport/frames.ts';
import type { WireError } from './errors.ts';
import type { NamedRoom } from './memory.ts';
import type { AssetProgress } from './options.ts';
import type { RemoveOrder } from './remove.ts';
import type { Desired, Health, Observed } from './state.ts';
import type { RemoverStats } from './stats.ts';

/** What a worker starts with; what it is to do comes as the first `desired`, and until then the output is covered. */
export interface StartOptions {
  /** Base URL, absolute, with its closing slash. */
  readonly assets: string;
  readonly tier: 'auto' | 'full' | 'light';
  /** Whether the network paints what was never seen, and whether each frame waits for it. */
  readonly network: Pace | 'off';
  /** Whether what was never seen is completed from what was, and whether the frame that asks for it waits. */
  readonly completion: Pace | 'off';
  /** Whether rooms are remembered, and whether the frame that needs one waits until it is found. */
  readonly memory: Pace | 'off';
  /** The rooms that may be recognised, as far as they are known by then. */
  readonly rooms: readonly NamedRoom[];
  readonly log: LogLevel;
}

/**
 * The first message to a worker. One script plays both parts, so that there is one file to serve: the guardian, which
 * owns the camera's frames and the output track, and the worker proper, which it may have replaced.
 */
export type FirstMessage =
  | { readonly type: 'guard'; readonly sink: SinkHandle; readonly options: StartOptions }
  /** {@link ToWorker} and {@link FromWorker} then go over `port`. */
  | { readonly type: 'work'; readonly port: MessagePort; readonly compiled: CompiledModules }
  /** Loads what finds `remove`, says so with {@link FromPreload}, and does nothing else. */
  | { readonly type: 'preload'; readonly remove: Exclude<RemoveOrder, 'nothing'>; readonly assets: string };

/** From a worker that loads ahead; `preloaded` or `failed` is the last. */
export type FromPreload =
  | { readonly type: 'progress'; readonly progress: AssetProgress }
  | { readonly type: 'preloaded'; readonly compiled: CompiledModules }
  | { readonly type: 'failed'; readonly error: WireError };

/** From the page to the guardian. */
export type ToGuardian =
  | Extract<ToWorker, { type: 'desired' | 'plate' | 'rooms' | 'close' }>
  /** The frames of {@link Desired.source} `number`. */
  | (Extract<ToWorker, { type: 'source' }> & { readonly number: number })
  /** A worker is at the other end of `port`. */
  | { readonly type: 'worker'; readonly port: MessagePort };

/** From the guardian to the page. */
export type FromGuardian =
  | Exclude<FromWorker, { type: 'observed' }>
  /** How things are, when any of it has changed. */
  | { readonly type: 'report'; readonly observed: Observed; readonly health: Health }
  /** The worker is lost: end it, and make another one if `again`. */
  | { readonly type: 'replace'; readonly again: boolean };

/** To a worker. */
export type ToWorker =
  /** Once, first. `harness` is for the headless run: frames keep their RGB, masks come and go over a port. */
  | { readonly type: 'start'; readonly sink: SinkHandle; readonly options: StartOptions; readonly harness?: Harness }
  | { readonly type: 'source'; readonly handle: SourceHandle; readonly hint: SourceHint }
  /** All that is wanted; how far it is in force comes as `observed`. */
  | { readonly type: 'desired'; readonly desired: Desired }
  /** The rooms that may be recognised. */
  | { readonly type: 'rooms'; readonly rooms: readonly NamedRoom[] }
  /** Asks for a `plate` with the same `id`. */
  | { readonly type: 'plate'; readonly id: number }
  | { readonly type: 'close' };

/** What the page knows of a source before its first frame; zero where it does not. */
export interface SourceHint {
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly frameRate: number;
}

/** From a worker. */
export type FromWorker =
  /** `track` where it was made there (`generator`). */
  | { readonly type: 'started'; readonly track?: MediaStreamTrack }
  /** The last message: everything is closed. */
  | { readonly type: 'ended' }
  | { readonly type: 'observed'; readonly observed: Observed }
  /** `view` is undefined where nothing may be shown now. Its pixels are transferred. */
  | { readonly type: 'plate'; readonly id: number; readonly view: PlateView | undefined }
  /** The room of this call, whenever more of it is remembered. */
  | { readonly type: 'room'; readonly file: Uint8Array<ArrayBuffer> }
  | { readonly type: 'progress'; readonly progress: AssetProgress }
  /** A failure that is over; it is not observed. */
  | { readonly type: 'error'; readonly error: WireError }
  /** The heartbeat: figures, twice a second. Its absence is how a dead worker is found. */
  | { readonly type: 'stats'; readonly stats: RemoverStats };

export interface Harness {
  readonly port: MessagePort;
  /** Take hole masks from the port instead of a segmenter. */
  readonly givesMasks: boolean;
  /** Parts of the people segmentation to leave out. */
  readonly without?: readonly Part[];
  /** Whether the hole gets the camera's grain, as it does unless given. */
  readonly grain?: boolean;
}

/** Over the harness's port. The worker reports each frame; where masks are given, it asks for each first. */
export type FromHarness = { readonly timestamp: number; readonly mask: Mask };
export type ToHarness =
  | { readonly type: 'mask-please'; readonly timestamp: number }
  | {
      readonly type: 'frame';
      readonly timestamp: number;
      readonly hole: Mask | null;
      readonly stats: RemoverStats;
      /** Milliseconds of this frame by stage. */
      readonly ms: Readonly<Record<string, number>>;
    };
