import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../tools/lib/setup.mjs';
import { type Block, blocksOf, documents } from './documents.ts';

/** A block of TypeScript in a document, and what to call it: `docs/options.md 3`, the third of that page. */
export interface Snippet extends Block {
  readonly name: string;
}

/** Every block of TypeScript that is not the text of a test, in the order of the documents. */
export function tsSnippets(): Snippet[] {
  return documents().flatMap((document) =>
    blocksOf(document)
      .map((block, index) => ({ ...block, name: `${document} ${index + 1}` }))
      .filter(({ language, mark }) => /^tsx?$/.test(language) && !mark),
  );
}

/** What readers have by then, in the names that the documents use. */
const GIVEN = ['cameraTrack', 'sender', 'remover', 'bar', 'leaveButton', 'hint', 'serverUrl', 'token'];

/** Names that a block need not import, and where from. */
const IMPORTED = {
  'clean-plate': ['Remover', 'RemovalError', 'checkSupport', 'preload'],
  'clean-plate/livekit': ['RemovalProcessor'],
  'livekit-client': ['createLocalVideoTrack', 'Room'],
};

/**
 * Writes a module that has each block as a function of what is given, word by word but for its imports; gives its path.
 */
export function writeSnippetModule(snippets: readonly Snippet[]): string {
  const imports = Object.entries(IMPORTED).map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`);
  const functions = snippets.map(({ name, code }) => {
    const [, body = ''] = /^((?:import [^;]+;\s*)*)([\s\S]*)$/.exec(code)?.slice(1) ?? [];
    return `${JSON.stringify(name)}: async ({ ${GIVEN.join(', ')} }) => { {\n${body}\n} },`;
  });
  const file = '.cache/doc-run/snippets.ts';
  mkdirSync(path.join(ROOT, '.cache/doc-run'), { recursive: true });
  const text = [...imports, 'export { Remover, RemovalProcessor };', 'export const snippets = {', ...functions, '};'];
  writeFileSync(path.join(ROOT, file), `${text.join('\n')}\n`);
  return file;
}
