import { describe, expect, it } from 'vitest';
import { longLines, wrapComments } from '../../tools/columns/wrap.mjs';

const words = (n: number) => Array.from({ length: n }, (_, i) => `word${i % 10}`).join(' ');
const wrap = (...lines: string[]) => wrapComments(lines.join('\n')).split('\n');

describe('lines of 120 columns', () => {
  it('are listed by number, those that could be shorter', () => {
    const text = [
      'short',
      `// ${words(30)}`,
      `const a = '${words(30)}';`,
      `f(${words(30).replaceAll(' ', ', ')});`,
    ].join('\n');
    expect(longLines(text)).toEqual([2, 4]);
    expect(longLines(`// see https://example.com/${'x'.repeat(120)}`)).toEqual([]);
  });

  it('are made of comments that are longer, up to the end of the paragraph, which loses no word', () => {
    const lines = wrap(' /**', `  * ${words(25)}`, '  * goes on', '  *', '  * stays', '  */');
    expect(lines.every((line) => line.length <= 120)).toBe(true);
    expect(lines.slice(-3)).toEqual(['  *', '  * stays', '  */']);
    const text = lines.slice(1, -3).map((line) => line.replace('  * ', ''));
    expect(text.join(' ')).toBe(`${words(25)} goes on`);
    expect(text).toHaveLength(2);
    expect(wrap(...lines)).toEqual(lines);
  });

  it('leave alone what is short, and what is set as it stands', () => {
    const lines = [
      '/**',
      ' * short',
      ' *',
      ` *     npm run ${words(30)}`,
      ' * - an item',
      ' */',
      `const a = '${words(30)}';`,
    ];
    expect(wrap(...lines)).toEqual(lines);
  });

  it('go on below a comment that begins behind its mark', () => {
    const lines = wrap(`  /** ${words(25)}`, '   * and more', '   */');
    expect(lines[0]).toMatch(/^ {2}\/\*\* word0/);
    expect(lines[1]).toMatch(/^ {3}\* word.* and more$/);
    expect(lines[2]).toBe('   */');
  });

  it('keep tags, items and code together', () => {
    const code = '`a piece of code`';
    const lines = wrap(
      `// ${'x '.repeat(51)}${code} and ${words(3)}`,
      '// - an item',
      `// - ${words(25)}`,
      '// @param b',
    );
    expect(lines.filter((line) => line.includes(code))).toHaveLength(1);
    expect(lines).toContain('// - an item');
    expect(lines.at(-1)).toBe('// @param b');
    expect(lines.at(-2)).toMatch(/^\/\/ {3}word/);
  });

  it('give a long comment on one line, or behind code, lines of its own', () => {
    expect(wrap(`  /** ${words(22)} */`)).toEqual([
      '  /**',
      `   * ${words(19)}`,
      `   * ${words(22).slice(words(19).length + 1)}`,
      '   */',
    ]);
    expect(wrap(`  let a = 1; // ${words(18)}`)).toEqual([`  // W${words(18).slice(1)}.`, '  let a = 1;']);
    const url = `const url = 'https://example.com/${'x'.repeat(100)} // ${words(2)}';`;
    expect(wrap(url)).toEqual([url]);
  });
});
