import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPackage } from '../../tools/docs/api.mjs';
import { loads, PLAIN } from '../../tools/docs/bytes.mjs';
import { markedIn } from '../../tools/docs/marked.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { textOf } from '../documents.ts';

const built = existsSync(path.join(ROOT, 'dist/index.d.ts'));
const page = (name: string) => readFileSync(path.join(ROOT, 'docs', name), 'utf8');
const membersOf = (wanted: string) => {
  const symbols = readPackage().flatMap(({ symbols }) => symbols);
  const members = symbols.find(({ name }) => name === wanted)?.members ?? [];
  return members.map(({ name }) => name.replaceAll("'", ''));
};
const headings = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);

describe.skipIf(!built)('the guides', () => {
  it('have a section on every option', () => {
    const options = [...membersOf('UpdateOptions'), ...membersOf('RemoverOptions')];
    expect(options.length).toBeGreaterThan(8);
    const about = headings(page('options.md')).join('\n');
    expect(options.filter((name) => !about.includes(`\`${name}\``))).toEqual([]);
  });

  it('have a section on every error code, and on no other', () => {
    const codes = membersOf('RemovalErrorCode');
    expect(codes.length).toBeGreaterThan(10);
    const text = page('troubleshooting.md');
    const part = text.slice(text.indexOf('## By error code'), text.indexOf('## The picture'));
    expect(headings(part).slice(1)).toEqual(codes.map((code) => `\`${code}\``));
  });

  it('say what a user loads, within a tenth: run `npm run docs` otherwise', () => {
    const rows: string[] = markedIn(page('scale.md'), 'bytes').split('\n').slice(2);
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    const read = (cell = '') => Number.parseFloat(cell) * (cell.endsWith('MB') ? 1e6 : 1e3);
    for (const { what, bytes } of loads(PLAIN)) {
      const row = cells.find((each) => each[1] === what);
      expect(Math.abs(read(row?.[3]) / bytes[0]! - 1), what).toBeLessThan(0.1);
    }
  });

  it('say everywhere how much code a page loads, to the next KB', () => {
    const files = ['index.js', 'remover.js'].map((name) => readFileSync(path.join(ROOT, 'dist', name)));
    const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
    for (const document of ['README.md', 'docs/faq.md', 'docs/hosting.md']) {
      const said = /(?:your page loads is|own code grows by|your bundler;) (\d+) KB/.exec(textOf(document));
      expect(Math.abs(Number(said?.[1]) - bytes / 1000), document).toBeLessThan(0.6);
    }
  });
});
