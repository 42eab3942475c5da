import { LocalCompleter } from '../../../src/inpaint/completion/completer.ts';
import { type Completion, type CompletionInput, ROLE } from '../../../src/inpaint/completion/completion.ts';
import { type GuideSource, WorkerCompleter } from '../../../src/inpaint/completion/worker-completer.ts';
import { GuideNetwork } from '../../../src/inpaint/guide/guide-network.ts';

/** A striped wall with a gap. */
function wall(): CompletionInput {
  const [width, height] = [160, 96];
  const rgb = new Uint8Array(3 * width * height);
  const role = new Uint8Array(width * height).fill(ROLE.source);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      rgb.fill(Math.floor((x + y / 3) / 7) % 2 ? 70 : 190, 3 * i, 3 * i + 3);
      if (x >= 60 && x < 100 && y >= 30) role[i] = ROLE.unknown;
    }
  }
  return { width, height, rgb, role };
}

const same = (a: Completion | undefined, b: Completion | undefined) =>
  JSON.stringify([a && [...a.offsets], a && [...a.correction]]) ===
  JSON.stringify([b && [...b.offsets], b && [...b.correction]]);

async function bytesOf(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** Whether the shipped worker follows the shipped guide as the code does here; and what it says of a broken one. */
export async function follow(script: string, weights: string) {
  const { signal } = new AbortController();
  const local = new LocalCompleter();
  const plain = await local.complete(wall(), signal);
  local.follow(new GuideNetwork(await bytesOf(weights)));
  const guided = await local.complete(wall(), signal);
  const errors: string[] = [];
  const completed = async (load: GuideSource['load']) => {
    const guide = { load, patience: Number.POSITIVE_INFINITY, onError: (error: unknown) => errors.push(String(error)) };
    const completer = new WorkerCompleter(async () => new Worker(script, { type: 'module' }), guide);
    try {
      return await completer.complete(wall(), signal);
    } finally {
      completer.close();
    }
  };
  return {
    followed: same(guided, await completed(() => bytesOf(weights))),
    differs: !same(guided, plain),
    without: same(plain, await completed(async () => new Uint8Array(100))),
    errors,
  };
}

/**
 * The shipped worker's completion against the one made in this thread; and what a run that was cancelled in between
 * said.
 */
export async function compare(script: string): Promise<{ same: boolean; copied: number; cancelled: string }> {
  const { signal } = new AbortController();
  const here = await new LocalCompleter().complete(wall(), signal);
  const completer = new WorkerCompleter(async () => new Worker(script, { type: 'module' }));
  try {
    const first = await completer.complete(wall(), signal);
    const abort = new AbortController();
    const ended = completer.complete(wall(), abort.signal).then(
      () => 'completed',
      (error: unknown) => String(error),
    );
    setTimeout(() => abort.abort(new Error('enough')), 30);
    const cancelled = await ended;
    const second = await completer.complete(wall(), signal);
    const copied = here?.offsets.filter((each) => each !== 0).length ?? 0;
    return { same: same(here, first) && same(here, second), copied, cancelled };
  } finally {
    completer.close();
  }
}
