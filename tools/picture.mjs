/**
 * Makes the picture of the README from the running demo: `npm run picture`, which writes docs/img/demo.png.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from './lib/chromium.mjs';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

/** The figure has walked in and stands close to the camera by then, milliseconds after removal runs. */
const CLOSE_UP_MS = 15_000;

ensurePackages();
ensureBuild();
const executablePath = await ensureChromium(say);
const { chromium } = await import('@playwright/test');
const server = await serve({ '/': path.join(ROOT, 'demo'), '/clean-plate/': path.join(ROOT, 'dist') });
const browser = await chromium.launch({ executablePath, args: BASE_FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(server.url);
  await page.waitForFunction(() => document.querySelector('#status')?.dataset.mood !== 'busy');
  await page.waitForTimeout(CLOSE_UP_MS);
  const file = path.join(ROOT, 'docs/img/demo.png');
  mkdirSync(path.dirname(file), { recursive: true });
  await page.locator('.stage').screenshot({ path: file });
  say(`${file} written`);
} finally {
  await browser.close();
  await server.close();
}
