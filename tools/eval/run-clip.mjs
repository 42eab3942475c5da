import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, say } from '../lib/setup.mjs';

/** `npm run remove` over one clip; gives its `stats.json`. Not run again where it was done with this very build. */
export async function runClip(input, out, options) {
  const stats = path.join(out, 'stats.json');
  const mark = path.join(out, 'command.txt');
  const command = ['tools/remove.mjs', '--in', input, '--out', out, ...options];
  const built = statSync(path.join(ROOT, 'dist/worker.js')).mtimeMs;
  const done =
    existsSync(stats) &&
    existsSync(mark) &&
    statSync(stats).mtimeMs > built &&
    readFileSync(mark, 'utf8') === command.join(' ');
  if (!done) {
    say(`remove ${path.basename(path.dirname(input))} ${options.join(' ')}`);
    await run(command);
    writeFileSync(mark, command.join(' '));
  }
  return JSON.parse(readFileSync(stats, 'utf8'));
}

function run(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`remove ended with status ${status}.`)),
    );
  });
}
