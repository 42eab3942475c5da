import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';

/**
 * Bundles a page's script into a folder of its own, with an empty page around it; gives the folder.
 * @param {string} script
 * @param {object} [assets] what parts of the worker that run in the page are to take for the build's list of assets.
 */
export async function pageBundle(script, assets = {}) {
  const name = script.replaceAll(/[^\w]+/g, '-');
  const folder = path.join(ROOT, '.cache/pages', name);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [path.join(ROOT, script)],
    outfile: path.join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    define: { __ASSETS__: JSON.stringify(assets) },
    external: ['/clean-plate/*'],
    logLevel: 'error',
  });
  // Without an icon of its own the browser asks for one that is not there.
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${script}</title><script type="module" src="page.js"></script>\n`;
  writeFileSync(path.join(folder, 'index.html'), html);
  return folder;
}
