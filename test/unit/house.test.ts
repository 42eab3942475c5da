import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const GLOSSARY = fileURLToPath(new URL('../../docs/glossary.md', import.meta.url));

/** File -> the files of the same tree that it imports, paths below its root. */
type Imports = Readonly<Record<string, readonly string[]>>;

function importsOf(root: string): Imports {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(name),
  );
  return Object.fromEntries(
    files.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const named = [...text.matchAll(/from '(\.[^']+)'/g)].map((match) => path.join(path.dirname(file), match[1]!));
      return [file, named.filter((name) => files.includes(name))];
    }),
  );
}

/** The files of a circle of imports, if there is one. */
function circleIn(imports: Imports): string[] {
  const done = new Set<string>();
  const search = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of imports[file] ?? []) {
      const circle = search(next, [...way, file]);
      if (circle.length) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of Object.keys(imports)) {
    const circle = search(file, []);
    if (circle.length) return circle;
  }
  return [];
}

const FLOORS = ['models', 'vision', 'tracking', 'modes'];

/** Imports of a folder from one that lies above it, and of one mode from another. */
function upward(imports: Imports): string[] {
  return Object.entries(imports).flatMap(([file, targets]) =>
    targets.filter((target) => isUpward(file, target)).map((target) => `${file} -> ${target}`),
  );
}

function isUpward(file: string, target: string): boolean {
  const [from = '', fromMode = ''] = file.split('/');
  const [to = '', toMode = ''] = target.split('/');
  if (FLOORS.indexOf(to) > FLOORS.indexOf(from)) return true;
  // A file of `modes` itself, which all of them may use, has no folder.
  return from === 'modes' && to === 'modes' && !toMode.endsWith('.ts') && fromMode !== toMode;
}

describe('src/segmentation', () => {
  it('has arrows from modes to tracking to vision to models alone, and none from one mode to another', () => {
    expect(upward(importsOf(path.join(SRC, 'segmentation')))).toEqual([]);
  });

  it('finds an arrow upward and one between modes', () => {
    const found = upward({
      'modes/people/mask-source.ts': ['modes/people/refiner.ts', 'modes/people-source.ts', 'vision/regions.ts'],
      'modes/picked/find.ts': ['modes/people/refiner.ts'],
      'modes/people-source.ts': ['modes/people/refiner.ts'],
      'vision/regions.ts': ['tracking/tracks.ts'],
      'mask-source.ts': ['models/model.ts'],
    });
    expect(found).toEqual([
      'modes/picked/find.ts -> modes/people/refiner.ts',
      'modes/people-source.ts -> modes/people/refiner.ts',
      'vision/regions.ts -> tracking/tracks.ts',
      'mask-source.ts -> models/model.ts',
    ]);
  });
});

describe('src', () => {
  it('has no circle of imports', () => {
    expect(circleIn(importsOf(SRC))).toEqual([]);
  });

  it('finds a circle', () => {
    expect(circleIn({ a: ['b'], b: ['c', 'd'], c: [], d: ['b'] })).toEqual(['b', 'd', 'b']);
    expect(circleIn({ a: ['b', 'c'], b: ['c'], c: [] })).toEqual([]);
  });
});

describe('docs/glossary.md', () => {
  it('names files and folders that are there', () => {
    const names = [...readFileSync(GLOSSARY, 'utf8').matchAll(/\| `([\w/.-]+)` +\|$/gm)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThan(30);
    const missing = names.filter(
      (name) => !existsSync(path.join(SRC, name)) && !existsSync(path.join(SRC, 'segmentation', name)),
    );
    expect(missing).toEqual([]);
  });
});
