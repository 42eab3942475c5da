import type * as CleanPlate from '../../../src/processor/index.ts';
import { MarkedSource } from './marked-source.ts';
import { Watcher } from './watcher.ts';

/** One thing that an app, or fate, may do. `waits` awaits it before the next one. */
export type Step = { readonly waits: boolean } & (
  | { readonly do: 'source'; readonly which: 'first' | 'second' | 'ended' | 'audio' | 'nonsense' }
  | { readonly do: 'update'; readonly options: Record<string, unknown> }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'pause' | 'resume' | 'kill' | 'abort' | 'close' | 'stop output' | 'disable' | 'stats' }
);

export interface Fuzzed {
  readonly frames: number;
  /** Those that show everything, rightly. */
  readonly raw: number;
  readonly leaks: number;
  /** What each call came to: `ok` or the error's code; `?` for an error that is not ours. */
  readonly outcomes: readonly string[];
  /** Calls that were never answered. */
  readonly unanswered: number;
  readonly state: string;
  readonly track: string;
}

/** A frame that was drawn so long before removal was switched off may still be on its way to the worker. */
const UNDER_WAY_MS = 300;
/** Longer than any call may take: models load in seconds, workers are given up after 15. */
const PATIENCE_MS = 60_000;

/** Makes a remover, does as reported, closes it, and looks at every frame that came out. */
export async function fuzz(
  { Remover }: typeof CleanPlate,
  options: CleanPlate.RemoverOptions,
  steps: readonly Step[],
): Promise<Fuzzed> {
  const outcomes: string[] = [];
  const workers: Worker[] = [];
  const raw: [number, number][] = options.remove === 'nothing' ? [[0, Number.POSITIVE_INFINITY]] : [];
  const [first, second] = [await MarkedSource.create(14), await MarkedSource.create(19)];
  /** Since when the first source stands still: its last picture is the present one all that time. */
  let still = Number.POSITIVE_INFINITY;
  const abort = new AbortController();
  const watcher = new Watcher();
  let open = 0;
  const track = <T>(call: () => Promise<T>): Promise<T | undefined> => {
    open++;
    return Promise.resolve()
      .then(call)
      .then(
        (value) => {
          outcomes.push('ok');
          return value;
        },
        (error: { name: string; code: string }) => {
          outcomes.push(error?.name === 'RemovalError' ? error.code : `? ${error}`);
          return undefined;
        },
      )
      .finally(() => open--);
  };

  const remover = await track(() =>
    Remover.create({
      ...options,
      signal: abort.signal,
      createWorker: () => {
        workers.push(new Worker('/clean-plate/worker.js', { type: 'module' }));
        return workers.at(-1)!;
      },
    }),
  );
  if (remover) {
    void track(() => remover.ready);
    const watched = watcher.watch(remover.track.clone());
    for (const step of steps) {
      const done = take(step, remover);
      if (step.waits) await done;
    }
    await track(() => remover.close());
    const end = performance.now() + PATIENCE_MS;
    while (open && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.race([watched, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  first.stop();
  second.stop();
  // No encoder between, so a raw frame's time can always be read: a leak over the very place where it stands is one
  // too. A mosaic may have a tile of the marker's colour.
  const fair = (drawn: number | undefined) =>
    drawn !== undefined && raw.some(([from, to]) => drawn >= from && drawn <= to);
  const marked = watcher.frames.filter((frame) => frame.marked > 4 && !frame.tiled);
  const leaks = marked.filter(({ drawn }) => !fair(drawn)).length;
  const { length: frames } = watcher.frames;
  return {
    frames,
    raw: marked.length - leaks,
    leaks,
    outcomes,
    unanswered: open,
    state: remover?.state ?? 'none',
    track: remover?.track.readyState ?? 'none',
  };

  async function take(step: Step, remover: CleanPlate.Remover): Promise<unknown> {
    switch (step.do) {
      case 'source':
        return track(() => remover.setSource(sourceOf(step.which) as MediaStreamTrack));
      case 'update':
        return update(remover, step.options);
      case 'wait':
        return new Promise((resolve) => setTimeout(resolve, step.ms));
      case 'pause':
        still = Math.min(still, Date.now());
        return first.pause();
      case 'resume':
        still = Number.POSITIVE_INFINITY;
        return first.resume();
      case 'disable':
        second.track.enabled = !second.track.enabled;
        return undefined;
      case 'kill':
        // The guardian is the first; its death is a case of its own.
        if (workers.length > 1) workers.at(-1)?.terminate();
        return undefined;
      case 'abort':
        return abort.abort();
      case 'close':
        return track(() => remover.close());
      case 'stop output':
        return remover.track.stop();
      case 'stats':
        return remover.stats();
    }
  }

  /** Keeps the spans in which everything may be shown: from a wish for it, until one to remove has been settled. */
  async function update(remover: CleanPlate.Remover, options: CleanPlate.UpdateOptions): Promise<void> {
    if (options.remove === 'nothing') {
      raw.push([Math.min(Date.now(), still) - UNDER_WAY_MS, Number.POSITIVE_INFINITY]);
      await track(() => remover.update(options));
      return;
    }
    const before = raw.slice();
    await track(() => remover.update(options));
    if (options.remove !== 'people') return;
    for (const span of before) span[1] = Math.min(span[1], Date.now());
  }

  function sourceOf(which: Extract<Step, { do: 'source' }>['which']): unknown {
    switch (which) {
      case 'first':
        return first.track;
      case 'second':
        return second.track;
      case 'nonsense':
        return { kind: 'video' };
      case 'audio':
        return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
      case 'ended': {
        const [ended] = document.createElement('canvas').captureStream(0).getVideoTracks();
        ended?.stop();
        return ended;
      }
    }
  }
}
