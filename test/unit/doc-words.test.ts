import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { textOf } from '../documents.ts';

/** README and docs/*.md, the generated API reference included; the recipes are not counted. */
const MAX_WORDS = 15_000;
/** Characters of a line of prose. */
const MAX_COLUMNS = 120;

const pages = () =>
  readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);

/** As `wc -w` counts: also code, and the bars of tables. */
const wordsIn = (text: string) => text.split(/\s+/).filter(Boolean).length;

/** Lines of prose beyond the limit: no table, picture or code. */
function longLines(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return prose.split('\n').filter((line) => line.length > MAX_COLUMNS && !/^(\||!\[)/.test(line));
}

describe('the documents', () => {
  it(`have at most ${MAX_WORDS} words, so that people read them`, () => {
    const words = ['README.md', ...pages()].map((name) => [name, wordsIn(textOf(name))] as const);
    const sum = words.reduce((total, [, count]) => total + count, 0);
    const largest = words.toSorted(([, a], [, b]) => b - a).slice(0, 5);
    expect(sum, `the largest: ${largest.map((each) => each.join(' ')).join(', ')}`).toBeLessThanOrEqual(MAX_WORDS);
  });

  it('have no line of prose beyond the columns', () => {
    // The API reference has lists of members, a line each, from the code's comments.
    const names = ['README.md', 'CONTRIBUTING.md', ...pages().filter((name) => name !== 'docs/api.md')];
    expect(names.flatMap((name) => longLines(textOf(name)).map((line) => `${name}: ${line}`))).toEqual([]);
  });

  it('are counted as `wc -w` does, and long lines are found outside tables, pictures and code', () => {
    expect(wordsIn('# A b\n\n| c | d |\n')).toBe(8);
    const long = 'word '.repeat(30);
    expect(longLines(`${long}\n| ${long} |\n![${long}](a.webp)\n\`\`\`\n${long}\n\`\`\`\nshort`)).toEqual([long]);
  });
});
