import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';

const FOLDER = path.join(ROOT, 'src/processor');
const MOST = { fields: 12, lines: 250 };

/** Every class of the product's own, as the formatter lays them out. */
const classes = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => {
    const text = readFileSync(path.join(FOLDER, name), 'utf8');
    return [...text.matchAll(/^(?:export )?class (\w+)[^{]*\{(?:\}$|[\s\S]*?^\}$)/gm)].map(([body, title]) => ({
      title: `${name}: ${title}`,
      lines: body.split('\n').length,
      fields: (body.match(/^ {2}(?:readonly )?#\w+(?: = |: |!: |;)/gm) ?? []).length,
    }));
  });

describe('the classes of src/processor', () => {
  it('are found', () => {
    expect(classes.length).toBeGreaterThan(15);
    expect(classes.find(({ title }) => title === 'guardian.ts: Guardian')?.fields).toBe(12);
  });

  it.each(classes)('$title: $fields private fields on $lines lines', ({ fields, lines }) => {
    expect(fields).toBeLessThanOrEqual(MOST.fields);
    expect(lines).toBeLessThanOrEqual(MOST.lines);
  });
});
