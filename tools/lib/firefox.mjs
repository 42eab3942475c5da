import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const CANDIDATES = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Path of a Firefox, or `undefined`. `FIREFOX` in the environment comes first. */
export function findFirefox() {
  const { FIREFOX } = process.env;
  if (FIREFOX && !existsSync(FIREFOX)) throw new Error(`FIREFOX is set to ${FIREFOX}, which does not exist.`);
  return FIREFOX || CANDIDATES.find((file) => existsSync(file));
}

/**
 * Why Firefox cannot be run here, or `undefined` where it can. Without a window Firefox has no WebGL, which MediaPipe
 * needs: on Linux that takes a display, or Xvfb.
 */
export function whyNoFirefox() {
  if (!findFirefox()) return 'no Firefox was found; install one, or set FIREFOX=/path/to/firefox';
  if (process.platform !== 'linux' || hasDisplay() || onPath('Xvfb')) return undefined;
  return 'Firefox needs a display, or the program Xvfb (Debian package xvfb)';
}

/** As root on Debian, which is what containers and CI are, installs what is missing; otherwise leaves it. */
export function ensureFirefox(say) {
  if (!whyNoFirefox() || process.getuid?.() !== 0 || !onPath('apt-get')) return;
  say('Firefox or Xvfb is missing: installing the system packages …');
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'firefox-esr', 'xvfb']]) {
      execFileSync('apt-get', args, { stdio: ['ignore', 2, 2], timeout: 300_000 });
    }
  } catch (error) {
    say(`That did not work (${error.message}): the Firefox tests will be skipped.`);
  }
}

/**
 * Starts Firefox, driven over WebDriver BiDi, on a display of its own where there is none.
 * @returns {Promise<{ browser: import('puppeteer-core').Browser, close(): Promise<void> }>}
 */
export async function openFirefox() {
  const reason = whyNoFirefox();
  if (reason) throw new Error(reason);
  const { launch } = await import('puppeteer-core');
  const screen = process.platform === 'linux' && !hasDisplay() ? await openScreen() : undefined;
  try {
    const browser = await launch({
      browser: 'firefox',
      executablePath: findFirefox(),
      headless: false,
      timeout: 120_000,
      env: { ...process.env, ...(screen ? { DISPLAY: screen.display } : {}) },
      extraPrefsFirefox: { 'media.autoplay.default': 0 },
    });
    return {
      browser,
      async close() {
        await browser.close();
        screen?.close();
      },
    };
  } catch (error) {
    screen?.close();
    throw error;
  }
}

/** @returns {Promise<{ display: string, close(): void }>} an X server that nobody sees, on a free number */
function openScreen() {
  // Under the guard: it must not outlive this process.
  const guard = new URL('./guard.mjs', import.meta.url).pathname;
  const args = [guard, 'Xvfb', '-displayfd', '1', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}.`)));
    child.stdout.once('data', (number) => {
      resolve({ display: `:${String(number).trim()}`, close: () => child.stdin.end() });
    });
  });
}

const hasDisplay = () => Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

function onPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
