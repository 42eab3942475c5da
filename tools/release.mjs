/**
 * Publishes the version that package.json names, with provenance, as .github/workflows/release.yml does:
 *
 *     npm run release [-- --check]
 *
 * Looks first whether everything is ready, and builds; `--check` ends there.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { flag, readCommand, runTool } from './lib/command.mjs';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';
import { problems } from './release/problems.mjs';

const read = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;

function main() {
  const { check } = readCommand(import.meta.url, { check: flag() }).values;
  const manifest = JSON.parse(read('package.json'));
  const found = problems({
    manifest,
    changelog: read('CHANGELOG.md'),
    pending: readdirSync(path.join(ROOT, '.changeset')).filter((name) => /\.md$/.test(name) && name !== 'README.md'),
    clean: execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' }) === '',
    tag: GITHUB_REF_TYPE === 'tag' ? GITHUB_REF_NAME : undefined,
  });
  for (const each of found) say(`release: ${each}`);
  if (found.length) process.exit(2);

  ensurePackages();
  run('npm', ['run', '--silent', 'build']);
  if (check) say(`release: ${manifest.name} ${manifest.version} is ready`);
  else run('npm', ['publish', '--provenance', '--access', 'public', '--ignore-scripts']);
}

await runTool('release', main);
