import { fetchAsset, SCRIPT } from '../assets/fetch-asset.ts';
import type { CompletionOptions } from '../inpaint/completion/completing.ts';
import { WorkerCompleter } from '../inpaint/completion/worker-completer.ts';
import type { Pace } from '../inpaint/network/network-fill.ts';
import { packageAsset, removalErrorOf } from './assets.ts';
import type { RemovalError } from './errors.ts';
import { trustedScript } from './trusted-script.ts';

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
    completer: new WorkerCompleter(async () => {
      // A worker whose script is missing says nothing of the reason; this does, and the worker finds it in the cache.
      const script = packageAsset(assets, 'completion.js');
      const code = await fetchAsset(script, SCRIPT);
      const options = { type: 'module', name: 'clean-plate completion' } as const;
      if (new URL(script.url).origin === self.location.origin) return new Worker(trustedScript(script.url), options);
      // Assets may lie on another host, whose scripts start no worker here.
      return new Worker(trustedScript(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))), options);
    }),
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
