import fc from 'fast-check';
import type { RemoverOptions } from '../../src/processor/options.ts';
import { expect, test } from '../fixtures.ts';
import type { Step } from './page/fuzz.ts';

/** Random call orders; `npm run fuzz -- --lives 500` for a long run. */
const LIVES = Number(process.env.FUZZ_LIVES ?? 12);
/** That of the first life; the next ones count on from it. */
const SEED = Number(process.env.FUZZ_SEED ?? 1 + Math.floor(Math.random() * 1e9));
test.setTimeout(30_000 + LIVES * 60_000);

const remove = fc.constantFrom('people', 'nothing');
const cover = fc.constantFrom('blank', 'mosaic');
const options = fc.record({ remove, cover }, { requiredKeys: [] });
const startOptions = fc.record(
  {
    remove,
    cover,
    transport: fc.constantFrom('auto', 'streams', 'element'),
    tier: fc.constantFrom('auto', 'light'),
    memory: fc.constantFrom('none', 'call', 'device'),
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
  await page.waitForFunction(() => 'harness' in window);
  let frames = 0;
  let raw = 0;
  process.stdout.write(`      from seed ${SEED} on\n`);
  for (let seed = SEED; seed < SEED + LIVES; seed++) {
    const [[options, steps]] = fc.sample(fc.tuple(startOptions, life), { seed, numRuns: 1 }) as [
      [Omit<RemoverOptions, 'room'>, Step[]],
    ];
    const end = await page.evaluate(
      ([options, steps]) => window.harness.fuzz(window.harness.cleanPlate, options, steps),
      [options, steps] as const,
    );
    frames += end.frames;
    raw += end.raw;
    const again = `lived again by: npm run fuzz -- --lives 1 --seed ${seed}\n${JSON.stringify({ options, steps })}\n`;
    expect(end.leaks, `raw frames; ${again}`).toBe(0);
    expect(end.unanswered, `calls without an answer; ${again}`).toBe(0);
    expect([end.state, end.track], again).toEqual(['closed', 'ended']);
    expect(
      end.outcomes.filter((code) => !CODES.has(code)),
      again,
    ).toEqual([]);
    expect(loose, `uncaught; ${again}`).toEqual([]);
  }
  process.stdout.write(`      lives ${LIVES}, frames ${frames}, leaks 0\n`);
  // A single life may end before its first frame.
  if (LIVES >= 10) {
    expect(frames).toBeGreaterThan(LIVES * 5);
    expect(raw, 'frames that show everything, rightly: the judge sees the marker').toBeGreaterThan(0);
  }
});
