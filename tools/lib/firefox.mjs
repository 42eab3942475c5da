import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { onPath, openScreen, whyNoScreen } from './screen.mjs';

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
  const reason = whyNoScreen();
  return reason && `Firefox: ${reason}`;
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
  const screen = await openScreen();
  try {
    const browser = await launch({
      browser: 'firefox',
      executablePath: findFirefox(),
      headless: false,
      timeout: 120_000,
      env: { ...process.env, ...screen.env },
      extraPrefsFirefox: { 'media.autoplay.default': 0 },
    });
    return {
      browser,
      async close() {
        await browser.close();
        screen.close();
      },
    };
  } catch (error) {
    screen.close();
    throw error;
  }
}
