/**
 * Runs the product over a clip, in headless Chromium, frame by frame, none dropped:
 *
 *     npm run remove -- --in CLIP_OR_FOLDER --out DIR [--masks DIR]
 *         [--remove people|bystanders|nothing|CLASS,…|PICK…] [--models DIR]
 *         [--backend webgpu|wasm|auto] [--network auto|on|off|live] [--size WxH] [--fps N]
 *         [--room FILE] [--save-room FILE] [--dump-masks DIR] [--without plate,crop-pass,time] [--grain on|off]
 *
 * `--remove bottle,tv` takes things of these classes out, with the models of `npx clean-plate fetch-models DIR` in
 * `--models DIR`.
 * `--remove point:90,220@0` takes out what is at that pixel of frame 0; `box:LEFT,TOP,WIDTH,HEIGHT@FRAME` and
 * `stroke:X,Y,X,Y,…@FRAME` what is in the box or under the line. Several, with a space between. Frames before the first
 * pick are written as they are: as in a call, nothing was to be removed yet.
 * `--in` is a video or a folder of %05d.jpg or %05d.png. `--masks` (white = hole) replaces segmentation.
 * `--network auto`, the default, completes what was never seen as a call does, except that the frame which asks for it
 * waits; `off` fills it in smoothly.
 * `--network on` paints every frame with the network, on the GPU where `--backend` found a real one, else on the CPU;
 * `live` as a call does, as often as it can.
 * `--grain off` leaves the hole as calm as what it is made of: scorers take the camera's grain for flicker.
 * `--room` is a room that may be recognised, `--save-room` where the one of this clip is written. The frame that needs
 * a search waits for it, but with `--network live`.
 * `--without` leaves parts of the people segmentation out, to see what they are worth.
 * Writes DIR/%05d.png at the source's size and DIR/stats.json.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { choice, choices, existing, number, readCommand, runTool, size, text, UsageError } from './lib/command.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

/** What a call shows. */
const NETWORK = 'auto';

/** As `src/segmentation/parts.ts` has them. */
const PARTS = ['plate', 'crop-pass', 'time'];

const OPTIONS = {
  in: existing(),
  out: text(),
  masks: existing(),
  remove: text('people'),
  models: existing(),
  backend: choice(['webgpu', 'wasm', 'auto'], 'auto'),
  network: choice(['auto', 'on', 'off', 'live'], NETWORK),
  size: size(),
  fps: number('25', { above: 0 }),
  room: existing(),
  'save-room': text(),
  'dump-masks': text(),
  without: choices(PARTS),
  grain: choice(['on', 'off'], 'on'),
};

function readArguments() {
  const { in: input, remove, ...rest } = readCommand(import.meta.url, OPTIONS).values;
  if (!input || !rest.out) throw new UsageError('--in CLIP_OR_FOLDER and --out DIR are needed.');
  return {
    ...rest,
    input,
    remove: readRemove(remove, rest.models),
    size: rest.size ?? null,
    dumpMasks: rest['dump-masks'],
    saveRoom: rest['save-room'],
    without: rest.without ?? [],
    grain: rest.grain === 'on',
  };
}

/** What is removed, as the package's option says it. Its models are served below `/models/`. */
function readRemove(what, models) {
  if (['people', 'bystanders', 'nothing'].includes(what)) return what;
  const picks = readPicks(what);
  if (picks) return { picks };
  const classes = what.split(',').map((name) => name.trim());
  if (classes.includes(''))
    throw new UsageError(`--remove ${what}: people, bystanders, nothing, or class names such as bottle,tv.`);
  if (!models) throw new UsageError(`--remove ${what}: classes need --models DIR (npx clean-plate fetch-models DIR).`);
  return { classes, models: '/models/' };
}

/** `point:x,y@frame` and its like, positions in pixels; undefined where `what` is something else. */
function readPicks(what) {
  if (!/^(point|box|stroke):/.test(what.trim())) return undefined;
  return what
    .trim()
    .split(/\s+/)
    .map((text, index) => {
      const [, way, list = '', frame] = text.match(/^(point|box|stroke):([-\d.,]+)@(\d+)$/) ?? [];
      const numbers = list.split(',').map(Number);
      const right = { point: numbers.length === 2, box: numbers.length === 4, stroke: numbers.length % 2 === 0 };
      if (!right[way] || !numbers.every(Number.isFinite)) {
        const forms = 'point:X,Y@FRAME, box:LEFT,TOP,WIDTH,HEIGHT@FRAME or stroke:X,Y,X,Y,…@FRAME';
        throw new UsageError(`--remove ${text}: ${forms}.`);
      }
      return { id: `target ${index + 1}`, way, numbers, frame: Number(frame) };
    });
}

/** The frames of a folder, in order: 00000.jpg, 00001.jpg, … without a gap. */
function frameNames(folder) {
  const names = readdirSync(folder)
    .filter((name) => /^\d+\.(jpe?g|png)$/i.test(name))
    .sort();
  if (!names.length) throw new UsageError(`${folder}: no frames named 00000.jpg or 00000.png in it.`);
  names.forEach((name, index) => {
    if (Number.parseInt(name, 10) !== index)
      throw new UsageError(`${folder}: frame ${index} is missing (found ${name}).`);
  });
  return names;
}

const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
};

function summary({ backend, frames, warmup }) {
  const steady = frames.slice(Math.min(warmup, frames.length - 1));
  const stages = [...new Set(steady.flatMap(({ ms }) => Object.keys(ms)))];
  const ms = Object.fromEntries(
    stages.map((stage) => {
      const values = steady.flatMap((frame) => frame.ms[stage] ?? []);
      return [stage, { p50: percentile(values, 0.5), p95: percentile(values, 0.95) }];
    }),
  );
  return { backend, ms, frames };
}

async function main() {
  const options = readArguments();
  const isFolder = statSync(options.input).isDirectory();
  const names = isFolder ? frameNames(options.input) : null;
  const maskNames = options.masks ? frameNames(options.masks) : null;
  if (names && maskNames && maskNames.length < names.length) {
    throw new UsageError(`--masks ${options.masks}: ${maskNames.length} masks for ${names.length} frames.`);
  }
  ensurePackages();
  ensureBuild();
  const { runPage } = await import('./remove/run-page.mjs');
  mkdirSync(options.out, { recursive: true });
  if (options.dumpMasks) mkdirSync(options.dumpMasks, { recursive: true });
  const started = Date.now();
  const result = await runPage({ ...options, names, maskNames, worker: path.join(ROOT, 'dist') }, (done, total) => {
    if (done % 25 === 0 || done === total) say(`frame ${done}${total ? ` of ${total}` : ''}`);
  });
  const stats = summary({ ...result, warmup: 5 });
  writeFileSync(path.join(options.out, 'stats.json'), `${JSON.stringify(stats, null, 1)}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(`${stats.frames.length} frames in ${seconds} s, backend ${stats.backend}, written to ${options.out}`);
}

await runTool('remove', main);
