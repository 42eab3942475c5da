/**
 * Runs a program that ends for certain when its parent does, even one that was killed: it is killed as soon as this
 * process's standard input ends.
 *
 *     spawn(process.execPath, ['guard.mjs', program, ...args], { stdio: ['pipe', …] })
 */
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => child.kill('SIGKILL');
process.stdin.resume().on('end', end).on('error', end);
// Ctrl-C comes to the whole group; the parent, which gets it as well, says when.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
child.on('error', (error) => {
  process.stderr.write(`${program}: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
