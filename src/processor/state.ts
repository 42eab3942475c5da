import type { TargetStatus } from '../segmentation/modes/picked/mask-source.ts';
import type { WireError } from './errors.ts';
import type { Removal } from './loader.ts';
import type { Cover } from './options.ts';
import type { RemoverState } from './stats.ts';

/**
 * What the page wants: owned by the remover, replaced as a whole with every change, and handed on to the guardian and
 * to each worker. Nobody else changes it, so a lost worker's successor gets what counts now.
 */
export interface Desired {
  /** Rises with every change. */
  readonly version: number;
  /** The version in which `remove` or `enabled` was last asked for: asked for once more, what failed is tried again. */
  readonly wish: number;
  /** What is to be removed while `enabled`. */
  readonly remove: Removal;
  /** Whether anything is to be removed; otherwise the source's own frames are shown. */
  readonly enabled: boolean;
  readonly cover: Cover;
  /** Counts sources; 0 before the first. */
  readonly source: number;
  readonly closed: boolean;
}

/** Before the first message: covered. */
export const INITIAL: Desired = {
  version: 0,
  wish: 0,
  remove: 'people',
  enabled: true,
  cover: 'blank',
  source: 0,
  closed: false,
};

/** What may fail and work again while it runs. */
export type FaultyPart = 'segmentation' | 'inpainting' | 'frames';

/** What a worker reports that it does; posted when any of it changes. */
export interface Observed {
  /** The newest {@link Desired} that it applies; 0 before the first. */
  readonly version: number;
  /** The newest wish that is in force: frames made from now on show what it allows. */
  readonly settled: number;
  /**
   * The newest wish that could not be granted. `instead`: what is removed in its place; undefined where all is covered.
   */
  readonly refused?: { readonly wish: number; readonly error: WireError; readonly instead: Removal | undefined };
  /** Whether what removal needs is there. */
  readonly parts: 'loading' | 'ready' | 'failed';
  /** Why, where `parts` is `failed`. */
  readonly error?: WireError;
  readonly frames: 'none' | 'flowing' | 'idle' | 'ended';
  /** What the last frame came out as: covered for `reason`, or `none` since other parts are wanted. */
  readonly shown: 'none' | 'raw' | 'clean' | 'cover';
  readonly reason: string;
  /** What fails now. */
  readonly faults: Readonly<Partial<Record<FaultyPart, WireError>>>;
  /** Where work does not keep up with the camera, how it does. */
  readonly late: string;
  /** The output track takes no more frames. */
  readonly gone: boolean;
  /** What has become of what was picked. */
  readonly targets: readonly TargetStatus[];
  /** The remembered room that was recognised, by its name; empty for none. */
  readonly room: string;
}

/** Of a worker that has not said anything yet. */
export const UNOBSERVED: Observed = {
  version: 0,
  settled: 0,
  parts: 'loading',
  frames: 'none',
  shown: 'none',
  reason: '',
  faults: {},
  late: '',
  gone: false,
  targets: [],
  room: '',
};

/** How the workers are, as the guardian reports it, or the page where no guardian is left. */
export interface Health {
  /** `stalled`: it keeps a frame for too long. `lost`: another one is on its way. */
  readonly worker: 'starting' | 'alive' | 'stalled' | 'lost';
  /** The loss of the last worker, until its successor does what is wanted. */
  readonly lost?: WireError;
  /** Given up for good. */
  readonly failed?: WireError;
  /** The guardian itself is gone: nothing can be asked any more. */
  readonly guardian?: 'lost';
  /** The {@link Desired.source} that frames are read from. */
  readonly source: number;
  /** The last one that could not be read; the one before goes on. */
  readonly refusedSource?: { readonly source: number; readonly error: WireError };
}

export const HEALTHY: Health = { worker: 'starting', source: 0 };

export interface Status {
  readonly state: RemoverState;
  /** Empty where it needs no words. */
  readonly reason: string;
}

/** The public state, whatever order the messages came in. */
export function statusOf(desired: Desired, observed: Observed, health: Health): Status {
  if (desired.closed) return { state: 'closed', reason: '' };
  if (health.failed) return { state: 'failed', reason: health.failed.message };
  if (observed.gone) return { state: 'failed', reason: 'the output track was stopped' };
  if (health.worker === 'lost') return { state: 'covered', reason: health.lost?.message ?? '' };
  if (desired.enabled && observed.parts === 'loading') return { state: 'loading', reason: 'loading the models' };
  if (desired.enabled && observed.parts === 'failed') return { state: 'failed', reason: observed.error?.message ?? '' };
  if (health.worker === 'stalled') return { state: 'covered', reason: 'the worker does not answer' };
  switch (observed.frames) {
    case 'none':
    case 'idle':
      return { state: 'paused', reason: 'no frames from the source' };
    case 'ended':
      return { state: 'paused', reason: 'the source has ended' };
    case 'flowing':
      return desired.enabled ? cleaning(observed) : { state: 'running', reason: '' };
    default:
      return observed.frames satisfies never;
  }
}

function cleaning({ shown, reason, late }: Observed): Status {
  switch (shown) {
    case 'none':
      return { state: 'loading', reason: 'loading the models' };
    case 'cover':
      return { state: 'covered', reason };
    case 'raw': // of a moment ago: what is wanted since is on its way
    case 'clean':
      return late ? { state: 'degraded', reason: late } : { state: 'running', reason: '' };
    default:
      return shown satisfies never;
  }
}

/** What events report. */
export interface Reported {
  /** A wish that could not be granted. */
  readonly refused: Observed['refused'];
  readonly status: Status;
  readonly faults: Readonly<Record<string, WireError | undefined>>;
  readonly targets: readonly TargetStatus[];
  /** The remembered room that was recognised; empty for none. */
  readonly room: string;
}

/** Before anything is. */
export const UNREPORTED: Reported = {
  status: { state: 'paused', reason: '' },
  faults: {},
  targets: [],
  refused: undefined,
  room: '',
};

export function reportedOf(desired: Desired, observed: Observed, health: Health): Reported {
  const status = statusOf(desired, observed, health);
  const faults = { ...observed.faults, worker: health.lost, output: health.failed };
  return { status, faults, targets: observed.targets, refused: observed.refused, room: observed.room };
}

export type RemovalEvent =
  | { readonly type: 'recovered'; readonly what: string }
  | { readonly type: 'statechange'; readonly status: Status }
  | { readonly type: 'error'; readonly error: WireError }
  | { readonly type: 'overload'; readonly reason: string }
  | { readonly type: 'targetschange'; readonly targets: readonly TargetStatus[] }
  | { readonly type: 'roomrecognised'; readonly id: string };

/** The events when `before` becomes `after`: a fault once when it comes, and once when it is over. */
export function eventsBetween(before: Reported, after: Reported): RemovalEvent[] {
  const events: RemovalEvent[] = [];
  const { state, reason } = after.status;
  if (before.status.state === 'closed') return events;
  const names = new Set([...Object.keys(before.faults), ...Object.keys(after.faults)]);
  // Of a worker that is gone nothing is known: what failed in it has not recovered.
  const unknown = (what: string) => what !== 'worker' && (after.faults.worker || after.faults.output);
  for (const what of names) {
    if (before.faults[what] && !after.faults[what] && !unknown(what)) events.push({ type: 'recovered', what });
  }
  if (state !== before.status.state || reason !== before.status.reason) {
    events.push({ type: 'statechange', status: after.status });
  }
  for (const what of names) {
    const error = after.faults[what];
    if (error && error.message !== before.faults[what]?.message) events.push({ type: 'error', error });
  }
  const { refused } = after;
  const same = refused?.wish === before.refused?.wish && refused?.error.message === before.refused?.error.message;
  if (refused && !same) events.push({ type: 'error', error: refused.error });
  if (state === 'degraded' && before.status.state !== 'degraded') events.push({ type: 'overload', reason });
  if (JSON.stringify(before.targets) !== JSON.stringify(after.targets)) {
    events.push({ type: 'targetschange', targets: after.targets });
  }
  if (after.room && after.room !== before.room) events.push({ type: 'roomrecognised', id: after.room });
  return events;
}
