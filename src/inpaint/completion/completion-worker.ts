import { GuideNetwork } from '../guide/guide-network.ts';
import { recall } from '../room/recall.ts';
import type { FromRecaller, ToRecaller } from '../room/recall-messages.ts';
import { LocalCompleter } from './completer.ts';
import type { Completion, CompletionInput } from './completion.ts';

/** To this worker: one run at a time. */
export type ToCompletion =
  | { readonly type: 'complete'; readonly id: number; readonly input: CompletionInput }
  /** The guide's weights, which the runs from then on follow. */
  | { readonly type: 'guide'; readonly weights: Uint8Array<ArrayBuffer> }
  /** Ends the run under way. */
  | { readonly type: 'cancel' };

/** What it answers: to the `complete` of that id, unless it was cancelled, and to weights that are of no use. */
export type FromCompletion =
  | { readonly type: 'guide-failed'; readonly message: string }
  | { readonly type: 'completed'; readonly id: number; readonly completion: Completion | undefined }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

const guideFailed = (error: unknown) => send({ type: 'guide-failed', message: String(error) });
const completer = new LocalCompleter(guideFailed);
let run: AbortController | undefined;

self.onmessage = ({ data }: MessageEvent<ToCompletion | ToRecaller>) => {
  switch (data.type) {
    case 'complete':
      run = new AbortController();
      void complete(data.id, data.input, run.signal);
      break;
    case 'guide':
      guideBy(data.weights);
      break;
    case 'cancel':
      run?.abort();
      break;
    case 'recall':
      self.postMessage(recalled(data));
      break;
    default:
      data satisfies never;
  }
};

function guideBy(weights: Uint8Array<ArrayBuffer>): void {
  try {
    completer.follow(new GuideNetwork(weights));
  } catch (error) {
    guideFailed(error);
  }
}

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

function recalled({ input }: ToRecaller): FromRecaller {
  try {
    return { type: 'recalled', recollection: recall(input) };
  } catch (error) {
    return { type: 'failed', message: String(error) };
  }
}
