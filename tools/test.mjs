/**
 * Runs every check: lint, types, unit, browser and end-to-end tests. Installs what is missing first.
 * The last line is `N passed, N failed` over all suites (`, N skipped` where there are any).
 *
 *     npm test [-- SUITE …]      suites: lint types unit browser e2e
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFirefox } from './lib/firefox.mjs';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';

const RESULTS = path.join(ROOT, 'test-results');

/**
 * A check without tests of its own counts as one. A suite tells how many tests passed and were skipped,
 * and the names of those that failed with the beginning of what they said.
 */
const check = (program, args) => () => {
  const { status } = spawn(program, args);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? [] : [args.join(' ')], skipped: 0 };
};

const SUITES = {
  lint: check('npx', ['biome', 'check', '.']),
  types: check('npx', ['tsc', '--noEmit']),
  unit() {
    const report = path.join(RESULTS, 'unit.json');
    rmSync(report, { force: true });
    const { status } = spawn('npx', [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const read = readJson(report);
    const failed = (read?.testResults ?? []).flatMap((file) => {
      const tests = file.assertionResults.filter((test) => test.status === 'failed');
      // A file that does not load has no test that failed.
      if (!tests.length && file.status === 'failed') return [`${file.name}: ${firstLines(file.message)}`];
      return tests.map((test) => `${test.fullName}: ${firstLines(test.failureMessages[0])}`);
    });
    if (!failed.length && status !== 0) failed.push('unit: vitest ended with an error');
    return { passed: read?.numPassedTests ?? 0, failed, skipped: read?.numPendingTests ?? 0 };
  },
  browser: () => playwright('browser'),
  e2e: () => playwright('e2e'),
};

function playwright(project) {
  const report = path.join(RESULTS, 'report.json');
  rmSync(report, { force: true });
  const { status } = spawn('npx', ['playwright', 'test', `--project=${project}`]);
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

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

/** What a failure said first, on one line and without colours. */
function firstLines(text = '') {
  return stripVTControlCharacters(text).split('\n').slice(0, 8).join(' ').replace(/\s+/g, ' ').slice(0, 600);
}

function spawn(program, args) {
  return spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in SUITES));
  if (unknown) {
    say(`test: no suite '${unknown}'; there are: ${Object.keys(SUITES).join(', ')}`);
    process.exit(2);
  }
  ensurePackages();
  await ensureChromium(say);
  ensureFirefox(say);
  say('Building (npm run build) …');
  run('npm', ['run', '--silent', 'build']);
  mkdirSync(RESULTS, { recursive: true });
  if (!existsSync(path.join(ROOT, '../shared'))) {
    say('*** ../shared is not here: the tests that need its clips are skipped.');
  }
  const sum = { passed: 0, failed: [], skipped: 0 };
  for (const [name, suite] of Object.entries(SUITES)) {
    if (wanted.length && !wanted.includes(name)) continue;
    say(`\n== ${name}`);
    const result = suite();
    say(`${name}: ${result.passed} passed, ${result.failed.length} failed, ${result.skipped} skipped`);
    sum.passed += result.passed;
    sum.failed.push(...result.failed);
    sum.skipped += result.skipped;
  }
  // Again at the end, where whoever sees only the last lines of a log finds them.
  for (const failure of sum.failed) say(`failed: ${failure}`);
  const skipped = sum.skipped ? `, ${sum.skipped} skipped` : '';
  console.log(`${sum.passed} passed, ${sum.failed.length} failed${skipped}`);
  process.exitCode = sum.failed.length ? 1 : 0;
}

main().catch((error) => {
  say(`test: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
