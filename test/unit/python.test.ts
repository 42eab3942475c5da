import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { openRuff } from '../../tools/python/ruff.mjs';

describe('Ruff on the project’s Python', () => {
  it('formats to 120 columns, and finds what it should', async () => {
    const ruff = await openRuff();
    expect(ruff.format("a = [1,2 ]\nb='text'\n")).toBe('a = [1, 2]\nb = "text"\n');
    const call = `f(${Array.from({ length: 30 }, (_, i) => `argument_${i}`).join(', ')})\n`;
    const lines = ruff.format(call).split('\n');
    expect(lines.length).toBeGreaterThan(2);
    const found = ruff.find(
      `import sys\nimport os\nprint(os)\n# ${'long '.repeat(30)}\ndef f(a=[]):\n    return undefined\n`,
    );
    for (const rule of ['I001', 'F401', 'E501', 'B006', 'F821']) expect(found.join('\n')).toContain(rule);
    expect(ruff.find('def f(:\n').join()).toContain('syntax');
  });

  it('has nothing to say of the tools', async () => {
    const ruff = await openRuff();
    const source = readFileSync(path.join(ROOT, 'tools/eval/sheet.py'), 'utf8');
    expect(ruff.format(source)).toBe(source);
    expect(ruff.find(source)).toEqual([]);
  });
});
