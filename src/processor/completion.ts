import { fetchAsset, SCRIPT } from '../assets/fetch-asset.ts';
import type { CompletionOptions } from '../inpaint/completion/completing.ts';
import { type GuideSource, WorkerCompleter } from '../inpaint/completion/worker-completer.ts';
import type { Pace } from '../inpaint/network/network-fill.ts';
import { packageAsset, packageAssetNames, removalErrorOf } from './assets.ts';
import type { RemovalError } from './errors.ts';
import { trustedScript } from './trusted-script.ts';

/** The guide's weights (`training/export_guide.py`); a build without them completes without a guide. */
const GUIDE = 'guide.safetensors';
const WEIGHTS = { name: 'file of weights', wrongType: (type: string) => type.includes('html') };
/** Milliseconds for which a call's first completion waits for the guide. */
const PATIENCE_MS = 5000;
/** Devices of less memory than this, in GiB as `navigator.deviceMemory` says it, complete without a guide. */
const MIN_MEMORY_GIB = 2;

/** What is read of `navigator`, where the browser says it. */
export interface Means {
  readonly connection?: { readonly saveData?: boolean };
  readonly deviceMemory?: number;
}

/** Whether a call's device has bytes and memory to spare for the guide. */
export function affordsGuide({ connection, deviceMemory = MIN_MEMORY_GIB }: Means): boolean {
  return connection?.saveData !== true && deviceMemory >= MIN_MEMORY_GIB;
}

/** What completes the part of the room that nobody has seen: a worker of its own, loaded when it is first needed. */
export function completionIn({
  assets,
  pace,
  onError,
}: {
  /** Base URL, with its closing slash. */
  readonly assets: string;
  readonly pace: Pace;
  /** Called when a run failed or took too long; the message says what is used instead. */
  onError(error: RemovalError): void;
}): CompletionOptions {
  return {
    pace,
    completer: new WorkerCompleter(() => openCompletionWorker(assets), guide(assets, pace, onError)),
    onError: (error) =>
      onError(
        removalErrorOf(
          error,
          'network-failed',
          'The room could not be completed; what was never seen is filled in smoothly',
        ),
      ),
  };
}

/** Makes the worker that completes rooms and finds them again. */
export async function openCompletionWorker(assets: string): Promise<Worker> {
  // A worker whose script is missing says nothing of the reason; this does, and the worker finds it in the cache.
  const script = packageAsset(assets, 'completion.js');
  const code = await fetchAsset(script, SCRIPT);
  const options = { type: 'module', name: 'clean-plate completion' } as const;
  if (new URL(script.url).origin === self.location.origin) return new Worker(trustedScript(script.url), options);
  // Assets may lie on another host, whose scripts start no worker here.
  return new Worker(trustedScript(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))), options);
}

/**
 * Loaded shortly before the first completion, hence after clean frames; the same on every machine where frames wait for
 * it.
 */
function guide(assets: string, pace: Pace, onError: (error: RemovalError) => void): GuideSource | undefined {
  if (!packageAssetNames().includes(GUIDE)) return undefined;
  if (pace === 'best-effort' && !affordsGuide(navigator as Means)) return undefined;
  const goesOn = 'The guide could not be used; the room is completed without it';
  return {
    load: () => fetchAsset(packageAsset(assets, GUIDE), WEIGHTS),
    patience: pace === 'best-effort' ? PATIENCE_MS : Number.POSITIVE_INFINITY,
    onError: (error) => onError(removalErrorOf(error, 'network-failed', goesOn)),
  };
}
