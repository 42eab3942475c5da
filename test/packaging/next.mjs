/** A Next.js app that installs the packed package, as a user's would: imported on the server, used on the client. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../tools/lib/setup.mjs';

const execute = promisify(execFile);
const PROJECT = path.join(ROOT, '.cache/next');
/**
 * Next, what it is built with, and what `clean-plate/react` is for; too large to be a dependency of the project itself.
 */
const PACKAGES = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', 'livekit-client': '2.23.0' };
const NEXT = path.join(PROJECT, 'node_modules/next/dist/bin/next');
const ENV = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/**
 * Installs Next once, kept in `.cache`.
 * @returns {Promise<string | undefined>} why it could not be installed
 */
export async function installNext() {
  mkdirSync(PROJECT, { recursive: true });
  const manifest = JSON.stringify({ name: 'app', private: true, type: 'module', dependencies: PACKAGES });
  const file = path.join(PROJECT, 'package.json');
  if (existsSync(NEXT) && readFileSync(file, 'utf8') === manifest) return undefined;
  writeFileSync(file, manifest);
  try {
    await execute('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
      cwd: PROJECT,
      timeout: 240_000,
    });
    return undefined;
  } catch (error) {
    rmSync(file);
    return `npm could not install next ${PACKAGES.next} (${String(error.stderr ?? error.message).split('\n')[0]})`;
  }
}

/** Puts the packed package in, and builds. */
export async function buildNext() {
  const installed = path.join(PROJECT, 'node_modules/clean-plate');
  for (const folder of [installed, path.join(PROJECT, '.next')]) rmSync(folder, { recursive: true, force: true });
  for (const name of readdirSync(PROJECT).filter((each) => each.endsWith('.tgz'))) rmSync(path.join(PROJECT, name));
  mkdirSync(installed, { recursive: true });
  await execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', PROJECT], { cwd: ROOT });
  const tarball = readdirSync(PROJECT).find((name) => name.endsWith('.tgz'));
  await execute('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], { cwd: PROJECT });
  cpSync(path.join(ROOT, 'test/packaging/next'), PROJECT, { recursive: true });
  // Otherwise it takes the folder of our own lock file for the app's.
  writeFileSync(
    path.join(PROJECT, 'next.config.mjs'),
    `export default { turbopack: { root: ${JSON.stringify(PROJECT)} } };\n`,
  );
  const bin = path.join(installed, 'bin/clean-plate.mjs');
  await execute(process.execPath, [bin, 'copy-assets', 'public/clean-plate', '--without-network'], { cwd: PROJECT });
  await execute(process.execPath, [NEXT, 'build'], { cwd: PROJECT, env: ENV, maxBuffer: 1e7 });
}

/** @returns {Promise<{ url: string, close(): void }>} the built app, served by `next start` on loopback */
export function startNext() {
  const server = spawn(process.execPath, [NEXT, 'start', '-H', '127.0.0.1', '-p', '0'], { cwd: PROJECT, env: ENV });
  return new Promise((resolve, reject) => {
    let said = '';
    const onData = (data) => {
      said += data;
      const [, port] = said.match(/http:\/\/127\.0\.0\.1:(\d+)/) ?? [];
      if (port && said.includes('Ready')) resolve({ url: `http://127.0.0.1:${port}`, close: () => server.kill() });
    };
    server.stdout.on('data', onData);
    server.stderr.on('data', onData);
    server.once('exit', (code) => reject(new Error(`next start ended with ${code}: ${said}`)));
  });
}
