/**
 * Makes the pictures of the documents from the running demo: `npm run picture`, which writes docs/img/demo.png (camera and
 * what others see) and docs/img/room.png (the demo room, in a call of two).
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from './lib/chromium.mjs';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

/** The figure has walked in and stands close to the camera by then, milliseconds after removal runs. */
const CLOSE_UP_MS = 15_000;
const FOLDER = path.join(ROOT, 'docs/img');

const running = (page) => page.waitForFunction(() => /^On/.test(document.querySelector('#status')?.textContent ?? ''));

async function demo(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(url);
  await running(page);
  await page.waitForTimeout(CLOSE_UP_MS);
  await page.locator('.stage').screenshot({ path: path.join(FOLDER, 'demo.png') });
  await page.close();
}

async function room(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 } });
  const join = async (name) => {
    const page = await context.newPage();
    await page.goto(`${url}/room.html`);
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
}

ensurePackages();
ensureBuild();
const executablePath = await ensureChromium(say);
const { chromium } = await import('@playwright/test');
const { ensureLivekit, startLivekit } = await import('./lib/livekit.mjs');
const { tokenEndpoint } = await import('./lib/token-endpoint.mjs');
const livekit = await startLivekit(ensureLivekit(say));
const roots = { '/': path.join(ROOT, 'demo'), '/clean-plate/': path.join(ROOT, 'dist') };
const server = await serve(roots, { handle: tokenEndpoint(livekit) });
const browser = await chromium.launch({ executablePath, args: BASE_FLAGS });
try {
  mkdirSync(FOLDER, { recursive: true });
  await demo(browser, server.url);
  await room(browser, server.url);
  say(`demo.png and room.png written to ${FOLDER}`);
} finally {
  await browser.close();
  await server.close();
  await livekit.stop();
}
