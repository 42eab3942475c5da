import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUp } from '../../tools/docs/roll-up.mjs';

describe('declarations rolled up', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clean-plate-types-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Of `a.d.ts` and `b.d.ts`, as entries `a` and `b`, with other files beside them. */
  function roll(files: Record<string, string>): Record<string, string> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const entries = ['a', 'b'].filter((name) => files[`${name}.d.ts`] !== undefined);
    return rollUp(
      entries.map((name) => ({
        source: path.join(folder, `${name}.d.ts`),
        types: `${name}.d.ts`,
        script: `${name}.js`,
      })),
    );
  }

  it('have what is exported and what that needs, with its comments, and nothing else', () => {
    const { 'a.d.ts': text } = roll({
      'a.d.ts': "export { type Cup, pour } from './deep/cup.ts';\n/** Mine. */\nexport type Mine = string;\n",
      'deep/cup.d.ts': `import type { Tea } from '../tea.ts';
import type { Leaf } from 'plants';
/** A cup. */
export interface Cup { readonly tea: Tea; readonly leaf: Leaf<string>; }
export declare function pour(cup: Cup, sort: typeof SORT): Promise<void>;
declare const SORT: unique symbol;
/** @internal */
export interface Secret { x: number; }
export {};
`,
      'tea.d.ts': 'export interface Tea { degrees: number; }\nexport interface Unused { y: 1; }\n',
    });
    expect(text).toBe(`import type { Leaf } from 'plants';
/** Mine. */
export type Mine = string;
/** A cup. */
export interface Cup { readonly tea: Tea; readonly leaf: Leaf<string>; }
interface Tea { degrees: number; }
export declare function pour(cup: Cup, sort: typeof SORT): Promise<void>;
declare const SORT: unique symbol;
export {};
`);
  });

  it('import from another entry what that exports, and follow the base class that tsc writes as an import', () => {
    const { 'a.d.ts': a, 'b.d.ts': b } = roll({
      'a.d.ts': "export { Pot } from './pot.ts';\n",
      'b.d.ts': `import { Pot } from './pot.ts';
declare const Kettle_base: new () => import("./events.ts").Target<Pot>;
export declare class Kettle extends Kettle_base { pot: Pot; }
`,
      'events.d.ts': 'export interface Target<Events> { listen(event: Events): void; }\n',
      'pot.d.ts': 'export declare class Pot { #private; }\n',
    });
    expect(a).toBe('export declare class Pot { #private; }\nexport {};\n');
    expect(b).toContain("import type { Pot } from './a.js';");
    expect(b).toContain('Kettle_base: new () => Target<Pot>;');
    expect(b).toContain('interface Target<Events>');
    expect(b).not.toMatch(/class Pot|import\(/);
  });

  it('are refused where two things have one name, or one class would be two types', () => {
    expect(() =>
      roll({
        'a.d.ts': "import type { X } from './x.ts';\nexport interface A { x: X; y: import('./y.ts').X; }\n",
        'x.d.ts': 'export interface X { one: 1; }\n',
        'y.d.ts': 'export interface X { two: 2; }\n',
      }),
    ).toThrow('Two declarations are called X.');
    expect(() =>
      roll({
        'a.d.ts': "import { C } from './c.ts';\nexport declare function a(): C;\n",
        'b.d.ts': "import { C } from './c.ts';\nexport declare function b(): C;\n",
        'c.d.ts': 'export declare class C { #private; }\n',
      }),
    ).toThrow(/C would be declared by a\.d\.ts and b\.d\.ts/);
    expect(() =>
      roll({ 'a.d.ts': "export { type A as B } from './x.ts';\n", 'x.d.ts': 'export type A = 1;\n' }),
    ).toThrow(/goes by two names/);
    expect(() => roll({ 'a.d.ts': "export { type A } from './x.ts';\n", 'x.d.ts': 'export {};\n' })).toThrow(
      /declares no A/,
    );
  });
});
