/** Builds the app of app.js with each bundler, from the packed package, as a user's project would. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/lib/setup.mjs';

const PROJECT = path.join(ROOT, '.cache/packaging');
/** Where `pageBundle` puts what tests run inside a page. */
export const PAGES = path.join(ROOT, '.cache/pages');

const INSTALLED = path.join(PROJECT, 'node_modules/clean-plate');

/** Packs the package and unpacks it into a project of its own, its assets copied as the README says. */
export function installPacked() {
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(INSTALLED, { recursive: true });
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', PROJECT], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  const tarball = readdirSync(PROJECT).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', tarball, '-C', INSTALLED, '--strip-components=1'], { cwd: PROJECT });
  writeFileSync(path.join(PROJECT, 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n');
  cpSync(path.join(ROOT, 'test/packaging/app.js'), path.join(PROJECT, 'app.js'));
  writeFileSync(path.join(PROJECT, 'index.html'), html('/app.js'));
  const bin = path.join(INSTALLED, 'bin/clean-plate.mjs');
  execFileSync(process.execPath, [bin, 'copy-assets', 'public/clean-plate', '--without-network'], { cwd: PROJECT });
  return { project: PROJECT, installed: INSTALLED };
}

/** The policy that docs/troubleshooting.md promises to be enough. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

const html = (script) =>
  `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}; img-src data:">` +
  `<link rel="icon" href="data:,"><title>…</title><script type="module" src="${script}"></script>\n`;

/** Name -> what builds the app into `out`. */
export const BUNDLERS = {
  /** No bundler: the browser resolves the files itself. */
  async none(out) {
    const app = readFileSync(path.join(PROJECT, 'app.js'), 'utf8');
    const direct = app
      .replace("'clean-plate'", "'./package/dist/index.js'")
      .replace("'clean-plate/livekit'", "'./package/dist/livekit.js'");
    cpSync(INSTALLED, path.join(out, 'package'), { recursive: true });
    writeFileSync(path.join(out, 'app.js'), direct);
  },
  async vite(out) {
    const { build } = await import('vite');
    await build({ root: PROJECT, logLevel: 'error', build: { outDir: out, emptyOutDir: false, target: 'es2022' } });
    return 'own page';
  },
  async webpack(out) {
    const { default: webpack } = await import('webpack');
    const compiler = webpack({
      mode: 'production',
      context: PROJECT,
      entry: './app.js',
      output: { path: out, filename: 'app.js', module: true, publicPath: '/' },
      experiments: { outputModule: true },
      performance: { hints: false },
    });
    await new Promise((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
        else resolve();
      });
    });
  },
  async rollup(out) {
    const { rollup } = await import('rollup');
    const { nodeResolve } = await import('@rollup/plugin-node-resolve');
    const bundle = await rollup({ input: path.join(PROJECT, 'app.js'), plugins: [nodeResolve()] });
    await bundle.write({ file: path.join(out, 'app.js'), format: 'es' });
    await bundle.close();
  },
  async esbuild(out) {
    const { build } = await import('esbuild');
    const entry = path.join(PROJECT, 'app.js');
    await build({
      entryPoints: [entry],
      outfile: path.join(out, 'app.js'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      tsconfigRaw: {},
    });
  },
};

/** @returns {Promise<string>} the folder with the built site */
export async function buildWith(name) {
  const out = path.join(PROJECT, 'sites', name);
  mkdirSync(out, { recursive: true });
  const page = await BUNDLERS[name](out);
  if (!page) writeFileSync(path.join(out, 'index.html'), html('/app.js'));
  cpSync(path.join(PROJECT, 'public'), out, { recursive: true });
  return out;
}

/** The README's first code as the one script of an app, built by Vite; gives the folder with the site. */
export async function buildQuickStart() {
  const [, code] = /^```ts\n(import[\s\S]*?)^```/m.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8'));
  const root = path.join(PROJECT, 'quick-start');
  const out = path.join(PROJECT, 'sites/quick-start');
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, 'main.ts'), code);
  writeFileSync(path.join(root, 'index.html'), html('/main.ts'));
  const { build } = await import('vite');
  const publicDir = path.join(PROJECT, 'public');
  await build({ root, publicDir, logLevel: 'error', build: { outDir: out, emptyOutDir: true, target: 'es2022' } });
  return out;
}
