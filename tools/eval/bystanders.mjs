import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ROOT, say } from '../lib/setup.mjs';
import { figuresOf, HELD_OUT, TUNED, TUNED_LATER } from './crossings.mjs';
import { crossingTable } from './table.mjs';

const SHARED = path.join(ROOT, '../shared');
const OUT = path.join(ROOT, 'out/eval/bystanders');
const PAGE = 'test/browser/page/bystanders.ts';
const BUILT = path.join(ROOT, 'dist/worker.js');

/** A frame with less of the bystander covered, or less of the main person kept, falls short. */
const ENOUGH_COVERED = 0.95;
const ENOUGH_KEPT = 0.9;

/**
 * `remove: 'bystanders'` over composites of two people who cross; prints what is kept of one and covered of the other.
 */
export async function evaluateBystanders({ clips, frames }) {
  mkdirSync(OUT, { recursive: true });
  const run = await open();
  try {
    const chosen = (crossings) => crossings.filter(({ name }) => clips.includes(name));
    const rows = [];
    for (const [kind, crossings] of [
      ['tuned', chosen(TUNED)],
      ['tuned later', chosen(TUNED_LATER)],
      ['held out', chosen(HELD_OUT)],
    ]) {
      const all = [];
      for (const crossing of crossings) {
        const seen = await run(crossing);
        all.push(...seen);
        rows.push({ name: crossing.name, ...figuresOf(seen) });
        say(crossingTable(rows.slice(-1)));
        if (frames) await showShort(run, crossing, seen);
      }
      if (all.length) rows.push({ name: `**all, ${kind}**`, ...figuresOf(all) });
    }
    console.log(crossingTable(rows));
  } finally {
    await run.close();
  }
}

/** What runs one composite in a browser; not again where it was done with this very build. */
async function open() {
  await pageBundle(PAGE);
  const { chromium } = await import('@playwright/test');
  const site = await serve({
    '/clean-plate/': path.join(ROOT, 'dist'),
    '/page/': path.join(ROOT, '.cache/pages'),
    '/shared/': SHARED,
  });
  const browser = await chromium.launch({ executablePath: await ensureChromium(say), args: BASE_FLAGS });
  const asset = (name) => `${site.url}/clean-plate/assets/${name}`;
  const assets = {
    wasm: asset('litert_wasm_compat_internal.wasm'),
    square: asset('selfie-square.tflite'),
    landscape: asset('selfie-landscape.tflite'),
  };
  const run = async (crossing, pictures) => {
    const file = path.join(OUT, `${slug(crossing.name)}.json`);
    const key = JSON.stringify(crossing);
    if (!pictures && existsSync(file) && statSync(file).mtimeMs > statSync(BUILT).mtimeMs) {
      const done = JSON.parse(readFileSync(file, 'utf8'));
      if (done.key === key) return done.seen;
    }
    const page = await browser.newPage();
    try {
      await page.goto(`${site.url}/page/${slug(PAGE)}/`);
      const answer = await page.evaluate(ask, { site: site.url, assets, crossing, pictures });
      if (answer.error) throw new Error(answer.error);
      if (pictures) return answer.pictures;
      writeFileSync(file, JSON.stringify({ key, seen: answer.seen }));
      return answer.seen;
    } finally {
      await page.close();
    }
  };
  const close = async () => {
    await browser.close();
    await site.close();
  };
  return Object.assign(run, { close });
}

/** In the page. */
function ask(question) {
  return new Promise((resolve, reject) => {
    const worker = new Worker('page.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(question);
  });
}

async function showShort(run, crossing, seen) {
  const short = seen.filter(
    ({ covered, kept, size }) => (size > 0.001 && covered < ENOUGH_COVERED) || kept < ENOUGH_KEPT,
  );
  for (const { frame, covered, head, kept, bystander, together } of short) {
    const figures = `covered ${covered.toFixed(2)} of ${bystander}, head ${head.toFixed(2)}, kept ${kept.toFixed(2)}`;
    say(`  ${String(frame).padStart(4)}${together ? '*' : ' '} ${figures}`);
  }
  if (!short.length) return;
  const wanted = short.map(({ frame }) => frame);
  const pictures = await run(crossing, wanted);
  wanted.forEach((frame, n) => {
    writeFileSync(path.join(OUT, `${slug(crossing.name)}-${frame}.jpg`), Buffer.from(pictures[n], 'base64'));
  });
}

const slug = (name) => name.replaceAll(/\W+/g, '-');
