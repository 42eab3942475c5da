/**
 * Measures what removal costs, beside the plain camera, the remover that removes nothing, and the background blur of
 * `@livekit/track-processors`, all on one fake camera and alternating in one Chromium a size:
 *
 *     npm run bench -- [--seconds N] [--repeat N] [--sizes 640x480,1280x720]
 *         [--variants camera,nothing,people,blur,blur-cpu,bystanders,classes,targets]
 *         [--clip FILE|scene] [--dist DIR] [--models DIR]
 *     npm run bench -- network [--frames N] [--past N] [--models FILE,FILE]
 *     npm run bench -- load [--repeat N]
 *
 * The second measures the network alone, on WASM: early and late in a call, with and without its memory, by size. The
 * third measures the time to the first clean frame, cold, warm and preloaded, and what the demo loads. One JSON line a
 * measurement on standard output; progress and the table of ratios on standard error.
 */
import os from 'node:os';
import { choices, existing, number, readCommand, runTool, sizes, text, UsageError } from './lib/command.mjs';
import { ensureBuild, ensurePackages, say } from './lib/setup.mjs';

const VARIANTS = ['camera', 'nothing', 'people', 'blur', 'blur-cpu'];

/**
 * Only where asked for: `targets` is a box round the middle of the picture;
 * `classes` looks for bottles with the models of `npx clean-plate fetch-models DIR` in `--models DIR`.
 */
const MORE = ['bystanders', 'classes', 'targets'];

const OPTIONS = {
  seconds: number('10', { above: 0 }),
  repeat: number('2', { min: 1, whole: true }),
  sizes: sizes('640x480,1280x720'),
  variants: choices([...VARIANTS, ...MORE], VARIANTS.join()),
  clip: text(),
  dist: existing(),
  models: existing(),
};

async function main() {
  const { seconds, repeat, sizes: all, variants, clip, dist, models } = readCommand(import.meta.url, OPTIONS).values;
  if (variants.includes('classes') && !models) throw new UsageError('--variants classes needs --models DIR.');
  ensurePackages();
  if (!dist) ensureBuild();
  const { defaultClip, makeCamera } = await import('./bench/camera.mjs');
  const { openStage } = await import('./bench/stage.mjs');
  const { measure } = await import('./bench/measure.mjs');
  const { table } = await import('./bench/table.mjs');
  const load = os.loadavg()[0].toFixed(1);
  say(`${os.availableParallelism()} cores, load before the run ${load}, ${seconds} s a measurement.`);
  const results = [];
  for (const size of all) {
    const camera = await makeCamera(size, clip ?? defaultClip());
    const stage = await openStage({ camera: camera.file, dist, models });
    try {
      for (let round = 1; round <= repeat; round++) {
        for (const variant of variants) {
          const name = `${size.width}x${size.height}`;
          say(`${name} ${variant}, round ${round} of ${repeat} …`);
          const result = { size: name, variant, round, ...(await measure(stage, { ...size, variant, seconds })) };
          console.log(JSON.stringify(result));
          results.push(result);
        }
      }
      const [stranger] = stage.strangers;
      if (stranger) throw new Error(`A page asked ${stranger} for something: the run was not self-hosted.`);
    } finally {
      await stage.close();
      camera.remove();
    }
  }
  say(`\n${table(results)}\n`);
}

const [what, ...rest] = process.argv.slice(2);
const OTHERS = {
  network: async () => (await import('./bench/network.mjs')).benchNetwork(rest),
  load: async () => (await import('./bench/load.mjs')).benchLoad(rest),
};
await runTool('bench', () => (OTHERS[what] ?? main)());
