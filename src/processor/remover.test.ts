import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePageWorker, FakeTrack, installFakePage } from '../../test/fakes/page.ts';
import type { WireError } from './errors.ts';
import type { RemoverOptions } from './options.ts';
import { Remover } from './remover.ts';

const wire = (code: WireError['code'], message: string): WireError => ({
  code,
  message,
  url: undefined,
  cause: undefined,
});
/** Lets what is asynchronous in Node happen. */
const turn = () => vi.advanceTimersByTimeAsync(1);

describe('Remover', () => {
  let guardian: FakePageWorker;
  let reported: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    installFakePage();
    reported = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  async function create(options: RemoverOptions = {}): Promise<Remover> {
    const remover = await Remover.create({
      assets: 'https://app.example/assets/',
      createWorker: () => new FakePageWorker() as unknown as Worker,
      ...options,
    });
    guardian = FakePageWorker.made[0]!;
    remover.addEventListener('statechange', ({ detail }) => reported.push(detail.state));
    remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
    remover.addEventListener('recovered', ({ detail }) => reported.push(`recovered ${detail.what}`));
    remover.addEventListener('targetschange', ({ detail }) => reported.push(`targets ${detail.targets.length}`));
    return remover;
  }
  const wants = () => guardian.of('desired').map(({ desired }) => desired);
  const last = () => wants().at(-1)!;
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'resolved',
      (error: { code: string }) => error.code,
    );
  const camera = () => new FakeTrack() as unknown as MediaStreamTrack & FakeTrack;

  it('says what it wants, and is ready when that is in force', async () => {
    const remover = await create({ remove: 'bystanders', cover: 'mosaic' });
    expect(last()).toMatchObject({ version: 1, wish: 1, remove: 'bystanders', enabled: true, cover: 'mosaic' });
    let ready = false;
    void remover.ready.then(() => {
      ready = true;
    });
    guardian.report({ version: 1 });
    await turn();
    expect([ready, remover.state]).toEqual([false, 'loading']);
    guardian.report({ parts: 'ready', settled: 1 });
    await turn();
    expect([ready, reported]).toEqual([true, ['loading', 'paused']]);
  });

  it('a change of the cover supersedes nothing, and resolves once it was taken in', async () => {
    const remover = await create();
    const changed = code(remover.update({ cover: 'mosaic' }));
    guardian.report({ version: 2 });
    expect(await changed).toBe('resolved');
    guardian.report({ parts: 'ready', settled: 1 });
    expect(await code(remover.ready)).toBe('resolved');
    expect(reported).not.toContain('aborted');
  });

  it('a load that fails after a change of the cover is reported', async () => {
    const remover = await create();
    const changed = code(remover.update({ cover: 'mosaic' }));
    guardian.report({ version: 2 });
    const error = wire('asset-http', '404');
    guardian.report({ refused: { wish: 1, error, instead: undefined }, parts: 'failed', error });
    expect([await changed, await code(remover.ready)]).toEqual(['resolved', 'asset-http']);
    expect(reported).toEqual(['loading', 'failed', 'asset-http']);
  });

  it('the newer of two wishes counts; the older is aborted, without an event', async () => {
    const remover = await create();
    const older = code(remover.update({ remove: 'bystanders' }));
    const newer = code(remover.update({ remove: 'nothing' }));
    expect([await code(remover.ready), await older]).toEqual(['aborted', 'aborted']);
    guardian.report({ version: 3, settled: 3 });
    expect(await newer).toBe('resolved');
    expect(last()).toMatchObject({ remove: 'bystanders', enabled: false });
    expect(reported).not.toContain('aborted');
  });

  it('wants what is removed instead where a wish was refused, and says so to whatever worker comes next', async () => {
    const remover = await create();
    guardian.report({ version: 1, settled: 1, parts: 'ready' });
    const refused = code(remover.update({ remove: { classes: ['cup'] } }));
    guardian.report({ version: 2, refused: { wish: 2, error: wire('asset-http', '404'), instead: 'people' } });
    expect(await refused).toBe('asset-http');
    expect(last()).toMatchObject({ remove: 'people', enabled: true, wish: 3 });
  });

  it('a camera that cannot be opened is refused by name, and the last one goes on', async () => {
    const remover = await create();
    const first = camera();
    const set = remover.setSource(first);
    guardian.report({}, { source: 1 });
    await set;
    installFakePage(
      class {
        constructor() {
          throw new DOMException('no', 'InvalidStateError');
        }
      },
    );
    expect(await code(remover.setSource(camera()))).toBe('invalid-track');
    expect(first.clones[0]!.readyState).toBe('live');
    expect(last().source).toBe(1);
  });

  it('a camera that the guardian cannot read is closed, and the last one goes on', async () => {
    const remover = await create();
    const [first, second, third] = [camera(), camera(), camera()];
    const set = remover.setSource(first);
    guardian.report({}, { source: 1 });
    await set;
    const refused = code(remover.setSource(second));
    guardian.report({}, { refusedSource: { source: 2, error: wire('invalid-track', 'unreadable') } });
    expect(await refused).toBe('invalid-track');
    expect([first, second].map(({ clones }) => clones[0]!.readyState)).toEqual(['live', 'ended']);
    const next = remover.setSource(third);
    guardian.report({}, { source: 3 });
    await next;
    expect(first.clones[0]!.readyState).toBe('ended');
  });

  it('given up: what is waited for is rejected, and so is what comes', async () => {
    const remover = await create();
    guardian.report({}, { worker: 'lost', failed: wire('worker-lost', 'too often') });
    expect(await code(remover.ready)).toBe('worker-lost');
    expect(await code(remover.update({ remove: 'nothing' }))).toBe('worker-lost');
    expect(reported).toEqual(['failed', 'worker-lost']);
    guardian.say({ type: 'replace', again: false });
    expect(FakePageWorker.made.map(({ terminated }) => terminated)).toEqual([false, true]);
  });

  it('a silent guardian is lost: the source is let go, every call is answered', async () => {
    const remover = await create();
    const source = camera();
    const set = code(remover.setSource(source));
    const plate = code(remover.plate());
    await vi.advanceTimersByTimeAsync(10_000);
    expect([await set, await plate, await code(remover.ready)]).toEqual(Array(3).fill('worker-lost'));
    expect(remover.state).toBe('failed');
    expect(source.clones[0]!.readyState).toBe('ended');
    expect(reported).toEqual(['failed', 'worker-lost']);
    expect(await code(remover.setSource(camera()))).toBe('worker-lost');
  });

  it('asks for the plate and gives what comes; nothing is all transparent', async () => {
    const remover = await create();
    const plate = remover.plate();
    await turn();
    const { id } = guardian.of('plate')[0]!;
    guardian.say({ type: 'plate', id, view: { width: 2, height: 1, data: new Uint8ClampedArray(8) } });
    expect(await plate).toMatchObject({ args: [new Uint8ClampedArray(8), 2, 1] });
  });

  it('keeps what was picked while a worker is replaced', async () => {
    const point = { x: 0.5, y: 0.5 };
    const remover = await create({ remove: { targets: [{ id: 'a', point }] } });
    const targets = [{ id: 'a', state: 'held', reason: '', box: undefined }] as const;
    guardian.report({ version: 1, settled: 1, parts: 'ready', targets });
    guardian.report({ version: 0, targets: [] }, { worker: 'lost', lost: wire('worker-lost', 'gone') });
    guardian.report({ version: 1, settled: 1, targets: [] }, { lost: undefined as never });
    expect(remover.targets).toEqual(targets);
    expect(reported.filter((each) => each.startsWith('targets'))).toEqual(['targets 1']);
    void remover.update({ remove: { targets: [] } }).catch(() => {});
    guardian.report({ version: 2, settled: 2 });
    expect(remover.targets).toEqual([]);
  });

  it('closes at any time, any number of times, and gets no event after that', async () => {
    const remover = await create();
    const waits = code(remover.update({ remove: 'nothing' }));
    const closing = [remover.close(), remover.close()];
    guardian.report({ version: 2, settled: 2 });
    await Promise.all(closing);
    expect(await waits).toBe('closed');
    expect([remover.state, remover.track.readyState]).toEqual(['closed', 'ended']);
    expect(reported).toEqual(['closed']);
    expect(await code(remover.update({ remove: 'people' }))).toBe('closed');
    expect(FakePageWorker.made.every(({ terminated }) => terminated)).toBe(true);
  });

  it("closes when the app's signal says so", async () => {
    const abort = new AbortController();
    const remover = await create({ signal: abort.signal });
    abort.abort();
    expect(await code(remover.ready)).toBe('aborted');
    expect(remover.state).toBe('closed');
  });
});
