import fc from 'fast-check';
import type { RemoverOptions } from '../../src/processor/options.ts';
import { expect, test } from '../fixtures.ts';
import type { Step } from './page/fuzz.ts';

/** Random call orders; `FUZZ_RUNS=200 npx playwright test fuzz` for a long run. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 12);
test.setTimeout(30_000 + RUNS * 60_000);

const remove = fc.constantFrom('people', 'nothing');
const cover = fc.constantFrom('blank', 'mosaic');
const options = fc.record({ remove, cover }, { requiredKeys: [] });
const startOptions = fc.record(
  {
    remove,
    cover,
    transport: fc.constantFrom('auto', 'streams', 'element'),
    tier: fc.constantFrom('auto', 'light'),
  },
  { requiredKeys: [] },
);
const badOptions = fc.constantFrom({ remove: 'cats' }, { cover: 3 }, { remove: null }, {});
const waits = fc.boolean();

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), waits: fc.constant(true), ms: fc.nat(1000) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('update'), waits, options }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('update'), waits, options: badOptions }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('source'),
      waits,
      which: fc.constantFrom('first', 'first', 'second', 'second', 'ended', 'audio', 'nonsense'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('pause', 'resume', 'resume', 'kill', 'disable', 'stats', 'abort', 'close', 'stop output'),
      waits,
    }),
  },
) as fc.Arbitrary<Step>;

/** Most lives start with a camera and a look at it, or nothing would ever be seen. */
const start = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step[]>([]) },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 300, max: 3000 }).map((ms): Step[] => [
      { do: 'source', which: 'first', waits: true },
      { do: 'wait', ms, waits: true },
    ]),
  },
);
const life = fc.tuple(start, fc.array(step, { maxLength: 12 })).map(([first, rest]) => [...first, ...rest]);

const CODES = new Set(['ok', 'invalid-option', 'invalid-track', 'closed', 'aborted', 'worker-failed', 'worker-lost']);

test('whatever an app calls in whatever order: no raw frame, no loose rejection, every call answered, closed at the end', async ({
  page,
  site,
}) => {
  const loose: string[] = [];
  page.on('pageerror', ({ message }) => loose.push(message));
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'lab' in window);
  let frames = 0;
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(startOptions, life, async (options, steps) => {
      const end = await page.evaluate(([options, steps]) => window.lab.fuzz(window.lab.cleanPlate, options, steps), [
        options as RemoverOptions,
        steps,
      ] as const);
      frames += end.frames;
      runs++;
      expect(end.leaks, 'raw frames').toBe(0);
      expect(end.unanswered, 'calls without an answer').toBe(0);
      expect(end.state).toBe('closed');
      expect(end.track).toBe('ended');
      expect(end.outcomes.filter((code) => !CODES.has(code))).toEqual([]);
      expect(loose, 'uncaught').toEqual([]);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  process.stdout.write(`      ${runs} lives, ${frames} frames\n`);
  expect(frames).toBeGreaterThan(RUNS * 5);
});
