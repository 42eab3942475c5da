import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';
import { wasmLoadersForEsbuild } from '../lib/wasm-loaders.mjs';
import { scoreHardship } from './python.mjs';
import { hardshipTable } from './table.mjs';

const EVAL = path.join(ROOT, '../shared/eval');
const OUT = path.join(ROOT, 'out/eval/hardships');
const MAKER = path.join(ROOT, 'tools/eval/hardships.py');

const WARM = 'walkers/warm-1';
const COLD = 'walkers/cold-2';
/** Nothing in the segmentation was chosen on these. */
const HELD_OUT = ['webcam/learn', 'webcam/bird'];

/**
 * What a room can do to a camera, each made of a clean clip by hardships.py: `make` is its kind and arguments; `masks`:
 * the product gets the masks that are made, instead of its own.
 * @type {readonly { name: string, clip: string, make: readonly string[], fps?: number, masks?: boolean }[]}
 */
export const HARDSHIPS = [
  ...all('as it is', 'plain'),
  ...all('dim, clear: x 0.25, noise 1', 'dark', '0.25', '1'),
  ...all('dim: x 0.3, noise 3', 'dark', '0.3', '3'),
  ...all('dark: x 0.08', 'dark', '0.08', '0'),
  ...all('dark: x 0.15, noise 6', 'dark', '0.15', '6'),
  ...all('dark: x 0.08, noise 10', 'dark', '0.08', '10'),
  lost('lost: lies down', WARM, 'lying'),
  lost('lost: lies down under a cover', WARM, 'covered'),
  lost('lost: puts a hood on', COLD, 'hooded'),
  lost('lost: lies down, room never seen', COLD, 'lying-cold'),
  { name: 'late: no head for 15 frames', clip: COLD, make: ['late', '15'], masks: true },
  { name: 'late: no head for 15 frames', clip: WARM, make: ['late', '45'], masks: true },
  ...all('bands: 5 %', 'bands', '0.05'),
  ...all('bands: 10 %', 'bands', '0.1'),
  ...all('bands: 20 %', 'bands', '0.2'),
  ...all('backlit', 'backlit', '1.8', '0.35'),
  ...both('nudged by 6 x 3 px', 'nudge', '6', '3', '60'),
  ...HELD_OUT.map((clip) => ({ name: 'nudged by 6 x 3 px', clip, make: ['nudge', '6', '3', '20'] })),
  ...all('shaken: 1.5 px, 8 Hz', 'shake', '1.5', '8'),
  { name: 'upright crop', clip: WARM, make: ['crop', '242', '330'] },
  { name: 'upright crop', clip: COLD, make: ['crop', '242', '340'] },
  ...both('poster on the wall', 'poster'),
];

function both(name, ...make) {
  return [WARM, COLD].map((clip) => ({ name, clip, make }));
}

function all(name, ...make) {
  return [WARM, COLD, ...HELD_OUT].map((clip) => ({ name, clip, make }));
}

function lost(name, clip, pose) {
  return { name, clip, make: ['lost', pose], fps: 5 };
}

/**
 * Makes each hardship, lets the product do to it what a call does, and gives the table. What was done with the same
 * product and maker is not done again.
 */
export async function evaluateHardships({ hardships, pictures }, python) {
  const script = await rawFrames();
  const key = createHash('sha256').update(readFileSync(script)).update(readFileSync(MAKER)).digest('hex').slice(0, 16);
  const rows = [];
  for (const { name, clip, make, fps = 25, masks = false } of hardships) {
    const base = path.join(OUT, key, [path.basename(clip), ...make].join('-'));
    const done = `${base}.json`;
    if (!existsSync(done) || pictures) {
      const job = { product: ['node', script], assets: path.join(ROOT, 'dist/assets'), fps, masks };
      const holes = path.join(OUT, key, `${path.basename(clip)}.npy`);
      const figures = scoreHardship(python, path.join(EVAL, clip), { ...job, pictures: pictures && base, holes }, make);
      mkdirSync(path.dirname(done), { recursive: true });
      writeFileSync(done, JSON.stringify(figures));
    }
    rows.push({ name, clip: path.basename(clip), ...JSON.parse(readFileSync(done, 'utf8')) });
    say(hardshipTable(rows.slice(-1)));
  }
  return hardshipTable(rows);
}

/** The product as a script of Node's, from the sources; gives its path. */
async function rawFrames() {
  const outfile = path.join(ROOT, '.cache/raw-frames.mjs');
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(ROOT, 'tools/eval/raw-frames.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [wasmLoadersForEsbuild],
    logLevel: 'error',
  });
  return outfile;
}
