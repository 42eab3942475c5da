import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';

const RECIPES = path.join(ROOT, 'docs/recipes');
const BLOCK = /(?:<!-- (?<mark>.*?) -->\n\n)?```(?<language>\w*)\n(?<code>[\s\S]*?)```/g;

describe.each(readdirSync(RECIPES))('docs/recipes/%s', (page) => {
  const text = readFileSync(path.join(RECIPES, page), 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map(({ groups }) => groups as { mark?: string; code: string });

  it('shows code that a test runs, word by word, or says why it is not run', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const { mark, code } of blocks) {
      const [, file] = /^runs: (\S+)$/.exec(mark ?? '') ?? [];
      if (!file) {
        expect(mark, code).toMatch(/^not run: ./);
        continue;
      }
      expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(code.trim());
    }
  });

  it('says what was tried', () => {
    expect(text).toContain('What was tried:');
  });
});

it('the links between the documents lead somewhere', () => {
  const pages = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name));
  const dead: string[] = [];
  for (const page of ['README.md', 'CONTRIBUTING.md', ...pages]) {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      if (!existsSync(path.join(ROOT, path.dirname(page), target!))) dead.push(`${page}: ${target}`);
    }
  }
  expect(dead).toEqual([]);
});
