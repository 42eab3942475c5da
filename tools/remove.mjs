/**
 * Runs the product over a clip, in headless Chromium, frame by frame, none dropped:
 *
 *     npm run remove -- --in CLIP_OR_FOLDER --out DIR [--masks DIR] [--remove people|bystanders|nothing|CLASS,…|PICK…] [--models DIR]
 *         [--held on|off] [--backend webgpu|wasm|auto] [--network on|off|live] [--size WxH] [--fps N] [--dump-masks DIR]
 *         [--without plate,second-look,time]
 *
 * `--remove bottle,tv` takes things of these classes out, with the models of `npx clean-plate fetch-models DIR` in `--models DIR`.
 * `--remove point:90,220@0` takes out what is at that pixel of frame 0; `box:LEFT,TOP,WIDTH,HEIGHT@FRAME` and `stroke:X,Y,X,Y,…@FRAME`
 * what is in the box or under the line. Several, with a space between. Frames before the first pick are written as they are: as
 * in a call, nothing was to be removed yet.
 * `--held off` leaves what people hold in the picture, as `{ people: { held: false } }` does.
 * `--in` is a video or a folder of %05d.jpg or %05d.png. `--masks` (white = hole) replaces segmentation.
 * `--network on` paints every frame with the network, on the GPU where `--backend` found a real one, else on the CPU; `live`
 * as a call does, as often as it can.
 * `--without` leaves parts of the people segmentation out, to see what they are worth.
 * Writes DIR/%05d.png at the source's size and DIR/stats.json.
 */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

/** What scores better by `npm run eval`; see docs/network.md. */
const NETWORK = 'on';

/** As `src/segmentation/parts.ts` has them. */
const PARTS = ['plate', 'second-look', 'time'];

class UsageError extends Error {}

function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({
      options: Object.fromEntries(
        [
          'in',
          'out',
          'masks',
          'remove',
          'held',
          'models',
          'backend',
          'network',
          'size',
          'fps',
          'dump-masks',
          'without',
        ].map((name) => [name, { type: 'string' }]),
      ),
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const {
    in: input,
    out,
    masks,
    remove: what = 'people',
    held = 'on',
    models,
    backend = 'auto',
    network = NETWORK,
    size,
    fps = '25',
  } = values;
  if (!input || !out) throw new UsageError('--in CLIP_OR_FOLDER and --out DIR are needed.');
  if (!existsSync(input)) throw new UsageError(`--in ${input}: no such file or folder.`);
  if (masks && !existsSync(masks)) throw new UsageError(`--masks ${masks}: no such folder.`);
  if (!['on', 'off'].includes(held)) throw new UsageError(`--held ${held}: on or off.`);
  if (held === 'off' && what !== 'people') throw new UsageError('--held off is for --remove people alone.');
  const remove = held === 'off' ? { people: { held: false } } : readRemove(what, models);
  if (!['webgpu', 'wasm', 'auto'].includes(backend))
    throw new UsageError(`--backend ${backend}: webgpu, wasm or auto.`);
  if (!['on', 'off', 'live'].includes(network)) throw new UsageError(`--network ${network}: on, off or live.`);
  const without = values.without?.split(',') ?? [];
  const odd = without.find((part) => !PARTS.includes(part));
  if (odd !== undefined) throw new UsageError(`--without ${odd}: there are ${PARTS.join(', ')}.`);
  const wanted = size?.match(/^(\d+)x(\d+)$/);
  if (size && !wanted) throw new UsageError(`--size ${size}: WIDTHxHEIGHT in pixels, such as 640x480.`);
  if (!(Number(fps) > 0)) throw new UsageError(`--fps ${fps}: frames per second, above 0.`);
  return {
    input,
    out,
    masks,
    remove,
    models,
    backend,
    network,
    fps: Number(fps),
    size: wanted ? { width: Number(wanted[1]), height: Number(wanted[2]) } : null,
    dumpMasks: values['dump-masks'],
    without,
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
  if (!existsSync(models)) throw new UsageError(`--models ${models}: no such folder.`);
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

main().catch((error) => {
  say(error instanceof UsageError ? `remove: ${error.message}` : `remove: ${error.message ?? error}`);
  process.exit(2);
});
