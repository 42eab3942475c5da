/**
 * Runs every check: lint, types, unit, browser and end-to-end tests. Installs what is missing first.
 * The last line is `N passed, N failed` over all suites (`, N skipped` where there are any).
 *
 *     npm test [-- SUITE …]      suites: lint types unit browser e2e
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFirefox } from './lib/firefox.mjs';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';

const RESULTS = path.join(ROOT, 'test-results');

/** A check without tests of its own counts as one. */
const check = (program, args) => () => {
  const { status } = spawn(program, args);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
};

const SUITES = {
  lint: check('npx', ['biome', 'check', '.']),
  types: check('npx', ['tsc', '--noEmit']),
  unit() {
    const report = path.join(RESULTS, 'unit.json');
    const { status } = spawn('npx', [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const read = readJson(report);
    if (!read) return { passed: 0, failed: 1, skipped: 0 };
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = read;
    // A file that does not load has no test that failed.
    return { passed, failed: failed || (status === 0 ? 0 : 1), skipped };
  },
  browser: () => playwright('browser'),
  e2e: () => playwright('e2e'),
};

function playwright(project) {
  const report = path.join(RESULTS, 'report.json');
  rmSync(report, { force: true });
  const { status } = spawn('npx', ['playwright', 'test', `--project=${project}`]);
  const read = readJson(report);
  if (!read) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = read.stats;
  return { passed: expected + flaky, failed: unexpected || (status === 0 ? 0 : 1), skipped };
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
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, suite] of Object.entries(SUITES)) {
    if (wanted.length && !wanted.includes(name)) continue;
    say(`\n== ${name}`);
    const result = suite();
    say(`${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
    for (const key of Object.keys(sum)) sum[key] += result[key];
  }
  const skipped = sum.skipped ? `, ${sum.skipped} skipped` : '';
  console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);
  process.exitCode = sum.failed ? 1 : 0;
}

main().catch((error) => {
  say(`test: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
