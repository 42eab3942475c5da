import { number, readCommand, sizes, text } from '../lib/command.mjs';
import { countingWorker } from '../lib/counting-worker.mjs';
import { ensureBuild, ensurePackages, say } from '../lib/setup.mjs';
import { defaultClip, makeCamera } from './camera.mjs';
import { processes } from './processes.mjs';
import { openStage } from './stage.mjs';
import { markdown, mean } from './table.mjs';

/** What a call starts with is over by then: models, the first completion, the room recognised; seconds. */
const SETTLED = 20;
/** A call has remembered its room by then, also on a slow machine, seconds. */
const ROOM_SECONDS = 60;

/** One after the other, all in one Chromium; the first is what the others are compared with. */
const CALLS = {
  off: { network: 'off', memory: 'none' },
  completed: { network: 'auto', memory: 'none' },
  remembered: { network: 'auto', memory: 'call' },
};

const PAGE = { script: 'tools/bench/rest-page.ts', name: 'rest' };

/** Counts what the worker of completions is asked for; it is made by the remover's own worker. */
const COUNTING = `
  const channel = new BroadcastChannel('asked');
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    channel.postMessage(String(message?.type));
    return postMessage.call(this, message, ...rest);
  };
`;

/**
 * What completing the room, and remembering it from an earlier call, cost a call at rest:
 *
 *     npm run bench -- rest [--seconds N] [--repeat N] [--size 640x480] [--clip FILE|scene]
 *
 * Figures are of the second 20 of the call and on, but for the first clean frame and what comes with it. The room that
 * is remembered is that of a call before.
 */
export async function benchRest(args) {
  const options = {
    seconds: number('60', { above: SETTLED }),
    repeat: number('2', { min: 1, whole: true }),
    size: sizes('640x480'),
    clip: text(),
  };
  const { seconds, repeat, size, clip } = readCommand(import.meta.url, options, { args }).values;
  ensurePackages();
  ensureBuild();
  const results = [];
  for (const each of size) {
    const camera = await makeCamera(each, clip ?? defaultClip());
    const stage = await openStage({ camera: camera.file, page: PAGE, scripts: countingWorker(COUNTING) });
    try {
      const room = await visit(stage, each);
      for (let round = 1; round <= repeat; round++) {
        const names = Object.keys(CALLS);
        for (const name of round % 2 ? names : names.reverse()) {
          say(`${each.width}x${each.height} ${name}, round ${round} of ${repeat} …`);
          const seen = await call(stage, name, each, seconds, name === 'remembered' ? room : undefined);
          const result = { size: `${each.width}x${each.height}`, call: name, round, ...seen };
          console.log(JSON.stringify(result));
          results.push(result);
        }
      }
    } finally {
      await stage.close();
      camera.remove();
    }
  }
  say(`\n${restTable(results)}\n`);
}

/** The room as a call remembers it. This one has the browser's caches to fill, so it counts for nothing else. */
async function visit(stage, { width, height }) {
  const page = await stage.newPage();
  try {
    await page.evaluate((each) => window.rest.open(...each), [CALLS.remembered, width, height]);
    for (let tries = 0; tries < ROOM_SECONDS; tries++) {
      const room = await page.evaluate(() => window.rest.room());
      if (room) return room;
      await sleep(1);
    }
    throw new Error(`Nothing was remembered of the room in ${ROOM_SECONDS} s.`);
  } finally {
    await page.context().close();
  }
}

async function call(stage, name, { width, height }, seconds, room) {
  const page = await stage.newPage();
  try {
    const { cleanMs } = await page.evaluate((each) => window.rest.open(...each), [CALLS[name], width, height, room]);
    await page.evaluate(() => void window.rest.figures());
    await sleep(SETTLED);
    const start = await processes(stage.session);
    const early = await page.evaluate(() => window.rest.figures());
    await sleep(seconds - SETTLED);
    const late = await page.evaluate(() => window.rest.figures());
    const end = await processes(stage.session);
    const shown = await page.evaluate(() => window.rest.shown());
    await page.evaluate(() => window.rest.stop());
    return {
      cleanMs: Math.round(cleanMs),
      fps: late.frames / late.seconds,
      cpuMsAFrame: ((end.cpuSeconds - start.cpuSeconds) / late.frames) * 1000,
      runs: runs(early) + runs(late),
      lateRuns: runs(late),
      shown,
    };
  } finally {
    await page.context().close();
  }
}

/** Completions, with their guide, and searches for the remembered room. */
const runs = ({ asked }) => (asked.complete ?? 0) + (asked.recall ?? 0);

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds) * 1000));

const COLUMNS = [
  ['size', ({ size }) => size],
  ['call', ({ name }) => name],
  ['fps', ({ fps }) => mean(fps).toFixed(1)],
  ['fps / off', ({ fps }, off) => ratios(fps, off.fps)],
  ['CPU a frame', ({ cpu }) => `${mean(cpu).toFixed(0)} ms`],
  ['CPU / off', ({ cpu }, off) => ratios(cpu, off.cpu)],
  ['first clean frame - off', ({ clean }, off) => `${(mean(clean) - mean(off.clean)).toFixed(0)} ms`],
  ['first clean frame / off', ({ clean }, off) => ratios(clean, off.clean)],
  ['runs', ({ runs }) => runs.join(', ')],
  ['completed after', ({ completed }) => seconds(completed)],
  ['remembered after', ({ remembered }) => seconds(remembered)],
];

const seconds = (times) => times.map((ms) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`)).join(', ');

/** The mean of the ratios of the rounds, and their spread. */
function ratios(ours, off) {
  const each = ours.map((value, i) => value / off[i]);
  return `${mean(each).toFixed(2)} (${Math.min(...each).toFixed(2)} to ${Math.max(...each).toFixed(2)})`;
}

function restTable(results) {
  const sizesSeen = [...new Set(results.map(({ size }) => size))];
  const body = sizesSeen.flatMap((size) => {
    const rows = Object.keys(CALLS).map((name) => {
      const rounds = results.filter((each) => each.size === size && each.call === name);
      rounds.sort((a, b) => a.round - b.round);
      const of = (pick) => rounds.map(pick);
      return {
        size,
        name,
        fps: of(({ fps }) => fps),
        cpu: of(({ cpuMsAFrame }) => cpuMsAFrame),
        clean: of(({ cleanMs }) => cleanMs),
        runs: of(({ runs }) => runs),
        completed: of(({ shown }) => shown.completed),
        remembered: of(({ shown }) => shown.remembered),
      };
    });
    return rows.map((row) => COLUMNS.map(([, cell]) => cell(row, rows[0])));
  });
  return markdown([COLUMNS.map(([name]) => name), ...body]);
}
