/**
 * Whether the fill drifts: 1,000 frames of a room that does not change, with somebody before it who stands still, then
 * one who sways, every frame painted by the network on WASM. The fill of later frames is held against that of frame 30.
 *
 *     npm run drift [-- --marks 30,100,1000] [--model weights/inpaint-384x288.fp16.onnx]
 *
 * One JSON line for each; about a quarter of an hour each on one slow core. Exits with 1 where a fill is more than 2
 * levels off.
 */
import path from 'node:path';
import { BASE_FLAGS, ensureChromium } from './lib/chromium.mjs';
import { existing, readCommand, runTool, text, UsageError } from './lib/command.mjs';
import { pageBundle } from './lib/pages.mjs';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, ROOT, say } from './lib/setup.mjs';

/** Levels, on average. */
const MOST = 2;

function readArguments() {
  const model = existing(path.join(ROOT, 'weights/inpaint-384x288.fp16.onnx'));
  const { values } = readCommand(import.meta.url, { marks: text('30,100,1000'), model });
  const { marks: list, model: file } = values;
  const marks = list.split(',').map(Number);
  if (!marks.every((mark, i) => Number.isInteger(mark) && mark > (marks[i - 1] ?? 0))) {
    throw new UsageError(`--marks ${list}: frames, ascending, such as 30,100,1000.`);
  }
  const [, width, height] = path.basename(file).match(/(\d+)x(\d+)/) ?? [];
  if (!width) throw new UsageError(`--model ${file}: its size is to be in its name, such as 384x288.`);
  return { marks, file: path.resolve(file), width: Number(width), height: Number(height) };
}

async function main() {
  const { marks, file, width, height } = readArguments();
  ensurePackages();
  ensureBuild();
  const executablePath = await ensureChromium(say);
  const { chromium } = await import('@playwright/test');
  const server = await serve({
    '/': await pageBundle('tools/drift/page.ts'),
    '/clean-plate/': path.join(ROOT, 'dist'),
    '/models/': path.dirname(file),
  });
  const browser = await chromium.launch({ executablePath, args: BASE_FLAGS });
  let drifted = false;
  try {
    for (const sways of [false, true]) {
      const page = await browser.newPage();
      await page.exposeFunction('report', (frame) => frame % 50 === 0 && say(`  frame ${frame} of ${marks.at(-1)} …`));
      await page.goto(server.url);
      const model = `/models/${path.basename(file)}`;
      const results = await page.evaluate(async (job) => (await import('/page.js')).drift(job, window.report), {
        assets: '/clean-plate/assets/',
        model,
        width,
        height,
        sways,
        marks,
      });
      await page.close();
      console.log(
        JSON.stringify({ person: sways ? 'sways' : 'stands still', model: path.basename(file), marks: results }),
      );
      drifted ||= results.some(({ apart }) => apart > MOST);
    }
  } finally {
    await browser.close();
    await server.close();
  }
  if (drifted) {
    say(`The fill drifts by more than ${MOST} levels.`);
    process.exitCode = 1;
  }
}

await runTool('drift', main);
