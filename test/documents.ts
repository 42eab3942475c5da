import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/lib/setup.mjs';

export interface Block {
  /** The comment before it: `runs: FILE`, `not run: WHY`, or none. */
  readonly mark: string | undefined;
  readonly language: string;
  readonly code: string;
}

/** Every document of the project, as paths in it. */
export function documents(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((name) => name.endsWith('.md')).map((name) => path.posix.join('docs', name));
  return ['README.md', 'CONTRIBUTING.md', 'training/README.md', 'training/MODEL_CARD.md', ...pages];
}

export const textOf = (document: string): string => readFileSync(path.join(ROOT, document), 'utf8');

const FENCED = /(?:<!-- (?<mark>.*?) -->\n\n)?^```(?<language>\w*)\n(?<code>[\s\S]*?)^```/gm;

/** The fenced blocks of a document, in order. */
export function blocksOf(document: string): Block[] {
  return [...textOf(document).matchAll(FENCED)].map(({ groups }) => groups as unknown as Block);
}

/** The code of a document that is not fenced: indented lines and what stands in backticks. */
export function codeBesides(document: string): string[] {
  const rest = textOf(document).replaceAll(FENCED, '');
  const indented = [...rest.matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => line!);
  return [...indented, ...[...rest.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)];
}
