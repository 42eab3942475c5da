import { processes, threadsBetween } from './processes.mjs';

/** Models and shaders are loaded and warm by then, the empty parts of the room learnt, seconds. */
const WARM_UP = 3;

/** Runs one variant for a while on a page of its own and gives its figures. */
export async function measure(stage, { variant, build = 'clean-plate', width, height, seconds }) {
  const page = await stage.newPage();
  try {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    await page.evaluate((each) => window.bench.open(...each), [variant, width, height, build]);
    await sleep(WARM_UP);
    const start = { ...(await processes(stage.session)), ...(await mainThread(cdp)) };
    await page.evaluate(() => window.bench.begin());
    await sleep(seconds);
    const seen = await page.evaluate(() => window.bench.end());
    const end = { ...(await processes(stage.session)), ...(await mainThread(cdp)) };
    await page.evaluate(() => window.bench.stop());
    if (!seen.frames) throw new Error(`${variant} at ${width}x${height}: not one frame came out in ${seconds} s.`);
    const round = (value, digits) => (value === null ? null : Number(value.toFixed(digits)));
    return {
      seconds: round(seen.seconds, 2),
      fps: round(seen.frames / seen.seconds, 2),
      frames: seen.frames,
      distinct: seen.distinct,
      latencyMs: { p50: round(percentile(seen.latencies, 0.5), 1), p95: round(percentile(seen.latencies, 0.95), 1) },
      mainBusy: round((end.taskSeconds - start.taskSeconds) / (end.at - start.at), 4),
      longTasks: { count: seen.longTasks.length, longestMs: Math.max(0, ...seen.longTasks) },
      cpuPerSecond: round((end.cpuSeconds - start.cpuSeconds) / seen.seconds, 3),
      threads: threadsBetween(start.threads, end.threads, seen.seconds),
      memoryMb: {
        renderer: { start: round(start.rendererMb, 1), end: round(end.rendererMb, 1) },
        all: { start: round(start.allMb, 1), end: round(end.allMb, 1) },
        pageHeap: { start: round(start.heapMb, 2), end: round(end.heapMb, 2) },
      },
      timecodes: { read: seen.read, agreed: seen.agreed },
      about: seen.about,
    };
  } finally {
    await page.context().close();
  }
}

async function mainThread(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const value = (name) => metrics.find((each) => each.name === name)?.value ?? 0;
  return { at: value('Timestamp'), taskSeconds: value('TaskDuration'), heapMb: value('JSHeapUsedSize') / 2 ** 20 };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
