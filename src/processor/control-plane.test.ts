import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CameraTrack, ControlPlane, installControlPlane, type Parts } from '../../test/fakes/control-plane.ts';
import type { RemoverOptions } from './options.ts';
import { Remover } from './remover.ts';

/**
 * Lives in one run; `npm run fuzz` lives them in a browser. A seed of one's own:
 * `CONTROL_SEED=7 npx vitest run control-plane`.
 */
const LIVES = Number(process.env.CONTROL_LIVES ?? 10);
const SEED = Number(process.env.CONTROL_SEED ?? 1);

const CODES = new Set(['ok', 'aborted', 'closed', 'asset-http', 'worker-lost', 'worker-failed']);

type Wish = 'people' | 'bystanders' | 'nothing';
type Step = { readonly ms: number } & (
  | { readonly do: 'wish'; readonly remove: Wish }
  | { readonly do: 'cover' | 'source' | 'pause' | 'kill' | 'plate' | 'output' }
  | { readonly do: 'parts'; readonly parts: Partial<Parts> }
);
const wishes = fc.constantFrom<Wish>('people', 'bystanders', 'nothing');
const ms = fc.oneof(fc.constant(0), fc.nat(400), fc.nat(5000));
const parts = fc.record<Partial<Parts>>(
  {
    loads: fc.constantFrom(0, 300, 3000),
    takes: fc.constantFrom(0, 5, 100, 3000),
    missing: fc.constantFrom(undefined, 'people', 'bystanders'),
    failing: fc.constantFrom(undefined, undefined, 'segmentation', 'inpainting'),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ms, do: fc.constant('wish' as const), remove: wishes }) },
  { weight: 3, arbitrary: fc.record({ ms, do: fc.constant('parts' as const), parts }) },
  { weight: 6, arbitrary: fc.record({ ms, do: fc.constantFrom('cover', 'source', 'pause', 'kill', 'plate') }) },
  { weight: 1, arbitrary: fc.record({ ms, do: fc.constantFrom('plate', 'plate', 'output') }) },
) as fc.Arbitrary<Step>;
const life = fc.array(step, { minLength: 3, maxLength: 14 });

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const camera = () => new CameraTrack() as unknown as MediaStreamTrack & CameraTrack;

describe('page, guardian and worker together', () => {
  let plane: ControlPlane;
  let reported: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    installControlPlane();
    plane = new ControlPlane();
    reported = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  async function create(options: RemoverOptions = {}): Promise<Remover> {
    const { createWorker } = plane;
    const remover = await Remover.create({ assets: 'https://app.example/assets/', createWorker, ...options });
    remover.addEventListener('statechange', ({ detail }) => reported.push(detail.state));
    remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
    remover.addEventListener('recovered', ({ detail }) => reported.push(`recovered ${detail.what}`));
    return remover;
  }
  const shown = () => new Set(plane.seen.splice(0).map((each) => each.shown));
  const settled = async (promise: Promise<unknown>, ms = 5000) => {
    let result = 'pending';
    promise.then(
      () => {
        result = 'done';
      },
      (error: { code: string }) => {
        result = error.code;
      },
    );
    await pass(ms);
    return result;
  };

  it('is covered, then clean, and off and on again', async () => {
    const remover = await create();
    expect(await settled(remover.setSource(camera()), 200)).toBe('done');
    expect(shown()).toEqual(new Set(['cover']));
    expect(await settled(remover.ready)).toBe('done');
    shown();
    await pass(1000);
    expect(shown()).toEqual(new Set(['clean']));
    expect(await settled(remover.update({ remove: 'nothing' }), 100)).toBe('done');
    shown();
    await pass(500);
    expect(shown()).toEqual(new Set(['raw']));
    expect(await settled(remover.update({ remove: 'people' }), 100)).toBe('done');
    shown();
    await pass(500);
    expect(shown()).toEqual(new Set(['clean']));
    expect(reported).toEqual(['loading', 'running']);
    await settled(remover.close());
    expect(reported.at(-1)).toBe('closed');
  });

  it('a worker that crashes is replaced, and its successor does what is wanted', async () => {
    const remover = await create();
    await settled(remover.setSource(camera()));
    reported.length = 0;
    plane.workers.at(-1)!.terminate();
    shown();
    await pass(3500);
    await pass(3000);
    // For two reasons: it does not answer, it is gone.
    expect(reported).toEqual(['covered', 'covered', 'worker-lost', 'loading', 'recovered worker', 'running']);
    expect(shown()).not.toContain('raw');
    await pass(500);
    expect(shown()).toEqual(new Set(['clean']));
    await settled(remover.close());
  });

  it('a wish that is refused leaves what was in force, also for the next worker', async () => {
    const remover = await create();
    await settled(remover.setSource(camera()));
    plane.parts.missing = 'bystanders';
    expect(await settled(remover.update({ remove: 'bystanders' }))).toBe('asset-http');
    expect(remover.state).toBe('running');
    plane.workers.at(-1)!.terminate();
    await pass(8000);
    expect(remover.state).toBe('running');
    expect(reported.filter((each) => each === 'asset-http')).toHaveLength(1);
    await settled(remover.close());
  });

  it('a wish that is refused after nothing was removed stays covered, and can be wished again', async () => {
    const remover = await create({ remove: 'nothing' });
    await settled(remover.setSource(camera()));
    plane.parts.missing = 'people';
    expect(await settled(remover.update({ remove: 'people' }))).toBe('asset-http');
    shown();
    await pass(1000);
    expect(shown()).toEqual(new Set(['cover']));
    expect(remover.state).toBe('failed');
    expect(await settled(remover.update({ cover: 'mosaic' }))).toBe('done');
    expect(remover.state).toBe('failed');
    plane.parts.missing = undefined;
    expect(await settled(remover.update({ remove: 'people' }))).toBe('done');
    expect(remover.state).toBe('running');
    await settled(remover.close());
  });

  it('off and on while the inpainter is made: it is made once', async () => {
    const remover = await create();
    await pass(400);
    const off = settled(remover.update({ remove: 'nothing' }), 0);
    expect(await settled(remover.update({ remove: 'people' }))).toBe('done');
    expect(await off).toBe('aborted');
    expect(plane.parts.inpainters).toBe(1);
    await settled(remover.close());
  });

  it('a part that fails is reported once, covered, and reported when it works again', async () => {
    const remover = await create();
    await settled(remover.setSource(camera()));
    for (const failing of ['inpainting', 'segmentation'] as const) {
      reported.length = 0;
      plane.parts.failing = failing;
      await pass(100);
      shown();
      await pass(3000);
      expect(shown()).toEqual(new Set(['cover']));
      plane.parts.failing = undefined;
      await pass(3000);
      expect(reported.filter((each) => /-failed|recovered/.test(each))).toEqual([
        failing === 'inpainting' ? 'inpaint-failed' : 'segmentation-failed',
        `recovered ${failing}`,
      ]);
      expect(remover.state).toBe('running');
    }
    await settled(remover.close());
  });

  it.each(Array.from({ length: LIVES }, (_, i) => SEED + i))('a life of whatever comes, seed %i', async (seed) => {
    const [[start, steps]] = fc.sample(fc.tuple(wishes, life), { seed, numRuns: 1 }) as [[Wish, Step[]]];
    const calls: Promise<string>[] = [];
    const code = (call: Promise<unknown>) =>
      calls.push(
        call.then(
          () => 'ok',
          (error: { name: string; code: string }) => (error.name === 'RemovalError' ? error.code : `? ${error}`),
        ),
      );
    /** When everything may be shown: from the call for it until the next call for anything else. */
    const open: [number, number][] = [];
    const wish = (remove: Wish) => {
      if (remove === 'nothing') open.push([performance.now(), Number.POSITIVE_INFINITY]);
      else if (open.length) open.at(-1)![1] = Math.min(open.at(-1)![1], performance.now());
    };
    const remover = await create({ remove: start });
    wish(start);
    code(remover.ready);
    const cameras = [camera()];
    code(remover.setSource(cameras[0]!));
    for (const step of steps) {
      switch (step.do) {
        case 'wish':
          wish(step.remove);
          code(remover.update({ remove: step.remove }));
          break;
        case 'cover':
          code(remover.update({ cover: 'mosaic' }));
          break;
        case 'source':
          cameras.push(camera());
          code(remover.setSource(cameras.at(-1)!));
          break;
        case 'pause':
          cameras.at(-1)!.paused = !cameras.at(-1)!.paused;
          break;
        case 'kill':
          if (plane.workers.length > 1) plane.workers.at(-1)!.terminate();
          break;
        case 'parts':
          Object.assign(plane.parts, step.parts);
          break;
        case 'plate':
          code(remover.plate());
          break;
        case 'output':
          plane.sinkIsGone = true;
          break;
        default:
          step satisfies never;
      }
      await pass(step.ms);
    }
    code(remover.close());
    await pass(20_000);
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((each) => !CODES.has(each))).toEqual([]);
    expect(remover.state).toBe('closed');
    expect(cameras.flatMap(({ clones }) => clones).every(({ readyState }) => readyState === 'ended')).toBe(true);
    const raw = plane.seen.filter(({ shown }) => shown === 'raw');
    expect(raw.filter(({ at }) => !open.some(([from, to]) => at >= from && at <= to))).toEqual([]);
    // A worker that was ended by force had timers of its own.
    if (!steps.some((each) => each.do === 'kill' || each.do === 'output'))
      expect(vi.getTimerCount(), JSON.stringify(steps)).toBe(0);
  });
});
