import { execFileSync } from 'node:child_process';
import { ROOT } from '../lib/setup.mjs';
import { readEntry } from './declarations.mjs';
import { ENTRIES } from './entries.mjs';
import { referenceOf } from './markdown.mjs';

/** What the package exports, by entry, from the declarations of the last build. */
export function readPackage() {
  const entries = ENTRIES.map(({ name, source }) => ({ name, symbols: readEntry(source) }));
  return entries.filter(({ symbols }) => symbols.length);
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

/**
 * The reference, as docs/api.md should hold it, from the declarations that the build emits. TypeDoc and API Extractor
 * need the programming interface that TypeScript 7 no longer has, rolldown-plugin-dts a newer Node: hence small
 * generators of our own.
 */
export const apiPage = (entries = readPackage()) => formatted(referenceOf(entries), 'docs/api.md');

/** A document as the formatter leaves it; `name` says of what kind it is. */
export const formatted = (input, name) =>
  execFileSync('npx', ['biome', 'format', `--stdin-file-path=${name}`], { cwd: ROOT, input, encoding: 'utf8' });
