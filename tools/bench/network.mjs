import { readdirSync } from 'node:fs';
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { number, readCommand, text } from '../lib/command.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from '../lib/setup.mjs';
import { percentile } from './measure.mjs';

const WEIGHTS = path.join(ROOT, 'weights');
/** Frames of the call that are looked at. */
const MARKS = [10, 100, 1000];
const ROUNDS = 3;

/**
 * What a frame of the network costs on WASM, one thread: early and late in a call, with its memory and with its past
 * painted again, and by size:
 *
 *     npm run bench -- network [--frames N] [--past N] [--models FILE,FILE]
 */
export async function benchNetwork(args) {
  const count = (fallback) => number(fallback, { min: 1, whole: true });
  const options = { frames: count('100'), past: count('8'), models: text() };
  const { values } = readCommand(import.meta.url, options, { args });
  const { frames, past } = values;
  ensurePackages();
  ensureBuild();
  const models = values.models?.split(',') ?? readdirSync(WEIGHTS).filter((name) => name.endsWith('.fp16.onnx'));
  const { chromium } = await import('@playwright/test');
  const results = [];
  for (const model of models) {
    const file = values.models ? path.resolve(model) : path.join(WEIGHTS, model);
    const [, width, height] = path.basename(file).match(/(\d+)x(\d+)/) ?? [];
    if (!width) throw new Error(`--models ${model}: its size is to be in its name, such as 384x288.`);
    say(`${path.basename(file)}, ${frames} frames …`);
    const job = { model: `/models/${path.basename(file)}`, width: Number(width), height: Number(height) };
    const times = await inBrowser(chromium, path.dirname(file), { ...job, frames, past, rounds: ROUNDS });
    const median = (list) => Number(percentile(list, 0.5).toFixed(1));
    const pixels = job.width * job.height;
    const marks = MARKS.filter((mark) => mark <= frames);
    const result = {
      model: path.basename(file),
      pixels,
      // The ten frames up to each mark.
      msAtFrame: Object.fromEntries(marks.map((mark) => [mark, median(times.frames.slice(mark - 10, mark))])),
      ms: median(times.frames),
      usPerPixel: Number(((median(times.frames) * 1000) / pixels).toFixed(2)),
      past,
      msRemembered: median(times.remembered),
      msRecomputed: median(times.recomputed),
      ratio: Number((median(times.recomputed) / median(times.remembered)).toFixed(1)),
    };
    console.log(JSON.stringify(result));
    results.push(result);
  }
  say(`\n${table(results)}\n`);
}

async function inBrowser(chromium, folder, job) {
  const server = await serve({
    '/': await pageBundle('tools/bench/network-page.ts'),
    '/clean-plate/': path.join(ROOT, 'dist'),
    '/models/': folder,
  });
  const browser = await chromium.launch({ executablePath: await ensureChromium(say), args: BASE_FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    return await page.evaluate(async (each) => (await import('/page.js')).measure(each), {
      ...job,
      assets: '/clean-plate/assets/',
    });
  } finally {
    await browser.close();
    await server.close();
  }
}

function table(results) {
  const marks = Object.keys(results[0].msAtFrame);
  const head = [
    'network',
    ...marks.map((mark) => `at frame ${mark}`),
    'µs a pixel',
    'remembered',
    'recomputed',
    'ratio',
  ];
  const rows = results.map((each) => [
    each.model,
    ...marks.map((mark) => `${each.msAtFrame[mark]} ms`),
    each.usPerPixel,
    `${each.msRemembered} ms`,
    `${each.msRecomputed} ms (${each.past} frames of past)`,
    each.ratio,
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
