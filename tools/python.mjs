/**
 * Formats and lints the project's Python with Ruff, which comes as an npm package: no Python is needed.
 *
 *     npm run python [-- --write]
 *
 * Names files that Ruff would format otherwise, and what it finds. `--write` formats them; what a rule finds is mended
 * by hand.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { flag, readCommand, runTool } from './lib/command.mjs';
import { ensurePackages, ROOT, say } from './lib/setup.mjs';
import { openRuff } from './python/ruff.mjs';

await runTool('python', async () => {
  const { write } = readCommand(import.meta.url, { write: flag() }).values;
  ensurePackages();
  const ruff = await openRuff();
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.py'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  let found = 0;
  const log = (line) => {
    found++;
    say(line);
  };
  for (const file of listed.split('\n').filter(Boolean)) {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const formatted = ruff.format(source);
    if (formatted !== source) {
      if (write) writeFileSync(path.join(ROOT, file), formatted);
      else log(`${file}: would be formatted otherwise`);
    }
    for (const finding of ruff.find(write ? formatted : source)) log(`${file}:${finding}`);
  }
  if (found) process.exitCode = 1;
});
