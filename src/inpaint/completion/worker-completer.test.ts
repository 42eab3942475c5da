import { describe, expect, it } from 'vitest';
import { type Completion, type CompletionInput, ROLE } from './completion.ts';
import type { FromCompletion, ToCompletion } from './completion-worker.ts';
import { type CompletionPort, type GuideSource, WorkerCompleter } from './worker-completer.ts';

class FakeWorker implements CompletionPort {
  readonly reported: ToCompletion[] = [];
  terminated = 0;
  onmessage: CompletionPort['onmessage'] = null;
  onerror: CompletionPort['onerror'] = null;

  postMessage(message: ToCompletion): void {
    this.reported.push(message);
  }
  terminate(): void {
    this.terminated++;
  }
  say(data: FromCompletion): void {
    this.onmessage?.call(this as unknown as Worker, { data } as MessageEvent);
  }
  die(message: string): void {
    const event = { message, preventDefault: () => {} } as ErrorEvent;
    this.onerror?.call(this as unknown as Worker, event);
  }
}

const input = (): CompletionInput => ({
  width: 1,
  height: 1,
  rgb: new Uint8Array(3),
  role: Uint8Array.of(ROLE.unknown),
});
const completion: Completion = {
  width: 1,
  height: 1,
  offsets: new Int16Array(2),
  correction: new Int16Array(3),
  misfit: new Uint8Array(1),
};
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function setUp(guide?: GuideSource) {
  const worker = new FakeWorker();
  let opened = 0;
  const completer = new WorkerCompleter(async () => {
    opened++;
    return worker;
  }, guide);
  return { worker, completer, opened: () => opened };
}

describe('WorkerCompleter', () => {
  it('makes its worker at the first run, once', async () => {
    const { worker, completer, opened } = setUp();
    expect(opened()).toBe(0);
    for (const id of [1, 2]) {
      const run = completer.complete(input(), new AbortController().signal);
      await turn();
      worker.say({ type: 'completed', id, completion });
      expect(await run).toBe(completion);
    }
    expect(opened()).toBe(1);
  });

  it('cancels, and takes nothing of a cancelled run for the next', async () => {
    const { worker, completer } = setUp();
    const abort = new AbortController();
    const first = completer.complete(input(), abort.signal);
    await turn();
    abort.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    expect(worker.reported.at(-1)).toEqual({ type: 'cancel' });
    const second = completer.complete(input(), new AbortController().signal);
    await turn();
    worker.say({ type: 'completed', id: 1, completion: undefined });
    worker.say({ type: 'completed', id: 2, completion });
    expect(await second).toBe(completion);
  });

  it.each([
    ['a run fails', (worker: FakeWorker) => worker.say({ type: 'failed', id: 1, message: 'broken' }), 'broken'],
    ['the worker dies', (worker: FakeWorker) => worker.die('out of memory'), 'out of memory'],
    ['its script is missing', (worker: FakeWorker) => worker.die(''), 'could not be loaded'],
  ])('rejects with what is known when %s', async (_, harm, message) => {
    const { worker, completer } = setUp();
    const run = completer.complete(input(), new AbortController().signal);
    await turn();
    harm(worker);
    await expect(run).rejects.toThrow(message);
  });

  it('leaves it to the run to say that no worker could be made', async () => {
    const completer = new WorkerCompleter(() => Promise.reject(new Error('404')));
    completer.prepare();
    await turn();
    await expect(completer.complete(input(), new AbortController().signal)).rejects.toThrow('404');
  });

  it('close ends the run and the worker, also one that comes late', async () => {
    const { worker, completer } = setUp();
    const run = completer.complete(input(), new AbortController().signal);
    completer.close();
    await expect(run).rejects.toThrow('closed');
    expect(worker.terminated).toBeGreaterThan(0);
    expect(worker.reported).toEqual([]);
  });

  describe('with a guide', () => {
    const source = (load: GuideSource['load'], patience = Number.POSITIVE_INFINITY) => {
      const errors: unknown[] = [];
      let loads = 0;
      const counted = () => {
        loads++;
        return load();
      };
      const guide: GuideSource = { load: counted, patience, onError: (error) => errors.push(error) };
      return { guide, errors, loads: () => loads };
    };
    const kinds = (worker: FakeWorker) => worker.reported.map(({ type }) => type);

    it('loads it at the first run, once, and gives it before that run', async () => {
      const { guide, loads } = source(async () => new Uint8Array(8));
      const { worker, completer } = setUp(guide);
      expect(loads()).toBe(0);
      for (const id of [1, 2]) {
        const run = completer.complete(input(), new AbortController().signal);
        await turn();
        worker.say({ type: 'completed', id, completion });
        expect(await run).toBe(completion);
      }
      expect(loads()).toBe(1);
      expect(kinds(worker)).toEqual(['guide', 'complete', 'complete']);
    });

    it('loads it before the first run where that was announced', async () => {
      const { guide, loads } = source(async () => new Uint8Array(8));
      const { worker, completer, opened } = setUp(guide);
      completer.prepare();
      completer.prepare();
      await turn();
      expect(kinds(worker)).toEqual(['guide']);
      void completer.complete(input(), new AbortController().signal);
      await turn();
      expect(kinds(worker)).toEqual(['guide', 'complete']);
      expect([opened(), loads()]).toEqual([1, 1]);
    });

    it('completes without one that cannot be had, reported once', async () => {
      const { guide, errors } = source(() => Promise.reject(new Error('404')));
      const { worker, completer } = setUp(guide);
      for (const id of [1, 2]) {
        const run = completer.complete(input(), new AbortController().signal);
        await turn();
        worker.say({ type: 'completed', id, completion });
        expect(await run).toBe(completion);
      }
      expect(kinds(worker)).toEqual(['complete', 'complete']);
      expect(errors).toEqual([new Error('404')]);
    });

    it('reports one that the worker cannot use, and goes on', async () => {
      const { guide, errors } = source(async () => new Uint8Array(8));
      const { worker, completer } = setUp(guide);
      const run = completer.complete(input(), new AbortController().signal);
      await turn();
      worker.say({ type: 'guide-failed', message: 'no weights' });
      worker.say({ type: 'completed', id: 1, completion });
      expect(await run).toBe(completion);
      expect(errors).toEqual([new Error('no weights')]);
    });

    it('waits for one that is slow, but not for long', async () => {
      let arrive: (weights: Uint8Array<ArrayBuffer>) => void = () => {};
      const { guide } = source(
        () =>
          new Promise((resolve) => {
            arrive = resolve;
          }),
        20,
      );
      const { worker, completer } = setUp(guide);
      const run = completer.complete(input(), new AbortController().signal);
      await turn();
      expect(kinds(worker)).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(kinds(worker)).toEqual(['complete']);
      worker.say({ type: 'completed', id: 1, completion });
      await run;
      arrive(new Uint8Array(8));
      await turn();
      expect(kinds(worker)).toEqual(['complete', 'guide']);
    });
  });
});
