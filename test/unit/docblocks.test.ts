import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';

const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
/** The source of what `exports` gives types for. */
const ENTRIES = ['.', './livekit', './react'].map((entry) => {
  const types: string = exports[entry].types;
  return path.join(ROOT, types.replace('./dist/types/', 'src/').replace('.d.ts', '.ts'));
});

/** Every name that an entry gives, and the file it comes from. */
function publicNames(entry: string): [name: string, file: string][] {
  const text = readFileSync(entry, 'utf8');
  const own = [...text.matchAll(/^export (?:class|(?:async )?function|const|interface|type) (\w+)/gm)];
  const passed = [...text.matchAll(/^export (?:type )?\{([^}]+)\} from '(.+?)';/gm)];
  return [
    ...own.map((match): [string, string] => [match[1]!, entry]),
    ...passed.flatMap(([, names, from]) => {
      const file = path.join(path.dirname(entry), from!);
      return names!.split(',').map((name): [string, string] => [name.replace(/\btype\b/, '').trim(), file]);
    }),
  ];
}

describe('public names', () => {
  const names = ENTRIES.flatMap(publicNames);

  it('are found', () => {
    const found = names.map(([name]) => name);
    expect(found).toEqual(
      expect.arrayContaining(['Remover', 'RemovalError', 'RemovalProcessor', 'useRemoval', 'Support']),
    );
  });

  it.each(names)('%s says what it is', (name, file) => {
    const text = readFileSync(file, 'utf8');
    const declared = new RegExp(`\\*/\\nexport (?:class|interface|type|(?:async )?function|const) ${name}\\b`);
    expect(text).toMatch(declared);
  });
});
