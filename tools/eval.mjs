/**
 * Runs the product over the evaluation sets of `../shared/eval` with their given masks, through `npm run remove`, and
 * scores what it shows with `../shared/tools/score.py`:
 *
 *     npm run eval -- [--sets walkers,webcam,davis] [--clips NAME,NAME]
 *         [--fills push-pull,completed,network,live] [--write]
 *     npm run eval -- seated [--clips NAME,NAME] [--fills …] [--blind]
 *     npm run eval -- masks [--clips NAME,NAME]
 *     npm run eval -- bystanders [--clips NAME,NAME] [--frames]
 *     npm run eval -- hardships [--clips NAME,NAME] [--kinds KIND,KIND] [--frames] [--write]
 *     npm run eval -- room [--clips NAME,NAME]
 *
 * `seated` makes forty clips of somebody who never leaves the chair (tools/eval/seated.py; once, into `out/seated`) and
 * scores those. Ten of them are blind: nobody looks at them or scores them while tuning; `--blind` scores them alone.
 * `texture`, `hf` and `outline` (tools/eval/look.py) say whether the part that nobody saw looks like a room.
 *
 * `masks` scores our own hole masks on the `walkers` clips instead, part by part of the segmentation, and says what
 * each part costs. `bystanders` divides composites of two people who cross (tools/eval/crossings.mjs); `--frames` names
 * the frames that fall short, and draws them. `hardships` makes of the `walkers` clips what real rooms do to a camera
 * (dark, backlit, banded, nudged, lost; tools/eval/hardships.py) and says what is hidden then. `room` keeps rooms of
 * some clips, also as another camera would have seen them, and gives them to others (tools/eval/room.mjs). What was run
 * stays in `out/eval` and is not run again until the product is another. `--write` puts the table into
 * docs/evaluation.md; pictures go to `out/eval` only, since the clips are not ours to publish. Needs Python (`PYTHON`
 * in the environment, else python3) with numpy, opencv-python-headless, scikit-image and onnxruntime; `bystanders`
 * needs none of it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withMarked } from './docs/marked.mjs';
import { evaluateBystanders } from './eval/bystanders.mjs';
import { CROSSINGS } from './eval/crossings.mjs';
import { evaluateHardships, HARDSHIPS } from './eval/hardships.mjs';
import { PUBLISHED, PUBLISHED_MASKS } from './eval/published.mjs';
import { findPython, scoreClip, scoreLook, scoreMasks, sheet } from './eval/python.mjs';
import { evaluateRoom, ROOMS } from './eval/room.mjs';
import { runClip } from './eval/run-clip.mjs';
import { BLIND_CLIPS, ensureSeated, SEATED, SEATED_CLIPS } from './eval/seated.mjs';
import { clipTable, costTable, maskTable, setTable } from './eval/table.mjs';
import { choices, flag, readCommand, runTool, UsageError } from './lib/command.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

const EVAL = path.join(ROOT, '../shared/eval');
const OUT = path.join(ROOT, 'out/eval');
const PAGE = path.join(ROOT, 'docs/evaluation.md');
const SETS = ['walkers', 'webcam', 'davis'];
/** Ours, and the option of `npm run remove` for each. `live` paints as in a call and depends on the machine's speed. */
const FILLS = { 'push-pull': 'off', completed: 'auto', network: 'on', live: 'live' };

/** Somebody at a desk, 640x480: what the masks cost is measured here. */
const DESK = path.join(ROOT, '../shared/media/signer-again.mkv');
const MASK_RUN = ['--network', 'off', '--backend', 'wasm'];
/** What is left out of the segmentation, from most to nothing. There is no refinement network. */
const MASK_STAGES = {
  'MediaPipe alone': ['--without', 'plate,crop-pass,time'],
  '+ plate': ['--without', 'crop-pass,time'],
  '+ crop pass': ['--without', 'time'],
  '+ time': [],
};
const slug = (name) => name.replaceAll(/\W+/g, '-');

const hasNetwork = existsSync(path.join(ROOT, 'weights/inpaint.json'));

function readArguments() {
  const isThere = existsSync(EVAL);
  const clips = isThere ? SETS.flatMap((set) => clipsOf(set)) : [];
  const { values, words } = readCommand(
    import.meta.url,
    {
      sets: choices(SETS, SETS.join()),
      clips: choices([...clips, ...SEATED_CLIPS, ...BLIND_CLIPS, ...CROSSINGS.map(({ name }) => name)]),
      fills: choices(Object.keys(FILLS), hasNetwork ? 'push-pull,completed,network' : 'push-pull,completed'),
      kinds: choices([...new Set(HARDSHIPS.map(({ make }) => make[0]))]),
      write: flag(),
      frames: flag(),
      blind: flag(),
    },
    { words: ['pictures', 'seated', 'masks', 'bystanders', 'hardships', 'room'] },
  );
  const [what = 'pictures', ...more] = words;
  if (more.length) throw new UsageError(`${words.join(' ')}: one at a time.`);
  const { fills, write, frames, blind } = values;
  if (blind && what !== 'seated') throw new UsageError('--blind goes with seated.');
  if (write && what !== 'pictures' && what !== 'hardships') throw new UsageError(`--write does not go with ${what}.`);
  if (what === 'bystanders') {
    const names = CROSSINGS.map(({ name }) => name);
    return { what, clips: clipsAmong(names, values.clips), frames };
  }
  if (what === 'hardships') {
    const asked = clipsAmong([...new Set(HARDSHIPS.map(({ clip }) => path.basename(clip)))], values.clips);
    const isAsked = ({ clip, make }) =>
      asked.includes(path.basename(clip)) && (values.kinds?.includes(make[0]) ?? true);
    const hardships = HARDSHIPS.filter(isAsked);
    if (write && values.clips) throw new UsageError('--write goes with all clips.');
    return { what, hardships, pictures: frames, write };
  }
  if (what === 'room') {
    const names = ROOMS.flatMap(({ to }) => to).map((name) => path.basename(name));
    const asked = clipsAmong([...new Set(names)], values.clips);
    const among = (to) => to.filter((name) => asked.includes(path.basename(name)));
    return { what, rooms: ROOMS.map((each) => ({ ...each, to: among(each.to) })).filter(({ to }) => to.length) };
  }
  if (!hasNetwork && fills.some((fill) => fill === 'network' || fill === 'live'))
    throw new Error('There are no weights in weights/.');
  if (!isThere) throw new Error(`The evaluation sets are not here: ${path.relative(ROOT, EVAL)}.`);
  if (what === 'seated') {
    const names = clipsAmong(blind ? BLIND_CLIPS : SEATED_CLIPS, values.clips);
    const jobs = names.map((clip) => ({ set: 'seated', clip, source: path.join(SEATED, clip) }));
    return { what, fills, blind, jobs };
  }
  const sets = what === 'masks' ? ['walkers'] : values.sets;
  const all = sets.flatMap((set) => clipsOf(set).map((clip) => ({ set, clip, source: path.join(EVAL, set, clip) })));
  const names = clipsAmong([...new Set(all.map(({ clip }) => clip))], values.clips);
  return { what, fills, write, jobs: all.filter(({ clip }) => names.includes(clip)) };
}

/** The clips that were asked for, which are to be among those that this run can have; all of them where none was. */
function clipsAmong(known, asked = known) {
  const wrong = asked.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new UsageError(`--clips ${wrong}: there are ${known.join(', ')}.`);
  return asked;
}

function clipsOf(set) {
  const folder = path.join(EVAL, set);
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'clip.json')))
    .sort();
}

/** Ours, with the masks that come with the set: one row a clip and fill. */
async function evaluate({ jobs, fills, write, blind }, python) {
  const rows = [];
  for (const { set, clip, source } of jobs) {
    for (const fill of fills) {
      const out = path.join(OUT, fill, set, clip);
      const frames = ['--masks', path.join(source, 'masks'), '--network', FILLS[fill], '--backend', 'wasm'];
      const { ms } = await runClip(path.join(source, 'frames'), out, frames);
      const scores = { ...scoreClip(python, source, out), ...scoreLook(python, source, out) };
      rows.push({ set, clip, fill, ms: ms.total.p50, ...scores });
      say(clipTable(rows.slice(-1)));
    }
    if (blind) continue; // nobody looks at them
    sheet(
      python,
      source,
      fills.map((fill) => path.join(OUT, fill, set, clip)),
      path.join(OUT, `${set}-${clip}.jpg`),
    );
  }
  const sets = [...new Set(jobs.map(({ set }) => set))];
  const counts = Object.fromEntries(SETS.map((set) => [set, clipsOf(set).length]));
  const means = sets.map((set) => setTable(set, rows, PUBLISHED[set], counts[set])).join('\n\n');
  console.log(`${means}\n\n${clipTable(rows)}`);
  if (write) await writePage('pictures', means);
  say(`Pictures (hole, ${fills.join(', ')}, truth) are in ${path.relative(ROOT, OUT)}/.`);
}

async function writePage(part, table) {
  const { formatted } = await import('./docs/api.mjs');
  const text = `${new Date().toISOString().slice(0, 10)}, CPU backend.\n\n${table}`;
  writeFileSync(PAGE, formatted(withMarked(readFileSync(PAGE, 'utf8'), part, text), 'a.md'));
}

/** The masks of the walkers clips, and what they cost at 640x480, as parts of the segmentation are added. */
async function evaluateMasks({ jobs }, python) {
  const costs = {};
  for (const [stage, without] of Object.entries(MASK_STAGES)) {
    const { ms } = await runClip(DESK, path.join(OUT, 'masks-desk', slug(stage)), [
      ...MASK_RUN,
      '--fps',
      '30',
      ...without,
    ]);
    costs[stage] = ms;
  }
  const plain = Object.values(costs)[0]['segment.infer'].p50;
  const rows = [];
  for (const { clip, source } of jobs) {
    for (const [stage, without] of Object.entries(MASK_STAGES)) {
      const out = path.join(OUT, 'masks', slug(stage), clip);
      const options = [...MASK_RUN, '--fps', '10', '--dump-masks', path.join(out, 'masks'), ...without];
      await runClip(path.join(source, 'frames'), path.join(out, 'removed'), options);
      rows.push({ clip, masks: stage, ...scoreMasks(python, source, path.join(out, 'masks')) });
      say(maskTable(rows.slice(-1)));
    }
  }
  console.log(maskTable([...PUBLISHED_MASKS.filter(({ clip }) => rows.some((row) => row.clip === clip)), ...rows]));
  console.log(`\n${costTable(costs, plain)}`);
}

async function judgeHardships(options, python) {
  const { all, kinds } = await evaluateHardships(options, python);
  console.log(`${all}\n\n${kinds}`);
  if (options.write) await writePage('hardships', kinds);
}

async function main() {
  const options = readArguments();
  const python = options.what === 'bystanders' ? undefined : findPython();
  ensurePackages();
  ensureBuild();
  if (options.what === 'seated') ensureSeated(python);
  const run = {
    pictures: evaluate,
    seated: evaluate,
    masks: evaluateMasks,
    bystanders: evaluateBystanders,
    hardships: judgeHardships,
    room: evaluateRoom,
  };
  await run[options.what](options, python);
}

await runTool('eval', main);
