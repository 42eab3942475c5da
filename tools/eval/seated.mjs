import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';
import { run, SHARED } from './python.mjs';

const numbered = (name, count) => Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(2, '0')}`);

/** Where the set of people who never leave the chair is made. */
export const SEATED = path.join(ROOT, 'out/seated');
/** Its clips; the blind ones are for the last figure alone. The names are tools/eval/seated.py's. */
export const SEATED_CLIPS = numbered('tune', 30);
export const BLIND_CLIPS = numbered('blind', 10);

/** Makes the set with tools/eval/seated.py where it is missing. */
export function ensureSeated(python) {
  if (existsSync(SEATED)) return;
  say('Making the set of seated people (tools/eval/seated.py) …');
  const unfinished = `${SEATED}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  run(python, [path.join(ROOT, 'tools/eval/seated.py'), path.join(SHARED, 'train'), unfinished]);
  renameSync(unfinished, SEATED);
}
