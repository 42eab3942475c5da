#!/usr/bin/env node
/**
 * Puts what a page fetches at run time to where your server serves it from: the worker's script and the models of the package,
 * and models for `remove: { classes }`, which others publish.
 *
 *     npx clean-plate copy-assets public/clean-plate [--without-network]
 *     npx clean-plate fetch-models public/clean-plate/models
 *
 * `--without-network` leaves out what only the option `network: 'on'` needs, two thirds of the bytes. Run it again after
 * every update of the package: the worker refuses files of another version.
 */
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchModels } from './fetch-models.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const USAGE = `Usage: npx clean-plate copy-assets DIR [--without-network]
       npx clean-plate fetch-models DIR`;
const NETWORK = /^(network|ort|inpaint)/;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'without-network': { type: 'boolean', default: false } },
  });
  const [command, folder, ...more] = positionals;
  if (!['copy-assets', 'fetch-models'].includes(command) || !folder || more.length) throw new Error(USAGE);
  if (command === 'fetch-models') {
    await fetchModels(folder, { say: (line) => console.error(line) });
    return;
  }
  if (!existsSync(path.join(DIST, 'assets'))) throw new Error(`${DIST} is empty: run "npm run build" first.`);
  const assets = path.join(folder, 'assets');
  // Files of an older version would stay for ever.
  rmSync(assets, { recursive: true, force: true });
  const wanted = (source) => !values['without-network'] || !NETWORK.test(path.basename(source));
  cpSync(path.join(DIST, 'assets'), assets, { recursive: true, filter: wanted });
  cpSync(path.join(DIST, 'worker.js'), path.join(folder, 'worker.js'));
  const files = [path.join(folder, 'worker.js'), ...readdirSync(assets).map((name) => path.join(assets, name))];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, in ${folder}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
