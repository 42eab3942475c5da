#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { copyAssets } from './copy-assets.mjs';
import { fetchModels } from './fetch-models.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const USAGE = `Usage: npx clean-plate copy-assets DIR [--without-network]
       npx clean-plate fetch-models DIR`;
const HELP = `Puts what a page fetches at run time to where your server serves it from.

${USAGE}

copy-assets   the worker's script and the models of the package, as DIR/worker.js and DIR/assets/.
              --without-network leaves out what only the option network: 'on' needs, most of the bytes.
              Run it again after every update of the package: the worker refuses files of another version. Files of an
              earlier copy are replaced; it refuses a DIR where others are in the way.
fetch-models  models for remove: { classes }, which others publish.`;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'without-network': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [command, folder, ...more] = positionals;
  if (!['copy-assets', 'fetch-models'].includes(command) || !folder || more.length) throw new Error(USAGE);
  if (command === 'fetch-models') {
    await fetchModels(folder, { say: (line) => console.error(line) });
    return;
  }
  const { files, bytes } = copyAssets(folder, { dist: DIST, network: !values['without-network'] });
  console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB, in ${folder}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
