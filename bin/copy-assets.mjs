import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** What only `network: 'on'` needs. */
const NETWORK = /^(network|ort|inpaint)/;
const MANIFEST = 'manifest.json';

/**
 * Copies `worker.js` and `assets/` of the package into a folder. Of an earlier copy, the files that its own manifest
 * lists are deleted first, so that none of another version stays; whatever else is there is left alone.
 *
 * @param {string} folder made where it is missing
 * @param {{ dist: string, network?: boolean }} options `dist` of the package; `network: false` leaves out what only
 *   `network: 'on'` needs
 * @returns {{ files: number, bytes: number }} what was copied
 * @throws {Error} before anything is changed, where files that no copy of ours put there are in the way
 */
export function copyAssets(folder, { dist, network = true }) {
  const source = path.join(dist, 'assets');
  if (!existsSync(path.join(source, MANIFEST))) throw new Error(`${dist} is empty: run "npm run build" first.`);
  const assets = path.join(folder, 'assets');
  const copies = [
    ...readdirSync(source)
      .filter((name) => network || !NETWORK.test(name))
      .map((name) => [path.join(source, name), path.join(assets, name)]),
    [path.join(dist, 'worker.js'), path.join(folder, 'worker.js')],
  ];
  const earlier = filesOfEarlierCopy(assets);
  const inTheWay = copies
    .map(([, target]) => target)
    .filter((target) => existsSync(target) && !earlier.includes(target));
  const strangers =
    earlier.length || !existsSync(assets) ? [] : readdirSync(assets).map((name) => path.join(assets, name));
  const [first] = [...strangers, ...inTheWay];
  if (first) {
    throw new Error(
      `${first} was not put there by this command, and would be mixed up with the package's files or lost. ` +
        'Nothing was changed. Give a folder of its own, such as public/clean-plate.',
    );
  }
  for (const file of earlier) rmSync(file, { force: true });
  mkdirSync(assets, { recursive: true });
  for (const [from, to] of copies) cpSync(from, to);
  return { files: copies.length, bytes: copies.reduce((sum, [, to]) => sum + statSync(to).size, 0) };
}

/** By the manifest that it left; empty where there is none, or another program's. */
function filesOfEarlierCopy(assets) {
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(path.join(assets, MANIFEST), 'utf8'));
  } catch {
    return [];
  }
  const { version, files } = Object(manifest);
  const isOurs = typeof version === 'string' && Object.values(Object(files)).some((file) => Object(file).sha256);
  if (!isOurs) return [];
  const names = [...Object.keys(files), MANIFEST].filter((name) => path.basename(name) === name);
  return [...names.map((name) => path.join(assets, name)), path.join(assets, '..', 'worker.js')];
}
