import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { blocksOf, documents, textOf } from '../documents.ts';

describe.each(documents().filter((name) => name.startsWith('docs/recipes/')))('%s', (page) => {
  it('shows code that a test runs, or says why it is not run', () => {
    const marks = blocksOf(page).map(({ mark }) => mark);
    expect(marks.length).toBeGreaterThan(0);
    for (const mark of marks) expect(mark).toMatch(/^(runs: |not run: .)/);
  });

  it('says what was tried', () => {
    expect(textOf(page)).toContain('What was tried:');
  });
});

it('the links between the documents lead somewhere, to a heading where they name one', () => {
  const dead: string[] = [];
  for (const page of documents()) {
    for (const [, file = '', anchor] of textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const target = file ? path.posix.join(path.posix.dirname(page), file) : page;
      const there = existsSync(path.join(ROOT, target));
      if (!there || (anchor && !anchorsOf(target).includes(anchor))) dead.push(`${page}: ${file}#${anchor ?? ''}`);
    }
  }
  expect(dead).toEqual([]);
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
