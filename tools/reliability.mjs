/**
 * Runs the life-cycle cases of a call at full length: two Chromium pages, a real LiveKit server, every received frame
 * looked at.
 *
 *     npm run reliability [-- --write]
 *
 * A table on standard error, with `--write` into docs/reliability.md as well. The last line, on standard output, is
 * `cases C, frames F, leaks L, flashes S`; exit 0 only when L and S are 0 and every case held.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureChromium } from './lib/chromium.mjs';
import { flag, readCommand, runTool } from './lib/command.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

const REPORT = path.join(ROOT, 'test-results/reliability.json');
const PAGE = path.join(ROOT, 'docs/reliability.md');
/** In the page, the table stands between these. */
const MARKS = ['<!-- table -->', '<!-- /table -->'];

function* tests(suite) {
  for (const spec of suite.specs ?? []) yield spec;
  for (const inner of suite.suites ?? []) yield* tests(inner);
}

/** What each case came to; `null` where it did not get as far as to be looked at. */
function readCases() {
  if (!existsSync(REPORT)) return [];
  const { suites } = JSON.parse(readFileSync(REPORT, 'utf8'));
  return suites.flatMap((suite) =>
    [...tests(suite)].map(({ title, ok, tests: [run] }) => {
      const { attachments, error } = run.results.at(-1);
      const body = attachments.find(({ name }) => name === 'figures')?.body;
      const why = stripVTControlCharacters(error?.message ?? '').split('\n', 1)[0];
      return { title, ok, why, figures: body ? JSON.parse(Buffer.from(body, 'base64').toString()) : null };
    }),
  );
}

const COLUMNS = {
  frames: 'frames',
  leaks: 'leaks',
  covered: 'covered',
  flashes: 'flashes',
  black: 'black',
  gapMs: 'longest gap, ms',
  rawGapMs: 'with the line’s',
  limitMs: 'limit',
};
/** Of those, what the page has: a case that held has no leak or black frame, and no gap beyond its limit. */
const IN_PAGE = ['frames', 'leaks', 'covered', 'flashes', 'gapMs'];

function tableOf(cases, keys = Object.keys(COLUMNS)) {
  const rows = cases.map(({ title, ok, why, figures }) => [
    title,
    ...keys.map((key) => figures?.[key] ?? '?'),
    ok ? 'held' : `**failed**: ${why}`,
  ]);
  const head = ['case', ...keys.map((key) => COLUMNS[key]), 'result'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function write(table) {
  const page = readFileSync(PAGE, 'utf8');
  const [start, end] = MARKS.map((mark) => page.indexOf(mark));
  if (start < 0 || end < start) throw new Error(`${PAGE} has no place for the table (${MARKS.join(', ')}).`);
  const day = new Date().toISOString().slice(0, 10);
  const load = os.loadavg()[2].toFixed(1);
  const about = `${day}, ${os.availableParallelism()} cores, no GPU, load average ${load} over 15 minutes.`;
  writeFileSync(PAGE, `${page.slice(0, start)}${MARKS[0]}\n\n${about}\n\n${table}\n\n${page.slice(end)}`);
}

async function main() {
  const { values } = readCommand(import.meta.url, { write: flag() });
  ensurePackages();
  await ensureChromium(say);
  ensureBuild();
  rmSync(REPORT, { force: true });
  const { status } = spawnSync('npx', ['playwright', 'test', '--project=e2e', 'reliability', '--reporter=list,json'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, RELIABILITY: 'full', PLAYWRIGHT_JSON_OUTPUT_FILE: REPORT },
  });
  const cases = readCases();
  const table = tableOf(cases);
  say(`\n${table}\n`);
  if (values.write) write(tableOf(cases, IN_PAGE));
  const sum = (key) => cases.reduce((total, { figures }) => total + (figures?.[key] ?? 0), 0);
  console.log(`cases ${cases.length}, frames ${sum('frames')}, leaks ${sum('leaks')}, flashes ${sum('flashes')}`);
  const held = status === 0 && cases.length > 0 && cases.every(({ ok, figures }) => ok && figures);
  process.exitCode = held && sum('leaks') + sum('flashes') === 0 ? 0 : 1;
}

await runTool('reliability', () =>
  main().catch((error) => {
    console.log('cases 0, frames 0, leaks 0, flashes 0');
    throw error;
  }),
);
