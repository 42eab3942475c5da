import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';
import { wasmLoadersForEsbuild } from '../lib/wasm-loaders.mjs';
import { scoreHardship } from './python.mjs';
import { hardshipTable, kindTable } from './table.mjs';

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

/** The largest figure of a row. */
const most = (figure) => (rows) => Math.max(...rows.map(figure));

/** How large the hole is beside the same clip's own without the hardship. */
const size = most(({ excess, plain }) => (1 + excess) / (1 + plain));

const RAW = ['raw 0', (rows) => rows.reduce((sum, { raw }) => sum + raw, 0), 0];
/** Frames whose given mask was late itself do not count. */
const RAW_AFTER = [
  'raw later 0',
  (rows) => rows.flatMap(({ rawFrames, make }) => rawFrames.filter((n) => n >= Number(make[1]))).length,
  0,
];
const EXCESS = most(({ excess }) => excess);

/**
 * Rows of the table in the documents: a name, which hardships it is about, what is wanted, the figure that says it, its
 * digits.
 */
const KINDS = [
  ['none', /^as it is/, 'excess ≤0.25', EXCESS, 2],
  ['dim, dark', /^(dim|dark: x 0.08$)/, ...RAW],
  ['dark, noisy', /^dark.*noise/, ...RAW],
  ['seen, then lost', /^lost/, ...RAW],
  ['late mask', /^late/, ...RAW_AFTER],
  ['flicker bands', /^bands/, 'hole ≤1.2', size, 2],
  ['backlit', /^backlit/, 'excess ≤0.5', EXCESS, 2],
  ['nudged', /^nudged/, 'hole ≤1.2', size, 2],
  ['shaken', /^shaken/, 'hole ≤1.2', size, 2],
  ['upright crop', /^upright/, ...RAW],
  ['poster', /^poster/, ...RAW],
];

/** Clips that score against the hole of the clip as it is, which is no measure of themselves. */
const isScored = ({ name, clip }) => name !== 'as it is' || !HELD_OUT.some((each) => path.basename(each) === clip);

/**
 * Makes each hardship, lets the product do to it what a call does, and gives the table of them all and that of their
 * kinds. What was done with the same product and maker is not done again.
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
    rows.push({ name, clip: path.basename(clip), make, ...JSON.parse(readFileSync(done, 'utf8')) });
    say(hardshipTable(rows.slice(-1)));
  }
  return { all: hardshipTable(rows), kinds: kindTable(kindsOf(rows)) };
}

/** A row for each kind: the worst frame of all its clips, means over them, what was wanted and what came of it. */
export function kindsOf(rows) {
  const plain = (clip) => rows.find((row) => row.name === 'as it is' && row.clip === clip)?.excess;
  return KINDS.flatMap(([kind, names, wanted, figure, digits]) => {
    const mine = rows.filter((row) => names.test(row.name) && isScored(row));
    if (!mine.length) return [];
    const measured = figure(mine.map((row) => ({ ...row, plain: plain(row.clip) })));
    const excess = mine.map((row) => row.excess).filter((each) => each !== null);
    return {
      kind,
      least: Math.min(...mine.map(({ least }) => least)),
      heads: mean(mine.map(({ heads }) => heads)),
      excess: excess.length ? mean(excess) : undefined,
      covered: mean(mine.map(({ covered }) => covered)),
      holds: `${wanted}: ${Number.isNaN(measured) ? '–' : measured.toFixed(digits)}`,
    };
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

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
