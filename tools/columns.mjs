/**
 * Finds lines of more than 120 columns that the formatter leaves: comments, mostly. `--write` wraps those.
 *
 *     npm run columns [-- --write]
 *
 * `npm test` runs it with the linter; `npm run format` with `--write`. A line whose one long text, address or pattern
 * cannot be broken is let pass.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { COLUMNS, longLines, wrapComments } from './columns/wrap.mjs';
import { flag, readCommand, runTool } from './lib/command.mjs';
import { ROOT, say } from './lib/setup.mjs';

/** Looked through, with all below them. */
const PLACES = ['src', 'bin', 'demo', 'scene', 'test', 'tools', ':(glob)*.mjs', ':(glob)*.ts'];
const KINDS = /\.(m?js|jsx|m?ts|tsx)$/;

await runTool('columns', () => {
  const { write } = readCommand(import.meta.url, { write: flag() }).values;
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...PLACES], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.split('\n').filter((file) => KINDS.test(file));
  let found = 0;
  for (const file of files) {
    const before = readFileSync(path.join(ROOT, file), 'utf8');
    const text = write ? wrapComments(before) : before;
    if (text !== before) writeFileSync(path.join(ROOT, file), text);
    for (const line of longLines(text)) {
      found++;
      say(`${file}:${line}: more than ${COLUMNS} columns`);
    }
  }
  if (found) process.exitCode = 1;
});
