import { LocalCompleter } from './completer.ts';
import type { Completion, CompletionInput } from './completion.ts';

/** What this worker is told: one run at a time. */
export type ToCompletion =
  | { readonly type: 'complete'; readonly id: number; readonly input: CompletionInput }
  /** Ends the run under way. */
  | { readonly type: 'cancel' };

/** What it answers to the `complete` of that id, unless it was cancelled. */
export type FromCompletion =
  | { readonly type: 'completed'; readonly id: number; readonly completion: Completion | undefined }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

const completer = new LocalCompleter();
let run: AbortController | undefined;

self.onmessage = ({ data }: MessageEvent<ToCompletion>) => {
  switch (data.type) {
    case 'complete':
      run = new AbortController();
      void complete(data.id, data.input, run.signal);
      break;
    case 'cancel':
      run?.abort();
      break;
    default:
      data satisfies never;
  }
};

async function complete(id: number, input: CompletionInput, signal: AbortSignal): Promise<void> {
  try {
    const completion = await completer.complete(input, signal);
    send(
      { type: 'completed', id, completion },
      completion && [completion.offsets.buffer, completion.correction.buffer, completion.misfit.buffer],
    );
  } catch (error) {
    if (!signal.aborted) send({ type: 'failed', id, message: String(error) });
  }
}

function send(message: FromCompletion, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
