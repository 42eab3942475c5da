/**
 * Asks the browsers of this machine what `checkSupport` finds in them:
 *
 *     npm run support [-- --write] [--browser chromium|firefox|webkit]
 *
 * A line each, of all that are here unless one is named; with `--write` into the table of docs/browsers.md as well,
 * where rows of browsers that are not here stay.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markedIn, withMarked } from './docs/marked.mjs';
import { BASE_FLAGS, ensureChromium, SOFTWARE_WEBGPU_FLAGS } from './lib/chromium.mjs';
import { choice, flag, readCommand, runTool } from './lib/command.mjs';
import { pageBundle } from './lib/pages.mjs';
import { serve } from './lib/server.mjs';
import { ensurePackages, ROOT, run, say } from './lib/setup.mjs';

const PAGE = path.join(ROOT, 'docs/browsers.md');
/** What a build of WebKitGTK has and keeps off. */
const WEBKIT_EXTRAS = ['MediaStreamTrackProcessing', 'AllowWebGLInWorkers'];
/** What the page has of a row; the rest, what was found on the page and in a worker, is printed only. */
const HEAD = ['browser', '`tier`', '`transports`', '`missing`'];

async function askChromium(url, flags) {
  const { chromium } = await import('@playwright/test');
  const browser = await chromium.launch({
    executablePath: await ensureChromium(say),
    args: [...BASE_FLAGS, ...flags],
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return { version: browser.version().split('.')[0], found: await page.evaluate(() => window.found) };
  } finally {
    await browser.close();
  }
}

async function askFirefox(url) {
  const { openFirefox, whyNoFirefox } = await import('./lib/firefox.mjs');
  if (whyNoFirefox()) return undefined;
  const firefox = await openFirefox();
  try {
    const page = await firefox.browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'found' in window);
    const version = await firefox.browser.version();
    return { version: /\d+/.exec(version)?.[0], found: await page.evaluate(() => window.found) };
  } finally {
    await firefox.close();
  }
}

async function askWebkit(url, features) {
  const { openWebkit, whyNoWebkit } = await import('./lib/webkit.mjs');
  if (whyNoWebkit()) return undefined;
  const webkit = await openWebkit(features);
  try {
    await webkit.open(url);
    let title = '';
    for (const end = Date.now() + 20_000; !/^\{|^failed/.test(title) && Date.now() < end; ) {
      title = await webkit.run('return document.title');
    }
    if (!title.startsWith('{')) throw new Error(`WebKitGTK: the page says “${title}”.`);
    return { version: webkit.version, found: JSON.parse(title) };
  } finally {
    await webkit.close();
  }
}

/** Each gives version and what the page found; undefined where the browser is not here. */
const BROWSERS = {
  Chromium: (url) => askChromium(url, []),
  'Chromium, software WebGPU': (url) => askChromium(url, SOFTWARE_WEBGPU_FLAGS),
  Firefox: askFirefox,
  WebKitGTK: (url) => askWebkit(url, []),
  'WebKitGTK, track processing on': (url) => askWebkit(url, WEBKIT_EXTRAS),
};

const row = (cells) => `| ${cells.join(' | ')} |`;
const list = (names) => names.join(', ') || '–';

function rowOf(name, { version, found }) {
  const { tier, transports, missing, page, worker } = found;
  return row([`${name} ${version}`, tier, list(transports), list(missing), list(page), list(worker)]);
}

/** A row is known by its browser, without the version. */
const nameOf = (line) =>
  line
    .split('|')[1]
    .trim()
    .replace(/ [\d.]+$/, '');

/** As many cells as {@link HEAD} has. */
const shortened = (line) =>
  row(
    line
      .split('|')
      .slice(1, HEAD.length + 1)
      .map((cell) => cell.trim()),
  );

function write(rows) {
  const page = readFileSync(PAGE, 'utf8');
  const last = markedIn(page, 'table').split('\n').slice(2).filter(Boolean);
  const table = new Map([...last, ...rows.map(shortened)].map((line) => [nameOf(line), line]));
  const all = Object.keys(BROWSERS).flatMap((name) => table.get(name) ?? []);
  writeFileSync(PAGE, withMarked(page, 'table', [row(HEAD), row(HEAD.map(() => '---')), ...all].join('\n')));
  run('npx', ['biome', 'format', '--write', PAGE]);
}

async function main() {
  const options = { write: flag(), browser: choice(['chromium', 'firefox', 'webkit'], undefined) };
  const { browser = '', write: writes } = readCommand(import.meta.url, options).values;
  const wanted = Object.entries(BROWSERS).filter(([name]) => name.toLowerCase().startsWith(browser));
  ensurePackages();
  const server = await serve({ '/': await pageBundle('tools/support/page.ts') });
  try {
    const rows = [];
    for (const [name, ask] of wanted) {
      const answer = await ask(`${server.url}/`);
      if (!answer) say(`support: no ${name} here`);
      else rows.push(rowOf(name, answer));
    }
    console.log(rows.join('\n'));
    if (writes) write(rows);
  } finally {
    await server.close();
  }
}

await runTool('support', main);
