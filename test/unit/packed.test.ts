import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';

const built = existsSync(path.join(ROOT, 'dist/worker.js'));

/** What a user gets: the packed package, installed in a project of its own. */
describe.skipIf(!built)('the packed package', () => {
  let folder: string;
  let installed: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
    installed = path.join(folder, 'node_modules/clean-plate');
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' });
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    execFileSync('mkdir', ['-p', installed]);
    execFileSync('tar', ['-xzf', tarball!, '-C', installed, '--strip-components=1'], { cwd: folder });
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const inProject = (code: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' });

  it('holds what runs, its types and its papers, and nothing else', () => {
    const names = readdirSync(installed, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(installed, path.join(entry.parentPath, entry.name)));
    const known =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|NOTICE|bin\/(clean-plate|fetch-models)\.mjs|dist\/[\w-]+\.js(\.map)?|dist\/assets\/[\w.-]+|dist\/types\/.+\.d\.ts)$/;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'dist/index.js', 'dist/worker.js']));
    expect(names.filter((name) => /\.test\./.test(name))).toEqual([]);
  });

  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('is imported by its name in Node, every entry of it, without touching a global', () => {
    const globals = 'Object.getOwnPropertyNames(globalThis).sort().join()';
    const said = inProject(`
      const before = ${globals};
      const main = await import('clean-plate');
      const { RemovalProcessor } = await import('clean-plate/livekit');
      const file = import.meta.resolve('clean-plate/assets/manifest.json');
      console.log([before === ${globals}, (await main.checkSupport()).tier, typeof RemovalProcessor, file.endsWith('.json')].join(' '));
    `);
    expect(said.trim()).toBe('true none function true');
  });

  it.each(['bundler', 'nodenext'])('gives its types to a project with moduleResolution %s', (moduleResolution) => {
    writeFileSync(
      path.join(folder, 'app.ts'),
      `import { Remover, RemovalError, type RemovalErrorCode } from 'clean-plate';
       import { RemovalProcessor } from 'clean-plate/livekit';
       import { useRemoval } from 'clean-plate/react';
       const remover: Remover = await Remover.create({ remove: 'people' });
       remover.addEventListener('statechange', ({ detail }) => detail.reason.toUpperCase());
       const codes: RemovalErrorCode[] = [new RemovalError('closed', '').code];
       const processor: RemovalProcessor = useRemoval().processor;
       // @ts-expect-error there is no such thing to remove
       await remover.update({ remove: 'cats' });
       export { codes, processor };`,
    );
    const compilerOptions = {
      target: 'es2022',
      module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution,
      lib: ['es2023', 'dom'],
      types: [],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      // The optional peers, as an app that uses them has them.
      paths: {
        react: [path.join(ROOT, 'node_modules/@types/react')],
        'livekit-client': [path.join(ROOT, 'node_modules/livekit-client')],
      },
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    expect(() =>
      execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], {
        encoding: 'utf8',
      }),
    ).not.toThrow();
  });

  it('copies what a page fetches, with and without the network', () => {
    const copy = (...args: string[]) =>
      execFileSync(process.execPath, [path.join(installed, 'bin/clean-plate.mjs'), 'copy-assets', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    const manifest = JSON.parse(readFileSync(path.join(installed, 'dist/assets/manifest.json'), 'utf8'));
    copy('public/all');
    expect(readdirSync(path.join(folder, 'public/all/assets')).sort()).toEqual(
      [...Object.keys(manifest.files), 'manifest.json'].sort(),
    );
    expect(copy('public/few', '--without-network')).toMatch(/MB, in public\/few/);
    const few = readdirSync(path.join(folder, 'public/few/assets'));
    expect(few).toEqual(expect.arrayContaining(['selfie-square.tflite', 'vision_wasm_module_internal.wasm']));
    expect(few.filter((name) => /onnx|ort/.test(name))).toEqual([]);
    expect(existsSync(path.join(folder, 'public/few/worker.js'))).toBe(true);
    expect(() => copy()).toThrow();
  });

  it.each([
    ['index.js', 8],
    ['livekit.js', 3],
    ['react.js', 2],
    ['worker.js', 150],
  ])('%s and what it imports stay under %i KB, compressed', (entry, limit) => {
    const seen = new Set<string>();
    const visit = (name: string): number => {
      if (seen.has(name)) return 0;
      seen.add(name);
      const text = readFileSync(path.join(installed, 'dist', name), 'utf8');
      const imports = [...text.matchAll(/from"\.\/([\w-]+\.js)"/g)].map(([, file]) => file!);
      // What the main entry needs, every app has.
      const more = imports.filter((file) => entry === 'index.js' || file !== 'remover.js').map(visit);
      return more.reduce((sum, bytes) => sum + bytes, gzipSync(text).length);
    };
    expect(visit(entry)).toBeLessThan(limit * 1000);
  });
});
