import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../tools/lib/setup.mjs';
import { blocksOf } from '../documents.ts';

/** KB, as they lie on the server: today's size and a few per cent. The network is loaded only where it is asked for. */
const ASSET_LIMITS: Record<string, number> = {
  'selfie-landscape.tflite': 255,
  'selfie-square.tflite': 255,
  'litert_wasm_compat_internal.wasm': 9_400,
  'vision_wasm_module_internal.wasm': 11_200,
  'completion.js': 48,
  'guide.safetensors': 2_700,
  'network.js': 80,
  'network-gpu.js': 122,
  'ort-wasm-simd-threaded.wasm': 14_300,
  'ort-wasm-simd-threaded.jspi.wasm': 16_800,
  'inpaint.weights': 6_000,
  'inpaint-384x288.fp16.onnx': 600,
  'inpaint-384x288.fp32.onnx': 1_000,
  'inpaint-480x288.fp16.onnx': 700,
  'inpaint-480x288.fp32.onnx': 1_200,
};

const built = existsSync(path.join(ROOT, 'dist/worker.js'));

/** What a user gets: the packed package, installed in a project of its own. */
describe.skipIf(!built)('the packed package', () => {
  let folder: string;
  let installed: string;
  let tarball: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
    installed = path.join(folder, 'node_modules/clean-plate');
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    tarball = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
    execFileSync('mkdir', ['-p', installed]);
    execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], { cwd: folder });
    // The peer whose version `clean-plate/livekit` asks for.
    symlinkSync(path.join(ROOT, 'node_modules/livekit-client'), path.join(folder, 'node_modules/livekit-client'));
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
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|NOTICE|bin\/(clean-plate|copy-assets|fetch-models)\.mjs|dist\/[\w-]+\.js(\.map)?|dist\/assets\/[\w.-]+|dist\/(index|livekit|react|worker)\.d\.ts)$/;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'dist/index.js', 'dist/worker.js']));
    expect(names.filter((name) => /\.test\./.test(name))).toEqual([]);
  });

  it('passes publint', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types that fit its code (attw), for all that read `exports` and take ES modules', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    if (!analysis.types) throw new Error('attw found no types.');
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(['.', './livekit', './react', './worker']),
    );
    const problems = analysis.problems.map((problem) => {
      const at = 'entrypoint' in problem ? `${problem.entrypoint}, ${problem.resolutionKind}` : '';
      return `${problem.kind} ${at}`;
    });
    // What this package is not made for: `require`, and module resolution from before `exports`.
    const known = /^CJSResolvesToESM .*, node16-cjs$|^NoResolution .*, node10$/;
    expect(problems.filter((problem) => !known.test(problem))).toEqual([]);
  }, 60_000);

  it('is imported by its name in Node, every entry of it, without touching a global', () => {
    const globals = 'Object.getOwnPropertyNames(globalThis).sort().join()';
    const said = inProject(`
      const before = ${globals};
      const main = await import('clean-plate');
      const { RemovalProcessor } = await import('clean-plate/livekit');
      const file = import.meta.resolve('clean-plate/assets/manifest.json');
      const { tier } = await main.checkSupport();
      console.log([before === ${globals}, tier, typeof RemovalProcessor, file.endsWith('.json')].join(' '));
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
    /** The second word on, of the line of a document: what users type is what is run. */
    const typed = (document: string, option: string) => {
      const lines = blocksOf(document).flatMap(({ code }) => code.split('\n'));
      const line = lines.find((each) => each.startsWith('npx clean-plate copy-assets') && each.includes(option));
      return line!
        .replace(/\s+#.*/, '')
        .split(' ')
        .slice(3);
    };
    copy('public/all');
    expect(readdirSync(path.join(folder, 'public/all/assets')).sort()).toEqual(
      [...Object.keys(manifest.files), 'manifest.json'].sort(),
    );
    expect(copy('public/few', '--without-network')).toMatch(/MB, in public\/few/);
    const few = readdirSync(path.join(folder, 'public/few/assets'));
    expect(few).toEqual(expect.arrayContaining(['selfie-square.tflite', 'litert_wasm_compat_internal.wasm']));
    expect(few.filter((name) => /onnx|ort/.test(name))).toEqual([]);
    expect(existsSync(path.join(folder, 'public/few/worker.js'))).toBe(true);
    expect(() => copy()).toThrow();
    rmSync(path.join(folder, 'public'), { recursive: true });
    for (const document of ['README.md', 'docs/hosting.md']) {
      expect(copy(...typed(document, '--without-network'))).toContain('public/clean-plate');
      expect(readdirSync(path.join(folder, 'public/clean-plate/assets')).sort()).toEqual(few.sort());
    }
  });

  it.each([
    ['index.js', 13],
    ['livekit.js', 3],
    ['livekit-package.js', 4],
    ['react.js', 3],
    ['worker.js', 200],
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

  it('has the assets that it should, and none of them grows unseen', () => {
    const { files } = JSON.parse(readFileSync(path.join(installed, 'dist/assets/manifest.json'), 'utf8'));
    expect(Object.keys(files).sort()).toEqual(Object.keys(ASSET_LIMITS).sort());
    const over = Object.entries(ASSET_LIMITS).filter(([name, limit]) => files[name].bytes > limit * 1000);
    expect(over).toEqual([]);
    expect(statSync(tarball).size, 'bytes of the package as npm sends it').toBeLessThan(23.5e6);
  });
});
