/**
 * Runs every check: lint, types, unit, browser and end-to-end tests. Does what `npm run setup` does first, and
 * builds where a source is newer than the last build.
 * The last line is `N passed, N failed` over all suites (`, N skipped` where there are any).
 *
 *     npm test [-- SUITE …]      suites: lint types unit browser e2e
 *
 * Lint, types and unit tests run side by side. Tests in a browser watch live video, and run one after the other.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { readCommand, UsageError } from './lib/command.mjs';
import { ensureBuild, ROOT, say, setUp } from './lib/setup.mjs';

const RESULTS = path.join(ROOT, 'test-results');

/**
 * What a suite came to: how many tests passed and were skipped, and the names of those that failed with the beginning
 * of what they said. A check without tests of its own counts as one.
 */
const check = (program, args) => async () => {
  const { status, output } = await quietly(program, args);
  process.stderr.write(output);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? [] : [args.join(' ')], skipped: 0 };
};

async function unit() {
  const report = path.join(RESULTS, 'unit.json');
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const { status, output } = await quietly('npx', ['vitest', 'run', ...reporters]);
  process.stderr.write(output);
  const read = readJson(report);
  const failed = (read?.testResults ?? []).flatMap((file) => {
    const tests = file.assertionResults.filter((test) => test.status === 'failed');
    // A file that does not load has no test that failed.
    if (!tests.length && file.status === 'failed') return [`${file.name}: ${firstLines(file.message)}`];
    return tests.map((test) => `${test.fullName}: ${firstLines(test.failureMessages[0])}`);
  });
  if (!failed.length && status !== 0) failed.push('unit: vitest ended with an error');
  return { passed: read?.numPassedTests ?? 0, failed, skipped: read?.numPendingTests ?? 0 };
}

function playwright(project) {
  const report = path.join(RESULTS, 'report.json');
  rmSync(report, { force: true });
  const stdio = ['ignore', 'inherit', 'inherit'];
  const { status } = spawnSync('npx', ['playwright', 'test', `--project=${project}`], { cwd: ROOT, stdio });
  const read = readJson(report);
  const failed = (read?.suites ?? [])
    .flatMap(specsOf)
    .filter((spec) => !spec.ok)
    .map((spec) => {
      const result = spec.tests.flatMap((test) => test.results).find((one) => one.error);
      return `${spec.file}:${spec.line} ${spec.title}: ${firstLines(result?.error?.message)}`;
    });
  if (!failed.length && status !== 0) failed.push(`${project}: playwright ended with an error`);
  const { expected = 0, flaky = 0, skipped = 0 } = read?.stats ?? {};
  return { passed: expected + flaky, failed, skipped };
}

/** One lane after the other; the suites of a lane side by side. */
const LANES = [
  { lint: check('npm', ['run', '--silent', 'lint']), types: check('npx', ['tsc', '--noEmit']), unit },
  { browser: () => playwright('browser') },
  { e2e: () => playwright('e2e') },
];

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

/** What a failure said first, on one line and without colours. */
function firstLines(text = '') {
  return stripVTControlCharacters(text).split('\n').slice(0, 8).join(' ').replace(/\s+/g, ' ').slice(0, 600);
}

/** Runs a program and keeps what it says, so that what runs beside it does not get in between. */
async function quietly(program, args) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await closed, output: `${out}${error}` };
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

async function main() {
  const suites = LANES.flatMap((lane) => Object.keys(lane));
  const { words } = readCommand(import.meta.url, {}, { words: suites });
  const wanted = words.length ? words : suites;
  await setUp();
  ensureBuild();
  mkdirSync(RESULTS, { recursive: true });
  if (!existsSync(path.join(ROOT, '../shared'))) {
    say('*** ../shared is not here: the tests that need its clips are skipped.');
  }
  const sum = { passed: 0, failed: [], skipped: 0 };
  for (const lane of LANES) {
    const running = Object.entries(lane).filter(([name]) => wanted.includes(name));
    if (running.length) say(`\n== ${running.map(([name]) => name).join(', ')}`);
    await Promise.all(
      running.map(async ([name, suite]) => {
        const started = performance.now();
        const { passed, failed, skipped } = await suite();
        const seconds = Math.round((performance.now() - started) / 1000);
        say(`${name}: ${passed} passed, ${failed.length} failed, ${skipped} skipped, ${seconds} s`);
        sum.passed += passed;
        sum.failed.push(...failed);
        sum.skipped += skipped;
      }),
    );
  }
  // Again at the end, where whoever sees only the last lines of a log finds them.
  for (const failure of sum.failed) say(`failed: ${failure}`);
  const skipped = sum.skipped ? `, ${sum.skipped} skipped` : '';
  console.log(`${sum.passed} passed, ${sum.failed.length} failed${skipped}`);
  process.exitCode = sum.failed.length ? 1 : 0;
}

main().catch((error) => {
  const isUsage = error instanceof UsageError;
  say(`test: ${error.message}${isUsage ? ' --help says how it is called.' : ''}`);
  if (!isUsage) console.log('0 passed, 1 failed');
  process.exit(isUsage ? 2 : 1);
});
