import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Flags for every headless run: quiet, offline but for loopback, and able to make peer connections to itself. */
export const BASE_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
];

/** WebGPU on machines without a GPU (SwiftShader). */
export const SOFTWARE_WEBGPU_FLAGS = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** A camera that plays a `.y4m` or `.mjpeg` file in a loop; without a file Chromium's test pattern. */
export function fakeCameraFlags(file) {
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    ...(file ? [`--use-file-for-fake-video-capture=${file}`] : []),
  ];
}

/** Path of a Chromium, or `undefined`. `CHROMIUM` in the environment comes first. */
export async function findChromium() {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) {
    if (!existsSync(CHROMIUM)) throw new Error(`CHROMIUM is set to ${CHROMIUM}, which does not exist.`);
    return CHROMIUM;
  }
  const system = CANDIDATES.find((file) => existsSync(file));
  if (system) return system;
  try {
    const { chromium } = await import('@playwright/test');
    const own = chromium.executablePath();
    return existsSync(own) ? own : undefined;
  } catch {
    return undefined;
  }
}

/** Finds Chromium or installs it: Playwright's own build, else the system's package. */
export async function ensureChromium(say) {
  const found = await findChromium();
  if (found) return found;
  say('Chromium is missing: installing it with Playwright …');
  spawnSync('npx', ['playwright', 'install', '--with-deps', 'chromium'], { stdio: ['ignore', 2, 2] });
  let path = await findChromium();
  if (path) return path;
  say("Playwright's download did not work: installing the system's chromium package …");
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const command of [
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', 'chromium'],
  ]) {
    const [program, ...args] = [...asRoot, ...command];
    try {
      execFileSync(program, args, { stdio: ['ignore', 2, 2] });
    } catch {
      break;
    }
  }
  path = await findChromium();
  if (path) return path;
  throw new Error('No Chromium could be found or installed. Install one and set CHROMIUM=/path/to/chromium.');
}
