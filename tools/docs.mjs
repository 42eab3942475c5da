/**
 * Writes the parts of the documents that are made from the code, after a build:
 *
 *     npm run docs        docs/api.md from the comments of the public names; what a user loads into docs/scale.md
 *
 * Fails where a public name says nothing of itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCommand, runTool } from './lib/command.mjs';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';

async function main() {
  readCommand(import.meta.url);
  ensurePackages();
  run('npm', ['run', '--silent', 'build']);
  const { apiPage, complaints, formatted, readPackage } = await import('./docs/api.mjs');
  const { loadsTable } = await import('./docs/bytes.mjs');
  const { withMarked } = await import('./docs/marked.mjs');

  const at = (name) => path.join(ROOT, 'docs', name);
  const entries = readPackage();
  const wrong = complaints(entries);
  writeFileSync(at('api.md'), apiPage(entries));
  writeFileSync(
    at('scale.md'),
    formatted(withMarked(readFileSync(at('scale.md'), 'utf8'), 'bytes', loadsTable()), 'a.md'),
  );
  for (const each of wrong) say(`docs: ${each}`);
  say(`docs/api.md: ${entries.flatMap(({ symbols }) => symbols).length} public names; docs/scale.md: bytes`);
  process.exitCode = wrong.length ? 1 : 0;
}

await runTool('docs', main);
