import { readFileSync } from 'node:fs';

/**
 * What the browser's processes have used so far.
 * @param {import('@playwright/test').CDPSession} session of the browser, not of a page
 * @returns {Promise<{ cpuSeconds: number, rendererMb: number | null, gpuMb: number | null, allMb: number | null }>}
 *   CPU seconds of all processes and their threads; resident memory in MiB of the renderer that worked most, of the
 *   GPU's process and of all together (pages that they share counted each time), `null` where there is no /proc to read
 *   it from.
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
  };
}

function residentMb(pid) {
  try {
    const [, kb] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m) ?? [];
    return kb ? Number(kb) / 1024 : null;
  } catch {
    return null;
  }
}
