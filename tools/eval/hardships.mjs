import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';
import { makeHardship, scoreHardship } from './python.mjs';
import { runClip } from './run-clip.mjs';
import { hardshipTable } from './table.mjs';

const WALKERS = path.join(ROOT, '../shared/eval/walkers');
const OUT = path.join(ROOT, 'out/eval/hardships');
const MAKER = path.join(ROOT, 'tools/eval/hardships.py');
const RUN = ['--network', 'off', '--backend', 'wasm'];

/**
 * What a room can do to a camera, each made of a clean clip by hardships.py: `make` is its kind and arguments, `run`
 * what `npm run remove` needs besides.
 * @type {readonly { name: string, clip: string, make: readonly string[], run?: readonly string[], masks?: boolean }[]}
 */
export const HARDSHIPS = [
  ...both('as it is', 'plain'),
  ...both('dark: x 0.08, noise 10', 'dark', '0.08', '10'),
  ...both('dark: x 0.15, noise 6', 'dark', '0.15', '6'),
  ...both('dark: x 0.08', 'dark', '0.08', '0'),
  lost('lost: lies down', 'warm-1', 'lying'),
  lost('lost: lies down under a cover', 'warm-1', 'covered'),
  lost('lost: puts a hood on', 'cold-2', 'hooded'),
  lost('lost: lies down, room never seen', 'cold-2', 'lying-cold'),
  { name: 'late: no head for 15 frames', clip: 'cold-2', make: ['late', '15'], masks: true },
  { name: 'late: no head for 15 frames', clip: 'warm-1', make: ['late', '45'], masks: true },
  ...both('bands: 5 %', 'bands', '0.05'),
  ...both('bands: 10 %', 'bands', '0.1'),
  ...both('bands: 20 %', 'bands', '0.2'),
  ...both('backlit', 'backlit', '1.8', '0.35'),
  ...both('nudged by 6 x 3 px', 'nudge', '6', '3', '60'),
  ...both('shaken: 1.5 px, 8 Hz', 'shake', '1.5', '8'),
  { name: 'upright crop', clip: 'warm-1', make: ['crop', '242', '330'] },
  { name: 'upright crop', clip: 'cold-2', make: ['crop', '242', '340'] },
  ...both('poster on the wall', 'poster'),
];

function both(name, ...make) {
  return ['warm-1', 'cold-2'].map((clip) => ({ name, clip, make }));
}

function lost(name, clip, pose) {
  return { name, clip, make: ['lost', pose], run: ['--fps', '5'] };
}

/** Makes each hardship, runs the product over it and prints the table. */
export async function evaluateHardships({ hardships }, python) {
  const rows = [];
  for (const { name, clip, make, run = [], masks = false } of hardships) {
    const folder = path.join(OUT, `${clip}-${make.join('-')}`);
    makeOnce(python, path.join(WALKERS, clip), folder, make);
    const out = path.join(folder, 'out');
    const holes = masks ? path.join(folder, 'masks') : path.join(folder, 'holes');
    const how = masks ? ['--masks', holes] : ['--dump-masks', holes];
    await runClip(path.join(folder, 'frames'), out, [...RUN, ...run, ...how]);
    rows.push({ name, clip, ...scoreHardship(python, folder, out, holes) });
    say(hardshipTable(rows.slice(-1)));
  }
  console.log(hardshipTable(rows));
}

/** A folder that was left half made is made anew. */
function makeOnce(python, source, folder, make) {
  const mark = path.join(folder, 'made.txt');
  if (existsSync(mark) && statSync(mark).mtimeMs > statSync(MAKER).mtimeMs) return;
  rmSync(folder, { recursive: true, force: true });
  makeHardship(python, source, folder, make);
  writeFileSync(mark, make.join(' '));
}
