import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/setup.mjs';
import { readEntry } from './declarations.mjs';
import { referenceOf } from './markdown.mjs';

/** The entries of the package that an app imports; `./worker` is a script. */
const ENTRIES = ['.', './livekit', './react'];

/** What the package exports, by entry, from the declarations of the last build. */
export function readPackage() {
  const { name, exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return ENTRIES.map((entry) => ({
    name: path.posix.join(name, entry),
    symbols: readEntry(path.join(ROOT, exports[entry].types)),
  }));
}

/**
 * What is public and says nothing of itself, or is used in public and cannot be imported.
 * @param {ReturnType<typeof readPackage>} entries
 * @returns {string[]}
 */
export function complaints(entries) {
  const symbols = entries.flatMap((entry) => entry.symbols);
  const names = new Set(symbols.map(({ name }) => name));
  return symbols.flatMap(({ name, doc, members, hidden }) => [
    ...(doc?.text ? [] : [`${name} has no comment`]),
    ...members.filter((member) => !member.doc?.text).map((member) => `${name}.${member.name} has no comment`),
    ...hidden.filter((each) => !names.has(each)).map((each) => `${name} uses ${each}, which no entry exports`),
  ]);
}

/** The reference, as docs/api.md should hold it. */
export const apiPage = (entries = readPackage()) => formatted(referenceOf(entries), 'docs/api.md');

/** A document as the formatter leaves it; `name` says of what kind it is. */
export const formatted = (input, name) =>
  execFileSync('npx', ['biome', 'format', `--stdin-file-path=${name}`], { cwd: ROOT, input, encoding: 'utf8' });
