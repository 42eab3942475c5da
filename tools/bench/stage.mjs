import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { BASE_FLAGS, ensureChromium, fakeCameraFlags } from '../lib/chromium.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ROOT, say } from '../lib/setup.mjs';

/** The wasm folder of the MediaPipe that `@livekit/track-processors` brings, wherever npm put it. */
function blurWasm() {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(
    createRequire(require.resolve('@livekit/track-processors')).resolve('@mediapipe/tasks-vision'),
  );
  return path.join(folder, 'wasm');
}

/**
 * A Chromium whose camera plays `camera`, and pages with `window.bench` in it, all of it served on loopback.
 * @param {{ camera: string, dist?: string, pair?: string, models?: string, flags?: string[], page?: { script: string,
 *   name: string }, scripts?: Record<string, string> }} options `dist` is the built package, the project's own
 *   unless it says otherwise; `pair` another one to compare it with; `page` other pages, and what they put on `window`;
 *   `scripts` more of them, by path.
 */
export async function openStage({
  camera,
  dist = path.join(ROOT, 'dist'),
  pair,
  models,
  flags = [],
  page: { script, name } = { script: 'tools/bench/page.ts', name: 'bench' },
  scripts,
}) {
  for (const each of pair ? [dist, pair] : [dist]) {
    if (!existsSync(path.join(each, 'worker.js'))) throw new Error(`${each}: no built package there (npm run build).`);
  }
  const roots = {
    '/': await pageBundle(script),
    '/probe/': await pageBundle('tools/bench/probe.ts'),
    '/clean-plate/': dist,
    ...(pair ? { '/pair/': pair } : {}),
    '/blur-wasm/': blurWasm(),
    ...(models ? { '/models/': models } : {}),
  };
  const server = await serve(roots, { scripts });
  const browser = await chromium.launch({
    executablePath: await ensureChromium(say),
    // The blur needs WebGL; where there is no GPU, Chromium gives it none without the last flag.
    args: [...BASE_FLAGS, ...fakeCameraFlags(camera), '--enable-unsafe-swiftshader', ...flags],
  });
  const strangers = new Set();
  return {
    session: await browser.newBrowserCDPSession(),
    /** Hosts other than the server's that a page asked for something. */
    strangers,
    /** A fresh page in a renderer of its own. */
    async newPage() {
      const context = await browser.newContext();
      const page = await context.newPage();
      page.on('request', (request) => {
        const { protocol, host, origin } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== server.url) strangers.add(host);
      });
      page.on('pageerror', (error) => say(`  uncaught in the page: ${error.message}`));
      await page.goto(server.url);
      await page.waitForFunction((each) => each in window, name);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
