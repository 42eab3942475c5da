import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../lib/setup.mjs';

export const SHARED = path.join(ROOT, '../shared');
const HARDSHIPS = path.join(ROOT, 'tools/eval/hardships.py');
const PACKAGES = { numpy: 'numpy', cv2: 'opencv-python-headless', skimage: 'scikit-image', onnxruntime: 'onnxruntime' };

/** A Python that has what the scorers import. @throws that says what is missing and how to get it. */
export function findPython() {
  const python = process.env.PYTHON ?? 'python3';
  const missing = Object.keys(PACKAGES).filter((name) => spawnSync(python, ['-c', `import ${name}`]).status !== 0);
  if (!missing.length) return python;
  const list = missing.map((name) => PACKAGES[name]).join(' ');
  throw new Error(
    `${python} lacks what the scorer needs. Install it (pip install ${list}) or set PYTHON to one that has it.`,
  );
}

/** Runs a script; gives what it prints. @throws its last line where it fails. */
export function run(python, args) {
  const { status, stdout, stderr, error } = spawnSync(python, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${path.basename(args[0])}: ${(stderr || stdout).trim().split('\n').at(-1)}`);
  return stdout;
}

const FEATURES = path.join(SHARED, 'models/squeezenet1_1_features.onnx');

/** Does what nobody saw look like a room: `{ hf, texture, outline }`, or `{}` for a clip where all was seen. */
export const scoreLook = (python, source, output) =>
  JSON.parse(run(python, [path.join(ROOT, 'tools/eval/look.py'), source, output, '--features', FEATURES]));

/**
 * One clip by the shared scorer: `{ psnr, ssim, hole, seen, never, feat, flicker }`. It takes sets, so it gets a set of
 * one.
 */
export function scoreClip(python, source, output) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'clean-plate-eval-'));
  try {
    const name = path.basename(source);
    for (const [kind, target] of Object.entries({ set: source, ours: output })) {
      mkdirSync(path.join(folder, kind));
      symlinkSync(target, path.join(folder, kind, name));
    }
    const json = path.join(folder, 'score.json');
    run(python, [
      path.join(SHARED, 'tools/score.py'),
      ...['set', 'ours'].map((kind) => path.join(folder, kind)),
      ...['--features', FEATURES, '--json', json],
    ]);
    // The scorer writes NaN where a clip has no such pixels; JSON knows no NaN.
    return JSON.parse(readFileSync(json, 'utf8').replaceAll('NaN', 'null'))[name];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One clip's masks by the shared scorer: `{ recall, p1, min, head, shadow, excess, jitter, frames }`. */
export function scoreMasks(python, source, masks) {
  const line = run(python, [path.join(SHARED, 'tools/mask_score.py'), source, masks]);
  return Object.fromEntries([...line.matchAll(/(\w+)=([\d.]+)/g)].map(([, key, value]) => [key, Number(value)]));
}

/** A sheet of pictures: some frames of a clip, a row each; the hole, each output, the truth. */
export function sheet(python, source, outputs, file) {
  run(python, [path.join(ROOT, 'tools/eval/sheet.py'), source, file, ...outputs]);
}

/** Makes a hardship of a clip and gives it to the product; what came of it is explained in hardships.py. */
export function scoreHardship(python, clip, job, make) {
  return JSON.parse(run(python, [HARDSHIPS, clip, JSON.stringify(job), ...make]));
}
