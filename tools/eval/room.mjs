import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';
import { run, SHARED, scoreClip } from './python.mjs';
import { runClip } from './run-clip.mjs';
import { roomTable } from './table.mjs';

const OUT = path.join(ROOT, 'out/eval/room');
const MAKER = path.join(ROOT, 'tools/eval/room.py');
const FPS = 10;
const RUN = ['--network', 'auto', '--backend', 'wasm', '--fps', String(FPS), '--grain', 'off'];
/** The frame from which on a room must be on show: a second. */
const FROM = 10;
const clipOf = (name) => path.join(SHARED, 'eval', name);

/**
 * Rooms that are kept from a clip, `make` telling how room.py makes it of `of`; and the clips that they are given to.
 * @type {readonly { room: string, of: string, make?: readonly string[], to: readonly string[] }[]}
 */
export const ROOMS = [
  { room: 'its own', of: 'walkers/warm-1', to: ['walkers/cold-2'] },
  {
    room: 'from another pose, in other light',
    of: 'walkers/warm-1',
    make: 'pose --shift 0.12 --turn 4 --zoom 1.1 --gain 0.8 --gamma 1.15'.split(' '),
    to: ['walkers/cold-2'],
  },
  { room: 'its own, the table moved', of: 'walkers/warm-1', make: ['table'], to: ['walkers/cold-2'] },
  { room: 'mirrored', of: 'walkers/warm-1', make: ['mirror'], to: ['walkers/cold-2'] },
  { room: 'another', of: 'walkers/warm-1', to: ['webcam/again', 'webcam/cups'] },
  { room: 'another', of: 'webcam/bottles', to: ['walkers/cold-2'] },
];

/** Keeps each room, gives it to each clip, and prints what that came to beside the clip without a room. */
export async function evaluateRoom({ rooms }, python) {
  const rows = [];
  for (const { room, of, make, to } of rooms) {
    const source = make ? makeOnce(python, of, make) : clipOf(of);
    const kept = path.join(OUT, `${path.basename(source)}.room`);
    mkdirSync(OUT, { recursive: true });
    await runClip(path.join(source, 'frames'), path.join(OUT, 'kept', path.basename(source)), [
      ...RUN,
      ...['--masks', path.join(source, 'masks'), '--save-room', kept],
    ]);
    for (const name of to) {
      const clip = clipOf(name);
      const how = [...RUN, '--masks', path.join(clip, 'masks')];
      const score = async (out, more) => {
        const { frames } = await runClip(path.join(clip, 'frames'), out, [...how, ...more]);
        return { ...scoreFrom(python, clip, out), ...figuresOf(frames) };
      };
      const without = await score(path.join(OUT, 'without', path.basename(clip)), []);
      const given = path.join(OUT, `${path.basename(clip)}-given-${path.basename(source)}`);
      rows.push({ room, of, clip: name, without, ...(await score(given, ['--room', kept])) });
      say(roomTable(rows.slice(-1)));
    }
  }
  console.log(roomTable(rows));
}

/**
 * Milliseconds of the longest search, the seconds after which a room would be on show in a call, whose search does not
 * stop the frames as it does here, and how much of the hole it shows.
 */
function figuresOf(frames) {
  const first = frames.findIndex(({ remembered }) => remembered > 0);
  const shown = frames.slice(FROM).map(({ remembered }) => remembered);
  const search = Math.max(0, ...frames.map(({ ms }) => ms['inpaint.remember'] ?? 0));
  return {
    search,
    onShow: first < 0 ? null : first / FPS + search / 1000,
    shown: shown.reduce((sum, each) => sum + each, 0) / Math.max(1, shown.length),
  };
}

/** By the shared scorer, from that frame on. */
function scoreFrom(python, clip, out) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'clean-plate-room-'));
  try {
    run(python, [MAKER, 'from', clip, out, String(FROM), folder]);
    const name = path.basename(clip);
    return scoreClip(python, path.join(folder, 'set', name), path.join(folder, 'ours', name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeOnce(python, of, make) {
  const folder = path.join(OUT, `${path.basename(of)}-${make[0]}`);
  const card = path.join(folder, 'clip.json');
  if (existsSync(card) && statSync(card).mtimeMs > statSync(MAKER).mtimeMs) return folder;
  rmSync(folder, { recursive: true, force: true });
  const [kind, ...options] = make;
  run(python, [MAKER, kind, clipOf(of), folder, ...options]);
  return folder;
}
