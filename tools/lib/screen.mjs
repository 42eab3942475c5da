import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Why a browser with a window cannot be run here, or `undefined` where it can: on Linux that takes a display, or Xvfb.
 */
export function whyNoScreen() {
  if (process.platform !== 'linux' || hasDisplay() || onPath('Xvfb')) return undefined;
  return 'it needs a display, or the program Xvfb (Debian package xvfb)';
}

/**
 * The display, or one that nobody sees where there is none.
 * @returns {Promise<{ env: Record<string, string>, close(): void }>} what its programs find in their environment
 */
export async function openScreen() {
  if (process.platform !== 'linux' || hasDisplay()) return { env: {}, close() {} };
  const child = guarded('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp']);
  const number = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}.`)));
    child.stdout.once('data', (data) => resolve(String(data).trim()));
  });
  return { env: { DISPLAY: `:${number}` }, close: () => child.stdin.end() };
}

/** Starts a program that does not outlive this process; `stdin.end()` ends it. */
export function guarded(program, args, env = {}) {
  const guard = new URL('./guard.mjs', import.meta.url).pathname;
  const stdio = ['pipe', 'pipe', 'ignore'];
  return spawn(process.execPath, [guard, program, ...args], { stdio, env: { ...process.env, ...env } });
}

const hasDisplay = () => Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

export function onPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
