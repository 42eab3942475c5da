/**
 * Measures what removal costs, beside the plain camera, the remover that removes nothing, and the background blur of
 * `@livekit/track-processors`, all on one fake camera and alternating in one Chromium a size:
 *
 *     npm run bench -- [--seconds N] [--repeat N] [--sizes 640x480,1280x720,1920x1080]
 *         [--variants camera,nothing,people,blur,blur-cpu,bystanders,classes,moving,targets]
 *         [--clip FILE|scene] [--dist DIR] [--pair DIR] [--models DIR]
 *     npm run bench -- network [--frames N] [--past N] [--models FILE,FILE]
 *     npm run bench -- load [--repeat N]
 *     npm run bench -- rest [--seconds N] [--repeat N] [--size 640x480] [--clip FILE|scene]
 *
 * `--pair DIR` measures another build of the package in turn with the first, and prints the ratios of the rounds with
 * their spread.
 *
 * The second measures the network alone, on WASM: early and late in a call, with and without its memory, by size. The
 * third measures the time to the first clean frame, cold, warm and preloaded, and what the demo loads. The last one
 * measures what completing the room and remembering it cost a call with somebody who stays in the chair. One JSON line
 * a measurement on standard output; progress and the table of ratios on standard error.
 */
import os from 'node:os';
import { choices, existing, number, readCommand, runTool, sizes, text, UsageError } from './lib/command.mjs';
import { ensureBuild, ensurePackages, say } from './lib/setup.mjs';

const VARIANTS = ['camera', 'nothing', 'people', 'blur', 'blur-cpu'];

/**
 * Only where asked for: `targets` is a box round the middle of the picture,
 * `moving` people with a camera held in the hand; `classes` looks for bottles with the models of
 * `npx clean-plate fetch-models DIR` in `--models DIR`.
 */
const MORE = ['bystanders', 'classes', 'moving', 'targets'];

/** What is the same whatever the build. */
const NOT_OURS = ['camera', 'blur', 'blur-cpu'];

const OPTIONS = {
  seconds: number('10', { above: 0 }),
  repeat: number('2', { min: 1, whole: true }),
  sizes: sizes('640x480,1280x720,1920x1080'),
  variants: choices([...VARIANTS, ...MORE], VARIANTS.join()),
  clip: text(),
  dist: existing(),
  pair: existing(),
  models: existing(),
};

async function main() {
  const { values } = readCommand(import.meta.url, OPTIONS);
  const { variants, models, dist, seconds } = values;
  if (variants.includes('classes') && !models) throw new UsageError('--variants classes needs --models DIR.');
  ensurePackages();
  if (!dist) ensureBuild();
  const { pairTable, table, threadTable } = await import('./bench/table.mjs');
  const load = os.loadavg()[0].toFixed(1);
  say(`${os.availableParallelism()} cores, load before the run ${load}, ${seconds} s a measurement.`);
  const results = [];
  for (const size of values.sizes) {
    // The moving camera is another one, and so another Chromium.
    for (const moving of [false, true]) {
      const those = variants.filter((variant) => (variant === 'moving') === moving);
      if (those.length) results.push(...(await measureAll(size, those, moving, values)));
    }
  }
  say(`\n${table(results)}\n`);
  if (values.pair) say(`${pairTable(results)}\n`);
  if (results.some(({ threads }) => Object.keys(threads).length)) say(`${threadTable(results)}\n`);
}

/** Variants at one size with one camera, alternating. */
async function measureAll(size, variants, moving, { seconds, repeat, clip, dist, pair, models }) {
  const { defaultClip, makeCamera } = await import('./bench/camera.mjs');
  const { openStage } = await import('./bench/stage.mjs');
  const { measure } = await import('./bench/measure.mjs');
  const camera = await makeCamera(size, clip ?? defaultClip(), { moving });
  const stage = await openStage({ camera: camera.file, dist, pair, models });
  const results = [];
  try {
    for (let round = 1; round <= repeat; round++) {
      for (const { variant, build } of turns(variants, pair, round)) {
        const name = `${size.width}x${size.height}`;
        say(`${name} ${variant}${build === 'pair' ? ' of the pair' : ''}, round ${round} of ${repeat} …`);
        const seen = await measure(stage, { ...size, variant, build, seconds });
        const result = { size: name, variant, ...(pair && build ? { build } : {}), round, ...seen };
        console.log(JSON.stringify(result));
        results.push(result);
      }
    }
    const [stranger] = stage.strangers;
    if (stranger) throw new Error(`A page asked ${stranger} for something: the run was not self-hosted.`);
    return results;
  } finally {
    await stage.close();
    camera.remove();
  }
}

/** What is measured in a round: both builds of a pair one after the other, each first in every second round. */
function turns(variants, pair, round) {
  const builds = round % 2 ? ['clean-plate', 'pair'] : ['pair', 'clean-plate'];
  return variants.flatMap((variant) =>
    pair && !NOT_OURS.includes(variant) ? builds.map((build) => ({ variant, build })) : [{ variant }],
  );
}

const [what, ...rest] = process.argv.slice(2);
const OTHERS = {
  network: async () => (await import('./bench/network.mjs')).benchNetwork(rest),
  load: async () => (await import('./bench/load.mjs')).benchLoad(rest),
  rest: async () => (await import('./bench/rest.mjs')).benchRest(rest),
};
await runTool('bench', () => (OTHERS[what] ?? main)());
