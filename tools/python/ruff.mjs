import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/setup.mjs';

/** As Ruff's own settings. Rules: pycodestyle, Pyflakes, import order, bugbear, outdated syntax. */
const settings = () => ({
  'line-length': 120,
  'target-version': 'py311',
  // How the training is written: lambdas with a name, `zip` of lists that are as long as each other by construction, a
  // frozen configuration as a default, functions that are called in the turn of the loop that makes them.
  lint: {
    select: ['E', 'F', 'I', 'B', 'UP'],
    ignore: ['E731', 'B905', 'B008', 'B023'],
    // Ruff as a library sees no folder: it is given which modules are the project's own.
    isort: { 'known-first-party': ownModules() },
  },
});

function ownModules() {
  const files = readdirSync(path.join(ROOT, 'training')).filter((name) => name.endsWith('.py'));
  return files.map((name) => path.basename(name, '.py'));
}

/**
 * Ruff as a library, from its npm package.
 * @returns {Promise<{ format(source: string): string, find(source: string): string[] }>} the source as it should be
 *   formatted; what the rules find in it, as `LINE:COLUMN: RULE MESSAGE`
 */
export async function openRuff() {
  const { Workspace, PositionEncoding } = await import('@astral-sh/ruff-wasm-nodejs');
  const ruff = new Workspace(settings(), PositionEncoding.Utf16);
  const place = ({ code, message, start_location: { row, column } }) =>
    `${row}:${column}: ${code ?? 'syntax'} ${message}`;
  return { format: (source) => ruff.format(source), find: (source) => ruff.check(source).map(place) };
}
