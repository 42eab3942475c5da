import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Progress goes to standard error, so that results can be piped. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a command in the project, its output shown on standard error; throws when it fails. */
export function run(program, args) {
  execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
}

/**
 * Installs what is missing of what the tests need, and says what.
 * @returns {Promise<{ installed: number, skipped: string[] }>} how much was installed; what could not be had, and what
 *   follows
 */
export async function setUp() {
  let installed = 0;
  const log = (line) => {
    installed++;
    say(line);
  };
  ensurePackages(log);
  // Not at the top: they are for the tests alone.
  const { ensureChromium } = await import('./chromium.mjs');
  const { ensureFirefox, whyNoFirefox } = await import('./firefox.mjs');
  const { ensureLivekit } = await import('./livekit.mjs');
  await ensureChromium(log);
  ensureFirefox(log);
  const noFirefox = whyNoFirefox();
  const skipped = noFirefox ? [`the tests in Firefox will be skipped: ${noFirefox}.`] : [];
  try {
    ensureLivekit(log);
  } catch (error) {
    skipped.push(`the tests with a LiveKit server will fail: ${error.message}`);
  }
  return { installed, skipped };
}

/** Installs the npm packages of the lock file where they are missing or older than it. */
export function ensurePackages(log = say) {
  const mark = path.join(ROOT, 'node_modules/.package-lock.json');
  const lock = path.join(ROOT, 'package-lock.json');
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync(lock).mtimeMs) return;
  log('Installing npm packages (npm install) …');
  // Not `npm ci`: it refuses a lock file that lacks an optional package of another platform, as registries sometimes
  // do. Warnings are for those who change the dependencies; under Node 20 they would fill the screen.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Files and folders that the build depends on. */
export const BUILD_SOURCES = [
  'src',
  'demo',
  'scene',
  'weights',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rollup.config.mjs',
  'tools/assets.mjs',
  'tools/declarations.mjs',
  'tools/docs',
  'tools/lib/setup.mjs',
  'tools/lib/wasm-loaders.mjs',
  'tools/onnx-weights.mjs',
  'tools/tflite-metadata.mjs',
];

/** Builds the package and the demo where a source is newer than the last build. */
export function ensureBuild() {
  // What the build writes last.
  const built = path.join(ROOT, 'dist/index.d.ts');
  const isOlder = (each) => newest(path.join(ROOT, each)) <= statSync(built).mtimeMs;
  if (existsSync(built) && BUILD_SOURCES.every(isOlder)) return;
  say('Building (npm run build) …');
  run('npm', ['run', '--silent', 'build']);
}

function newest(file) {
  if (!existsSync(file) || path.basename(file) === 'dist') return 0;
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

/** Opens `url` in the person's browser where there is a desktop; says nothing where there is not. */
export function openBrowser(url) {
  const [program, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start'] : ['xdg-open'];
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (!headless && process.stdout.isTTY) spawnSync(program, [...args, url], { stdio: 'ignore' });
}
