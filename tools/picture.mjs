/**
 * Makes the pictures of the documents, all of the generated scene:
 *
 *     npm run picture [-- demo room film how]
 *
 *     demo   docs/img/demo.png    the demo: the camera and what others see
 *     room   docs/img/room.png    the demo room, in a call of two
 *     film   docs/img/film.webp   camera and result side by side, moving; made with `npm run remove`
 *     how    docs/img/how.webp    a frame, step by step
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from './lib/chromium.mjs';
import { readCommand, runTool } from './lib/command.mjs';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';
import { animatedWebp } from './picture/animated-webp.mjs';
import { openStudio } from './picture/studio.mjs';

/** The figure has walked in and stands close to the camera by then, milliseconds after removal runs. */
const CLOSE_UP_MS = 15_000;
const FOLDER = path.join(ROOT, 'docs/img');

/** From the empty room until the figure stands close; played a little faster than it was. */
const FILM = { width: 640, height: 360, start: 1, fps: 10, frames: 128, figure: true };
const FILM_SIZE = { width: 416, height: 234 };
const FILM_FRAME_MS = 83;
const FILM_QUALITY = 0.6;

/** The figure comes close: some of what it hides was seen by then, and some never. */
const HOW = { width: 480, height: 270, start: 10.4, fps: 15, frames: 50, figure: true };

const running = (page) => page.waitForFunction(() => /^On/.test(document.querySelector('#status')?.textContent ?? ''));

const roots = { '/': path.join(ROOT, 'demo'), '/clean-plate/': path.join(ROOT, 'dist') };

async function demo(browser) {
  const server = await serve(roots);
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(server.url);
  await running(page);
  await page.waitForTimeout(CLOSE_UP_MS);
  await page.locator('.stage').screenshot({ path: path.join(FOLDER, 'demo.png') });
  await page.close();
  await server.close();
}

async function room(browser) {
  const { ensureLivekit, startLivekit } = await import('./lib/livekit.mjs');
  const { tokenEndpoint } = await import('./lib/token-endpoint.mjs');
  const livekit = await startLivekit(ensureLivekit(say));
  const server = await serve(roots, { handle: tokenEndpoint(livekit) });
  try {
    const context = await browser.newContext({ viewport: { width: 1100, height: 720 } });
    const join = async (name) => {
      const page = await context.newPage();
      await page.goto(`${server.url}/room.html`);
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Join the room' }).click();
      await running(page);
      return page;
    };
    const page = await join('Ada');
    await join('Grace');
    await page.waitForTimeout(CLOSE_UP_MS);
    await page.locator('section.call-only').screenshot({ path: path.join(FOLDER, 'room.png') });
    await context.close();
  } finally {
    await server.close();
    await livekit.stop();
  }
}

async function film(browser) {
  const studio = await openStudio(browser, 'film');
  await studio.step('drawScene', FILM);
  studio.remove(FILM.fps);
  const parts = await studio.step('makeFilm', { names: studio.names(), ...FILM_SIZE, quality: FILM_QUALITY });
  const frames = parts.map((part, index) => {
    const data = readFileSync(path.join(studio.at('film'), `${String(index).padStart(5, '0')}.webp`));
    return { ...part, data, ms: FILM_FRAME_MS };
  });
  writeFileSync(path.join(FOLDER, 'film.webp'), animatedWebp(parts[0], frames));
  await studio.close();
}

async function how(browser) {
  const studio = await openStudio(browser, 'how');
  const last = HOW.start + (HOW.frames - 1) / HOW.fps;
  await studio.step('drawScene', { ...HOW, start: last, frames: 1, figure: false });
  renameSync(path.join(studio.at('scene'), '00000.png'), path.join(studio.at('truth'), '00000.png'));
  await studio.step('drawScene', HOW);
  studio.remove(HOW.fps);
  studio.remove(HOW.fps, { to: 'painted', network: 'on' });
  await studio.step('explain', { names: studio.names() });
  renameSync(path.join(studio.at('how'), 'how.webp'), path.join(FOLDER, 'how.webp'));
  await studio.close();
}

const PICTURES = { demo, room, film, how };

async function main() {
  const { words: wanted } = readCommand(import.meta.url, {}, { words: Object.keys(PICTURES) });
  ensurePackages();
  ensureBuild();
  const executablePath = await ensureChromium(say);
  const { chromium } = await import('@playwright/test');
  mkdirSync(FOLDER, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: BASE_FLAGS });
  try {
    for (const [name, make] of Object.entries(PICTURES)) {
      if (wanted.length && !wanted.includes(name)) continue;
      await make(browser);
      say(`picture: ${name} written to docs/img`);
    }
  } finally {
    await browser.close();
  }
}

await runTool('picture', main);
