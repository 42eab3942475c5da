import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from '../lib/setup.mjs';

/** The demo is watched for so long after its first picture without people: tasks that hold it up come before, ms. */
const AFTER_MS = 1000;

/**
 * How long it takes from the call to the first clean frame, and what the demo loads:
 *
 *     npm run bench -- load [--repeat N]
 *
 * `cold`: a browser that never saw the page. `warm`: the same browser again, a new page. `preloaded`: cold, but `preload()`
 * has run on the page. Everything comes from this machine, so a network's own time comes on top of `cold`.
 */
export async function benchLoad(args) {
  const { values } = parseArgs({ args, options: { repeat: { type: 'string', default: '3' } } });
  const repeat = Number(values.repeat);
  if (!(Number.isInteger(repeat) && repeat > 0)) throw new Error(`--repeat ${values.repeat}: 1, 2, …`);
  ensurePackages();
  ensureBuild();
  const roots = {
    '/': path.join(ROOT, 'demo'),
    '/load/': await pageBundle('tools/bench/load-page.ts'),
    '/clean-plate/': path.join(ROOT, 'dist'),
  };
  const site = await serve(roots, { cacheControl: () => 'max-age=600' });
  const browser = await chromium.launch({ executablePath: await ensureChromium(say), args: BASE_FLAGS });
  try {
    const rows = [];
    for (let round = 1; round <= repeat; round++) {
      for (const row of await firstFrames(browser, site.url)) rows.push({ round, ...row });
      rows.push({ round, ...(await demo(browser, site.url)) });
    }
    for (const row of rows) console.log(JSON.stringify(row));
    say(table(rows));
  } finally {
    await browser.close();
    await site.close();
  }
}

async function firstFrames(browser, url) {
  const rows = [];
  for (const names of [['cold', 'warm'], ['preloaded']]) {
    const context = await browser.newContext();
    for (const what of names) {
      say(`first clean frame, ${what} …`);
      const page = await context.newPage();
      const traffic = watch(page);
      await page.goto(`${url}/load/`);
      await page.waitForFunction(() => 'load' in window);
      if (what === 'preloaded') await page.evaluate(() => window.load.preload());
      const times = await page.evaluate(() => window.load.firstClean());
      rows.push({ what, ...rounded(times), ...(await traffic()) });
      await page.close();
    }
    await context.close();
  }
  return rows;
}

async function demo(browser, url) {
  say('the demo, cold …');
  const context = await browser.newContext();
  const page = await context.newPage();
  const traffic = watch(page);
  await page.addInitScript(() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map((each) => each.startTime + each.duration));
    new PerformanceObserver(note).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('On'));
  const times = await page.evaluate(async (after) => {
    const clean = performance.now();
    await new Promise((resolve) => setTimeout(resolve, after));
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const { domContentLoadedEventEnd } = performance.getEntriesByType('navigation')[0];
    // As Lighthouse: when the last task of more than 50 ms is over.
    const interactive = Math.max(domContentLoadedEventEnd, ...window.longTasks.filter((end) => end < clean));
    return { painted: paint?.startTime ?? 0, interactive, clean };
  }, AFTER_MS);
  const row = { what: 'demo', ...rounded(times), ...(await traffic()) };
  await context.close();
  return row;
}

/** Counts what a page and its workers load; the browser's own cache does not count. */
function watch(page) {
  const finished = [];
  const note = (request) => finished.push(request);
  page.context().on('requestfinished', note);
  return async () => {
    page.context().off('requestfinished', note);
    const bodies = await Promise.all(
      finished
        .filter((each) => each.url().startsWith('http'))
        .map(async (request) => {
          const response = await request.response();
          return (await response?.serverAddr().catch(() => null)) ? await response.body().catch(() => null) : null;
        }),
    );
    const sent = bodies.filter((body) => body !== null);
    const kb = (bytes) => Math.round(bytes / 1000);
    return {
      requests: sent.length,
      kb: kb(sent.reduce((sum, body) => sum + body.length, 0)),
      gzipKb: kb(sent.reduce((sum, body) => sum + gzipSync(body).length, 0)),
    };
  };
}

const rounded = (times) => Object.fromEntries(Object.entries(times).map(([name, ms]) => [`${name}Ms`, Math.round(ms)]));

/** Medians over the rounds, as Markdown. */
function table(rows) {
  const columns = ['what', 'paintedMs', 'interactiveMs', 'createdMs', 'readyMs', 'cleanMs', 'requests', 'kb', 'gzipKb'];
  const lines = [...new Set(rows.map(({ what }) => what))].map((what) => {
    const mine = rows.filter((row) => row.what === what);
    const median = (name) => mine.map((row) => row[name]).sort((a, b) => a - b)[mine.length >> 1] ?? '-';
    return columns.map((name) => (name === 'what' ? what : median(name)));
  });
  return ['', columns, columns.map(() => '---'), ...lines]
    .map((cells) => (cells ? `| ${cells.join(' | ')} |` : ''))
    .join('\n');
}
