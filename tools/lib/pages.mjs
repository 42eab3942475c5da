import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './setup.mjs';
import { wasmLoadersForEsbuild } from './wasm-loaders.mjs';

/**
 * Bundles a page's script into a folder of its own, with an empty page around it; gives the folder.
 * @param {string} script path in the project
 * @param {object} [options]
 * @param {object} [options.assets] what parts of the worker that run in the page are to take for the build's list
 * @param {boolean} [options.packaged] `clean-plate` is the built package, as `exports` gives it to a bundler, with its
 *   worker beside the bundle; otherwise it is the sources
 * @param {Record<string, string>} [options.alias] packages to take in the place of others
 * @param {string} [options.suffix] of the folder's name, where a script is bundled more than once
 */
export async function pageBundle(script, { assets = {}, packaged = false, alias = {}, suffix = '' } = {}) {
  const name = `${script.replaceAll(/[^\w]+/g, '-')}${suffix}`;
  const folder = path.join(ROOT, '.cache/pages', name);
  mkdirSync(folder, { recursive: true });
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(ROOT, script)],
    outfile: path.join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    define: { __ASSETS__: JSON.stringify(assets) },
    // `node:`: in branches of the loaders that no page reaches.
    external: ['/clean-plate/*', 'node:*'],
    plugins: [wasmLoadersForEsbuild],
    logLevel: 'error',
    jsx: 'automatic',
    alias,
    // What tsconfig.json says of `clean-plate` is for the type checker.
    ...(packaged ? { tsconfigRaw: {} } : {}),
  });
  if (packaged) copyFileSync(path.join(ROOT, 'dist/worker.js'), path.join(folder, 'worker.js'));
  // Without an icon of its own the browser asks for one that is not there.
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${script}</title><script type="module" src="page.js"></script>\n`;
  writeFileSync(path.join(folder, 'index.html'), html);
  return folder;
}
