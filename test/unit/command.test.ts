import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  choice,
  choices,
  existing,
  flag,
  number,
  readCommand,
  size,
  sizes,
  text,
  UsageError,
} from '../../tools/lib/command.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** Every script that is a tool of ours, and the tools that have parts with a command line of their own. */
const TOOLS = Object.entries(scripts).flatMap(([name, command]) => {
  const [, file] = /^node (tools\/[\w-]+\.mjs)$/.exec(command) ?? [];
  return file ? [[name, file]] : [];
}) as [string, string][];
const PARTS: [string, string][] = [
  ['bench -- network', 'tools/bench.mjs network'],
  ['bench -- load', 'tools/bench.mjs load'],
];

describe('the tools', () => {
  let clone: string;
  /** In a fresh clone, where nothing is installed: help must not wait for that. */
  const run = (command: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [...command.split(' '), ...args], { cwd: clone });

  beforeAll(() => {
    clone = mkdtempSync(path.join(tmpdir(), 'clean-plate-clone-'));
    for (const each of ['tools', 'package.json']) {
      cpSync(path.join(ROOT, each), path.join(clone, each), { recursive: true });
    }
  });
  afterAll(() => rmSync(clone, { recursive: true }));

  it('are all known here', () => {
    const names = TOOLS.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['setup', 'start', 'test', 'remove', 'eval', 'bench']));
    const others = Object.entries(scripts).filter(
      ([name, command]) => /tools\//.test(command) && !names.includes(name),
    );
    // These run other programs before one of them.
    expect(others.map(([name]) => name)).toEqual(['build', 'lint', 'format', 'prepublishOnly']);
  });

  it.each([...TOOLS, ...PARTS])(
    'npm run %s: --help shows how it is called, and does nothing',
    async (name, command) => {
      const { stdout, stderr } = await run(command, '--help');
      expect(stdout).toMatch(new RegExp(`^ {4}npm (run )?${name.replace(' --', '( --)?')}\\b`, 'm'));
      expect(stdout).not.toMatch(/^\s*\*|\*\//m);
      expect(stderr).toBe('');
    },
  );

  it.each(TOOLS)('npm run %s: an option that it does not know ends it, and it says so', async (name, command) => {
    await expect(run(command, '--nonsense')).rejects.toMatchObject({
      code: 2,
      stderr: `${name}: Unknown option '--nonsense'. --help says how it is called.\n`,
    });
  });
});

describe('options of a command line', () => {
  const read = (options: Parameters<typeof readCommand>[1], ...args: string[]) =>
    readCommand(import.meta.url, options, { args }).values;
  const refuses = (options: Parameters<typeof readCommand>[1], typed: string, words: RegExp) => {
    expect(() => read(options, typed)).toThrow(UsageError);
    expect(() => read(options, typed)).toThrow(words);
  };

  it('are read as what they mean, and have their defaults', () => {
    const options = {
      n: number('5', { min: 2 }),
      size: size('640x480'),
      sizes: sizes('1x2'),
      way: choice(['on', 'off'], 'on'),
      parts: choices(['a', 'b']),
      dry: flag(),
      name: text('studio'),
    };
    const defaults = {
      n: 5,
      size: { width: 640, height: 480 },
      sizes: [{ width: 1, height: 2 }],
      way: 'on',
      name: 'studio',
    };
    expect(read(options)).toEqual(defaults);
    expect(read(options, '--n', '7', '--parts', 'b,a', '--dry', '--sizes=3x4,5x6')).toEqual({
      ...defaults,
      n: 7,
      parts: ['b', 'a'],
      dry: true,
      sizes: [
        { width: 3, height: 4 },
        { width: 5, height: 6 },
      ],
    });
  });

  it('are refused where they cannot be meant, with what they may be', () => {
    refuses({ n: number(undefined, { min: 1, whole: true }) }, '--n=1.5', /--n 1\.5: a whole number, 1 or more\./);
    refuses({ n: number(undefined, { above: 0, max: 24 }) }, '--n=0', /--n 0: a number, above 0, up to 24\./);
    refuses({ n: number() }, '--n=', /--n : a number\./);
    refuses({ size: size() }, '--size=640', /--size 640: WIDTHxHEIGHT in pixels/);
    refuses({ size: size() }, '--size=0x2', /WIDTHxHEIGHT/);
    refuses({ way: choice(['on', 'off']) }, '--way=maybe', /--way maybe: there are on, off\./);
    refuses({ parts: choices(['a', 'b']) }, '--parts=a,c', /--parts c: there are a, b\./);
    refuses({ file: existing() }, '--file=/no/such', /no such file or folder/);
    refuses({ dry: flag() }, '--dry=1', /does not take an argument/);
    refuses({}, 'word', /'word' is not known here\./);
    expect(() => readCommand(import.meta.url, {}, { args: ['c'], words: ['a', 'b'] })).toThrow(/there are a, b/);
    expect(readCommand(import.meta.url, {}, { args: ['b'], words: ['a', 'b'] }).words).toEqual(['b']);
  });
});
