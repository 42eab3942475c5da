/**
 * Lets the remover run for a while on a fake camera, switched on and off every 10 s, and watches what it holds:
 *
 *     npm run soak -- [--minutes N] [--size 640x480] [--clip FILE|scene] [--dist DIR]
 *
 * With `--room` in a call: two pages and a real LiveKit server, a fault a minute (see soak/room.mjs), every frame that
 * the far end decodes looked at:
 *
 *     npm run soak -- --room [--minutes N]
 *
 * What the browser keeps by itself of each track that was published again is measured first, without a remover, and not
 * counted.
 *
 * One JSON line a minute on standard output. Exit 1 when anything leaked, when a `VideoFrame` was left to the garbage
 * collector, when frames stop, or when memory grows after the first minute by more than LIMITS; 2 when it could not be
 * run.
 */
import { existing, flag, number, readCommand, runTool, size, text } from './lib/command.mjs';
import { ensureBuild, ensurePackages, say } from './lib/setup.mjs';

/**
 * MiB that memory may grow by from the end of the first minute to the end of the run: what allocators and the engine's
 * own caches move by. One 640x480 frame kept every second would be 26 MiB a minute.
 */
const LIMITS = { pageHeap: 2, workerHeap: 4, renderer: 32, gpu: 32 };
const TOGGLE_SECONDS = 10;

/** The first minute is what the others are compared to. */
const OPTIONS = {
  minutes: number('5', { min: 2, whole: true }),
  size: size('640x480'),
  clip: text(),
  dist: existing(),
  room: flag(),
};

/** Runs one minute with the switching and gives its figures. */
async function minuteOf(page, sessions, readProcesses) {
  await page.evaluate(() => window.bench.begin());
  for (let i = 0; i < 60 / TOGGLE_SECONDS; i++) {
    await page.evaluate((remove) => window.bench.update(remove), i % 2 ? 'nothing' : 'people');
    await new Promise((resolve) => setTimeout(resolve, TOGGLE_SECONDS * 1000));
  }
  const { frames, seconds, about } = await page.evaluate(() => window.bench.end());
  await sessions.collectGarbage();
  const { rendererMb, gpuMb } = await readProcesses();
  return {
    frames,
    fps: frames / seconds,
    state: about.state,
    pageHeap: await sessions.heapMb('page'),
    workerHeap: await sessions.heapMb('clean-plate/worker.js'),
    renderer: rendererMb,
    gpu: gpuMb,
  };
}

/** What went wrong, in words. */
function complaints(minutes, warnings) {
  const [first, ...later] = minutes;
  const last = later.at(-1);
  const excused = later.reduce((sum, { excusedMb = 0 }) => sum + excusedMb, 0);
  const limits = { ...LIMITS, renderer: LIMITS.renderer + excused };
  const grown = Object.entries(limits)
    .filter(([name, limit]) => last[name] - first[name] > limit)
    .map(([name, limit]) => `${name} grew by ${(last[name] - first[name]).toFixed(1)} MiB (limit ${limit.toFixed(1)})`);
  return [
    ...(warnings ? [`${warnings} warnings of frames that were not closed`] : []),
    ...(minutes.some(({ frames }) => !frames) ? ['frames stopped'] : []),
    ...(minutes.some(({ leaks }) => leaks) ? ['frames leaked'] : []),
    ...(minutes.some(({ flashes }) => flashes) ? ['covers flashed'] : []),
    ...grown,
  ];
}

function conclude(minutes, wrong) {
  if (!wrong.length) say(`soak: ${minutes} minutes, no frame left open, memory flat after the first minute.`);
  else {
    say(`soak: failed: ${wrong.join('; ')}.`);
    process.exitCode = 1;
  }
}

async function main() {
  const { minutes, size: picture, clip, dist, room } = readCommand(import.meta.url, OPTIONS).values;
  const { width, height } = picture;
  ensurePackages();
  if (!dist) ensureBuild();
  if (room) {
    const { soakRoom } = await import('./soak/room.mjs');
    const { minutes: figures, warnings } = await soakRoom(minutes);
    conclude(minutes, complaints(figures, warnings));
    return;
  }
  const { defaultClip, makeCamera } = await import('./bench/camera.mjs');
  const { openStage } = await import('./bench/stage.mjs');
  const { processes } = await import('./bench/processes.mjs');
  const { openSessions } = await import('./soak/sessions.mjs');
  const { countWarnings, rehearse, WARNING_DELAY } = await import('./soak/warnings.mjs');
  const camera = await makeCamera({ width, height }, clip ?? defaultClip());
  const stage = await openStage({ camera: camera.file, dist });
  try {
    const page = await stage.newPage();
    const cdp = await page.context().newCDPSession(page);
    const sessions = await openSessions(cdp);
    const warnings = await countWarnings(cdp);
    say('Dropping a frame on the page and one in a worker, to see that it would be reported …');
    await rehearse(page, sessions, warnings);
    const rehearsed = warnings.count();
    await page.evaluate(([w, h]) => window.bench.open('people', w, h), [width, height]);
    const figures = [];
    for (let minute = 1; minute <= minutes; minute++) {
      figures.push(await minuteOf(page, sessions, () => processes(stage.session)));
      const line = { minute, ...figures.at(-1), warnings: warnings.count() - rehearsed };
      console.log(JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value)));
    }
    await new Promise((resolve) => setTimeout(resolve, WARNING_DELAY * 1000));
    conclude(minutes, complaints(figures, warnings.count() - rehearsed));
  } finally {
    await stage.close();
    camera.remove();
  }
}

await runTool('soak', main);
