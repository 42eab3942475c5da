import { readdirSync, readFileSync } from 'node:fs';

/**
 * What the browser's processes have used so far.
 * @param {import('@playwright/test').CDPSession} session of the browser, not of a page
 * @returns {Promise<{ cpuSeconds: number, rendererMb: number | null, gpuMb: number | null, allMb: number | null,
 *   threads: Thread[] }>}
 *   CPU seconds of all processes and their threads; resident memory in MiB of the renderer that worked most, of the
 *   GPU's process and of all together (pages that they share counted each time), `null` where there is no /proc to read
 *   it from. `threads`: what each thread has used, where there is a /proc.
 */
export async function processes(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const cpuSeconds = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  const [renderer] = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime);
  const gpu = processInfo.find(({ type }) => type === 'GPU');
  const resident = processInfo.map(({ id }) => residentMb(id));
  return {
    cpuSeconds,
    rendererMb: renderer ? residentMb(renderer.id) : null,
    gpuMb: gpu ? residentMb(gpu.id) : null,
    allMb: resident.includes(null) ? null : resident.reduce((sum, each) => sum + each, 0),
    threads: processInfo.flatMap(({ type, id }) => threadsOf(type, id)),
  };
}

/** Clock ticks a second of the kernel's times: USER_HZ, the same on all of today's Linux. */
const TICKS = 100;
/** Threads that took less than this share of a core are not listed. */
const MIN_SHARE = 0.005;

/**
 * @typedef {{ id: string, name: string, cpuSeconds: number }} Thread `name` is the process's type and the thread's own
 */

/** @returns {Thread[]} */
function threadsOf(type, pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).map((tid) => {
      const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
      // The name stands in brackets and may hold some itself.
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[11]) + Number(fields[12]);
      return { id: `${pid}/${tid}`, name: `${type} ${name}`, cpuSeconds: ticks / TICKS };
    });
  } catch {
    return []; // no /proc, or a thread that ended meanwhile
  }
}

/**
 * CPU seconds a second by thread, the busiest first. Threads of one name count together; workers, of which each has a
 * business of its own, one by one.
 *
 * @param {Thread[]} start
 * @param {Thread[]} end
 */
export function threadsBetween(start, end, seconds) {
  const before = new Map(start.map(({ id, cpuSeconds }) => [id, cpuSeconds]));
  const used = new Map();
  const each = end
    .map(({ id, name, cpuSeconds }) => ({ name, share: (cpuSeconds - (before.get(id) ?? 0)) / seconds }))
    .sort((a, b) => b.share - a.share);
  let workers = 0;
  for (const { name, share } of each) {
    const own = name.includes('DedicatedWorker') ? `${name} ${++workers}` : name;
    used.set(own, (used.get(own) ?? 0) + share);
  }
  const busy = [...used].filter(([, share]) => share >= MIN_SHARE).sort(([, a], [, b]) => b - a);
  return Object.fromEntries(busy.map(([name, share]) => [name, Number(share.toFixed(3))]));
}

function residentMb(pid) {
  try {
    const [, kb] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m) ?? [];
    return kb ? Number(kb) / 1024 : null;
  } catch {
    return null;
  }
}
