import { existsSync } from 'node:fs';
import path from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { serve } from '../tools/lib/server.mjs';
import { ROOT } from '../tools/lib/setup.mjs';
import { tokenEndpoint } from '../tools/lib/token-endpoint.mjs';

/** Test data that is not part of the project. */
export const SHARED = path.resolve(ROOT, '../shared');

/** Skips a test, loudly, where the data it needs is not there. */
export function needShared(file: string): string {
  const wanted = path.join(SHARED, file);
  const missing = !existsSync(wanted);
  if (missing) process.stderr.write(`\n*** SKIPPED, ../shared/${file} is not here: ${base.info().title}\n`);
  base.skip(missing, `../shared/${file} is not here`);
  return wanted;
}

export interface Site {
  readonly url: string;
  /** Paths asked of the server so far. */
  readonly requests: string[];
}

interface Fixtures {
  /** A LiveKit server that the site gives tokens for, where a test has one. */
  roomServer: Parameters<typeof tokenEndpoint>[0] | undefined;
  /** How often the test's page hands a canvas track's stream to a worker. */
  handOvers: number;
  /** `/` the demo, `/clean-plate/` the package, `/page/` pages of tests, `/shared/` test data. Loopback only. */
  site: Site;
  /** A page of the site whose console errors, uncaught errors and requests off its origin fail the test. */
  cleanPage: Page;
}

export const test = base.extend<Fixtures>({
  roomServer: [undefined, { option: true }],
  handOvers: [1, { option: true }],
  site: async ({ roomServer }, use) => {
    const roots = {
      '/': path.join(ROOT, 'demo'),
      '/clean-plate/': path.join(ROOT, 'dist'),
      '/page/': path.join(ROOT, '.cache/pages'),
      '/shared/': SHARED,
      '/models/': path.join(SHARED, 'models'),
    };
    const site = await serve(roots, roomServer ? { handle: tokenEndpoint(roomServer) } : {});
    await use(site);
    await site.close();
  },
  cleanPage: async ({ page, site, handOvers }, use) => {
    const complaints: string[] = [];
    let lost = 0;
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      if (text.startsWith('INFO: Created TensorFlow Lite')) return; // MediaPipe's greeting goes to the error channel
      // Chromium's own, without a line of ours: a page whose tasks keep it busy for 20 ms of each 33 gives a canvas
      // track's stream to a worker that closes all it reads, and one frame, which the page's end took meanwhile, is
      // dropped open (4 of 4 times; of a camera's track 1 of 8). More than one each time would be ours.
      if (text.includes('garbage collected') && ++lost <= handOvers) return;
      if (message.type() === 'error' || text.includes('garbage collected')) complaints.push(`console: ${text}`);
    });
    page.context().on('request', (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(site.url)) complaints.push(`request off the origin: ${url}`);
    });
    await page.goto(`${site.url}/page/blank/`);
    await use(page);
    if (complaints.length) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  },
});

export { expect } from '@playwright/test';
