import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { apiPage, complaints, readPackage } from '../../tools/docs/api.mjs';
import { readEntry } from '../../tools/docs/declarations.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';

const built = existsSync(path.join(ROOT, 'dist/index.d.ts'));

describe.skipIf(!built)('the API reference', () => {
  it('has every public name', () => {
    const names = readPackage().flatMap(({ symbols }) => symbols.map(({ name }) => name));
    expect(names).toEqual(
      expect.arrayContaining([
        'Remover',
        'RemovalError',
        'RemoverOptions',
        'checkSupport',
        'RemovalProcessor',
        'useRemoval',
      ]),
    );
  });

  it('leaves no public name or member without a comment, and uses no type that cannot be imported', () => {
    expect(complaints(readPackage())).toEqual([]);
  });

  it('is what the code says: run `npm run docs` otherwise', () => {
    expect(readFileSync(path.join(ROOT, 'docs/api.md'), 'utf8')).toBe(apiPage());
  });
});

describe('what is complained about', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'declarations-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names, members, choices and constructors without a comment; types that no entry gives', () => {
    writeFileSync(
      path.join(folder, 'thing.d.ts'),
      `import type { Hidden } from './hidden.ts';
       export interface Bare { readonly width: number; }
       /** A choice. */
       export type Choice = /** The first. */ 'one' | 'two';
       /** Does something. */
       export declare function use(hidden: Hidden, frame: VideoFrame): Bare;
       /** A thing. */
       export declare class Thing {
         #private;
         private constructor();
         /** How many. */
         readonly count: number;
         get size(): number;
       }
       export declare const left: number;`,
    );
    const entry = path.join(folder, 'index.d.ts');
    writeFileSync(entry, `export { type Bare, type Choice, Thing, use } from './thing.ts';\n`);
    expect(complaints([{ name: 'test', symbols: readEntry(entry) }])).toEqual([
      'Bare has no comment',
      'Bare.width has no comment',
      "Choice.'two' has no comment",
      'use uses Hidden, which no entry exports',
      'Thing.size has no comment',
    ]);
  });
});
