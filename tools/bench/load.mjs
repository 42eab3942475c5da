import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { number, readCommand } from '../lib/command.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from '../lib/setup.mjs';

const PAGE = 'tools/bench/load-page.ts';
/** What the site serves, by the beginning of the address. */
const ROOTS = {
  '/': path.join(ROOT, 'demo'),
  '/load/': path.join(ROOT, '.cache/pages/tools-bench-load-page-ts'),
  '/clean-plate/': path.join(ROOT, 'dist'),
};

/** The demo is watched for so long after its first picture without people: tasks that hold it up come before, ms. */
const AFTER_MS = 1000;

/**
 * How long it takes from the call to the first clean frame, and what the demo loads:
 *
 *     npm run bench -- load [--repeat N]
 *
 * `cold`: a browser that never saw the page. `warm`: the same browser again, a new page. `preloaded`: cold, but
 * `preload()` has run on the page. Everything comes from this machine, so a network's own time comes on top of `cold`.
 */
export async function benchLoad(args) {
  const options = { repeat: number('3', { min: 1, whole: true }) };
  const { repeat } = readCommand(import.meta.url, options, { args }).values;
  ensurePackages();
  ensureBuild();
  await pageBundle(PAGE);
  const site = await serve(ROOTS, { cacheControl: () => 'max-age=600' });
  const { chromium } = await import('@playwright/test');
  const browser = await chromium.launch({ executablePath: await ensureChromium(say), args: BASE_FLAGS });
  try {
    const rows = [];
    for (let round = 1; round <= repeat; round++) {
      for (const row of await firstFrames(browser, site)) rows.push({ round, ...row });
      rows.push({ round, ...(await demo(browser, site)) });
    }
    for (const row of rows) console.log(JSON.stringify(row));
    say(table(rows));
  } finally {
    await browser.close();
    await site.close();
  }
}

async function firstFrames(browser, site) {
  const rows = [];
  for (const names of [['cold', 'warm'], ['preloaded']]) {
    const context = await browser.newContext();
    for (const what of names) {
      say(`first clean frame, ${what} …`);
      const page = await context.newPage();
      const traffic = watch(site);
      await page.goto(`${site.url}/load/`);
      await page.waitForFunction(() => 'load' in window);
      if (what === 'preloaded') await page.evaluate(() => window.load.preload());
      const times = await page.evaluate(() => window.load.firstClean());
      rows.push({ what, ...rounded(times), ...traffic() });
      await page.close();
    }
    await context.close();
  }
  return rows;
}

async function demo(browser, site) {
  say('the demo, cold …');
  const context = await browser.newContext();
  const page = await context.newPage();
  const traffic = watch(site);
  await page.addInitScript(() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map((each) => each.startTime + each.duration));
    new PerformanceObserver(note).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(site.url);
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
  const row = { what: 'demo', ...rounded(times), ...traffic() };
  await context.close();
  return row;
}

/** Counts what reaches the server from now on: what the browser has in a cache of its own does not. */
function watch(site) {
  const before = site.requests.length;
  return () => {
    const files = site.requests.slice(before).map(fileOf);
    const kb = (sizeOf) => Math.round(files.reduce((sum, file) => sum + sizeOf(file), 0) / 1000);
    return { requests: files.length, kb: kb((file) => file.length), gzipKb: kb((file) => gzipSync(file).length) };
  };
}

function fileOf(pathname) {
  const prefix = pathname.startsWith('/clean-plate/')
    ? '/clean-plate/'
    : pathname.startsWith('/load/')
      ? '/load/'
      : '/';
  return readFileSync(path.join(ROOTS[prefix], pathname.slice(prefix.length) || 'index.html'));
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
