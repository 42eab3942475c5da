/**
 * Writes the parts of the documents that are made from the code:
 *
 *     npm run docs        docs/api.md from the comments of the public names
 *
 * Fails where a public name says nothing of itself.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';

ensurePackages();
run('npm', ['run', '--silent', 'build']);
const { apiPage, complaints, readPackage } = await import('./docs/api.mjs');

const entries = readPackage();
const wrong = complaints(entries);
writeFileSync(path.join(ROOT, 'docs/api.md'), apiPage(entries));
for (const each of wrong) say(`docs: ${each}`);
say(`docs/api.md: ${entries.flatMap(({ symbols }) => symbols).length} public names`);
process.exitCode = wrong.length ? 1 : 0;
