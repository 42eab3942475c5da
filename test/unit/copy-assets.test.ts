import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyAssets } from '../../bin/copy-assets.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';

describe('copy-assets', () => {
  let root: string;
  let target: string;

  const at = (...names: string[]) => path.join(root, ...names);
  /** Writes files by their path below `root`. */
  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    }
  }
  /** A build of the package with these assets, all with `text` in them. */
  function build(dist: string, text: string, names: readonly string[]): string {
    const files = Object.fromEntries(names.map((name) => [name, { bytes: text.length, sha256: 'abc' }]));
    write({ [`${dist}/worker.js`]: text, [`${dist}/assets/manifest.json`]: JSON.stringify({ version: text, files }) });
    write(Object.fromEntries(names.map((name) => [`${dist}/assets/${name}`, text])));
    return at(dist);
  }
  const listed = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'clean-plate-copy-'));
    target = at('public');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('copies worker and assets, and without the network what it does not need', () => {
    const dist = build('dist', 'one', ['selfie.tflite', 'network.js', 'inpaint-384x288.fp16.onnx', 'ort-wasm.wasm']);
    expect(copyAssets(target, { dist })).toMatchObject({ files: 6 });
    expect(listed(at('public/assets'))).toHaveLength(5);
    expect(copyAssets(at('few'), { dist, network: false }).files).toBe(3);
    expect(listed(at('few'))).toEqual(['assets', 'assets/manifest.json', 'assets/selfie.tflite', 'worker.js']);
  });

  it('replaces an earlier copy, of which no file stays, and leaves alone what others put beside it', () => {
    copyAssets(target, { dist: build('old', 'one', ['gone.wasm', 'selfie.tflite']) });
    write({ 'public/assets/mine.png': 'mine', 'public/index.html': 'mine' });
    copyAssets(target, { dist: build('new', 'two', ['selfie.tflite']) });
    expect(listed(at('public/assets'))).toEqual(['manifest.json', 'mine.png', 'selfie.tflite']);
    expect(readFileSync(at('public/assets/selfie.tflite'), 'utf8')).toBe('two');
    expect(readFileSync(at('public/worker.js'), 'utf8')).toBe('two');
    expect(readFileSync(at('public/assets/mine.png'), 'utf8')).toBe('mine');
  });

  it.each([
    ['assets of the app', { 'public/assets/logo.png': 'mine' }],
    ['a worker of the app', { 'public/worker.js': 'mine' }],
    ['assets with a manifest of another program', { 'public/assets/manifest.json': '{ "files": { "x": 1 } }' }],
    ['assets with a manifest that is none', { 'public/assets/manifest.json': 'null', 'public/assets/a.js': 'mine' }],
  ])('refuses a folder with %s, and changes nothing', (_, mine) => {
    write(mine);
    const dist = build('dist', 'one', ['selfie.tflite']);
    const before = listed(target);
    expect(() => copyAssets(target, { dist })).toThrow(
      /was not put there by this command.*Nothing was changed.*public\/clean-plate/,
    );
    expect(listed(target)).toEqual(before);
    for (const [name, text] of Object.entries(mine)) expect(readFileSync(at(name), 'utf8')).toBe(text);
  });

  it('refuses where a file of a newer version would overwrite one that is not its own', () => {
    copyAssets(target, { dist: build('old', 'one', ['selfie.tflite']) });
    write({ 'public/assets/network.js': 'mine' });
    expect(() => copyAssets(target, { dist: build('new', 'two', ['selfie.tflite', 'network.js']) })).toThrow(
      /network\.js/,
    );
    expect(readFileSync(at('public/assets/network.js'), 'utf8')).toBe('mine');
    expect(readFileSync(at('public/assets/selfie.tflite'), 'utf8')).toBe('one');
  });

  it('deletes nothing outside of the folder, whatever a manifest says', () => {
    write({
      'precious.txt': 'mine',
      'public/assets/manifest.json': '{ "version": "1", "files": { "../../precious.txt": { "sha256": "abc" } } }',
    });
    copyAssets(target, { dist: build('dist', 'one', ['selfie.tflite']) });
    expect(existsSync(at('precious.txt'))).toBe(true);
  });

  it('says what it does with --help, and how it is called with anything else', () => {
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [path.join(ROOT, 'bin/clean-plate.mjs'), ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run('--help')).toMatch(/copy-assets DIR \[--without-network\][\s\S]*fetch-models DIR/);
    expect(run('copy-assets', '--help')).toBe(run('--help'));
    for (const args of [[], ['copy-assets'], ['copy'], ['copy-assets', 'a', 'b'], ['copy-assets', '--all', 'a']]) {
      expect(() => run(...args)).toThrow(/Usage|Unknown option/);
    }
  });
});
