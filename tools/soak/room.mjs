import path from 'node:path';
import { chromium } from '@playwright/test';
import { processes } from '../bench/processes.mjs';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { countingWorker } from '../lib/counting-worker.mjs';
import { cuttable } from '../lib/cuttable.mjs';
import { ensureLivekit, startLivekit } from '../lib/livekit.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ROOT, say } from '../lib/setup.mjs';
import { openSessions } from './sessions.mjs';
import { countWarnings } from './warnings.mjs';

const ROOM_PAGE = 'test/e2e/page/room.ts';
const CAMERA = 'test/e2e/page/camera-worker.ts';
const TOGGLE_SECONDS = 10;

/** One a minute, in turn. */
const FAULTS = {
  nothing: async () => {},
  mute: ({ sender }) =>
    sender.evaluate(async () => {
      await window.kept.track.mute();
      await window.roomLab.wait(2000);
      await window.kept.track.unmute();
    }),
  camera: ({ sender }) =>
    sender.evaluate(async () => {
      window.roomLab.next.at = window.roomLab.next.at === 14 ? 19 : 14;
      await window.kept.track.restartTrack({ deviceId: `camera at ${window.roomLab.next.at}` });
    }),
  'worker killed': ({ sender }) => sender.evaluate(() => window.kept.workers.at(-1)?.terminate()),
  resolution: ({ sender }) =>
    sender.evaluate(async () => {
      const camera = window.roomLab.cameras.at(-1);
      for (const [width, height] of [
        [640, 480],
        [320, 240],
        [480, 360],
      ]) {
        camera?.resize(width, height);
        await window.roomLab.wait(2000);
      }
    }),
  republished: ({ sender }) =>
    sender.evaluate(async () => {
      await window.kept.room.localParticipant.unpublishTrack(window.kept.track, false);
      await window.roomLab.publish();
    }),
  'signal cut': ({ line }) => line.cut(2000),
  'page busy': ({ sender }) => sender.evaluate(() => window.roomLab.keepBusy(5000, 400)),
  'GPU process crashed': ({ crashGpuProcess }) => crashGpuProcess(),
};
/** Those after which the picture starts anew, and starts are covered. */
const STARTS = new Set(['mute', 'camera', 'republished', 'signal cut']);
/** Until the cover of such a start is over at the far end. */
const START_MS = 5000;

/** Enough to tell their growth from the noise of the resident memory, some 10 MiB. */
const REPUBLICATIONS = 8;

/** Counts the GPU buffers that a worker has and has not destroyed; without WebGPU there are none. */
const COUNTING = `
  let live = 0;
  if (self.GPUDevice) {
    const { createBuffer } = GPUDevice.prototype;
    const { destroy } = GPUBuffer.prototype;
    const open = new WeakSet();
    GPUDevice.prototype.createBuffer = function (...args) {
      const buffer = createBuffer.apply(this, args);
      open.add(buffer);
      live++;
      return buffer;
    };
    GPUBuffer.prototype.destroy = function () {
      if (open.delete(this)) live--;
      destroy.call(this);
    };
  }
  const channel = new BroadcastChannel('gpu-buffers');
  channel.onmessage = ({ data }) => { if (data === 'how many') channel.postMessage(live); };
`;

function countGpuBuffers() {
  const channel = new BroadcastChannel('gpu-buffers');
  let sum = 0;
  channel.onmessage = ({ data }) => {
    sum += data;
  };
  channel.postMessage('how many');
  return new Promise((resolve) =>
    setTimeout(() => {
      channel.close();
      resolve(sum);
    }, 500),
  );
}

async function openRoom() {
  const livekit = await startLivekit(ensureLivekit(say));
  const line = await cuttable(Number(new URL(livekit.url).port));
  await Promise.all([pageBundle(ROOM_PAGE), pageBundle(CAMERA)]);
  const site = await serve(
    { '/page/': path.join(ROOT, '.cache/pages'), '/clean-plate/': path.join(ROOT, 'dist') },
    { scripts: countingWorker(COUNTING) },
  );
  const browser = await chromium.launch({ executablePath: await ensureChromium(say), args: BASE_FLAGS });
  const context = await browser.newContext();
  const join = async (identity, url, open = async () => {}) => {
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => say(`  uncaught at ${identity}: ${message}`));
    const opened = await open(page);
    await page.goto(`${site.url}/page/${ROOM_PAGE.replaceAll(/[^\w]+/g, '-')}/`);
    await page.waitForFunction(() => 'roomLab' in window);
    const token = await livekit.token(identity, 'soak', { ttl: '10h' });
    await page.evaluate(([url, token]) => window.roomLab.join(url, token), [url, token]);
    return [page, opened];
  };
  const [receiver] = await join('receiver', livekit.url);
  const [sender, { sessions, warnings }] = await join('sender', `ws://127.0.0.1:${line.port}`, async (page) => {
    const cdp = await page.context().newCDPSession(page);
    return { sessions: await openSessions(cdp), warnings: await countWarnings(cdp) };
  });
  return {
    sender,
    receiver,
    line,
    sessions,
    warnings,
    readProcesses: async () => processes(await browser.newBrowserCDPSession()),
    async crashGpuProcess() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.crashGpuProcess').catch(() => {}); // the answer may be lost with it
      await session.detach().catch(() => {});
    },
    async close() {
      await browser.close();
      await site.close();
      await line.close();
      await livekit.stop();
    },
  };
}

/**
 * What the browser itself keeps of each publication that ended, in MiB of the renderer's resident memory: measured with
 * no remover anywhere.
 */
async function republicationMb() {
  const room = await openRoom();
  const { sender, sessions, readProcesses } = room;
  const resident = async () => {
    await sender.evaluate(() => window.roomLab.wait(3000));
    await sessions.collectGarbage();
    return (await readProcesses()).rendererMb;
  };
  try {
    await sender.evaluate(async () => {
      window.kept.track = await window.roomLab.createLocalVideoTrack();
      await window.roomLab.publish();
    });
    await FAULTS.republished(room);
    const before = await resident();
    for (let i = 0; i < REPUBLICATIONS; i++) {
      await FAULTS.republished(room);
      await sender.evaluate(() => window.roomLab.wait(3000));
    }
    return Math.max(0, (await resident()) - before) / REPUBLICATIONS;
  } finally {
    await room.close();
  }
}

/**
 * A call of `minutes`, switched off and on every 10 s, with a fault a minute: prints a line of figures a minute.
 * `excusedMb`: what that minute may add to the renderer's memory without the remover's doing.
 * @returns {Promise<{ minutes: Record<string, unknown>[], warnings: number }>}
 */
export async function soakRoom(minutes) {
  const republication = await republicationMb();
  say(`A raw track that is published again costs the renderer ${republication.toFixed(1)} MiB each time.`);
  const room = await openRoom();
  const { sender, receiver, sessions, warnings, readProcesses } = room;
  const lines = [];
  /** Spans in which removal was off, of the last minute too: a frame of its end may arrive in this one. */
  let spans = [];
  let kills = 0;
  /** A killed worker takes the frame with it that it had. */
  const left = () => Math.max(0, warnings.count() - kills);
  try {
    await sender.evaluate(async () => {
      const { next, start } = window.roomLab;
      // The pictures of the other camera are drawn now, since memory is compared to the first minute's.
      next.at = 19;
      const other = await navigator.mediaDevices.getUserMedia({ video: true });
      for (const track of other.getTracks()) track.stop();
      next.at = 14;
      await start({ script: '/counting-worker.js' });
    });
    await receiver.evaluate(() => window.kept.watcher.until('a clean frame', ({ covered }) => !covered, 60_000));
    const names = Object.keys(FAULTS);
    for (let minute = 1; minute <= minutes; minute++) {
      const fault = names[(minute - 1) % names.length];
      if (fault === 'worker killed') kills++;
      const started = Date.now();
      const excused = [];
      for (let i = 0; i < 60 / TOGGLE_SECONDS; i++) {
        // While workers are being replaced an update may fail because the worker was lost; the next one works.
        await sender.evaluate((off) => (off ? window.roomLab.off() : window.roomLab.on()), i % 2 === 1);
        if (i === 2) {
          const from = Date.now();
          await FAULTS[fault](room);
          if (STARTS.has(fault)) excused.push([from, Date.now() + START_MS]);
        }
        await new Promise((resolve) => setTimeout(resolve, started + (i + 1) * TOGGLE_SECONDS * 1000 - Date.now()));
      }
      await sender.evaluate(() => window.roomLab.on());
      const { raw, running, reported, state } = await sender.evaluate(() => ({
        raw: window.kept.raw.splice(0),
        running: window.kept.running,
        reported: window.kept.reported.splice(0),
        state: window.kept.processor.state,
      }));
      const seconds = (Date.now() - started) / 1000;
      const allowed = [...spans, ...raw];
      spans = raw;
      const { frames, leaks, covered, flashes } = await receiver.evaluate(
        (each) => window.roomLab.figures(...each),
        [allowed, excused, running],
      );
      await sessions.collectGarbage();
      const { rendererMb, gpuMb } = await readProcesses();
      lines.push({
        minute,
        fault,
        excusedMb: fault === 'republished' ? republication : 0,
        frames,
        leaks,
        covered,
        flashes,
        fps: frames / seconds,
        state,
        errors: reported.filter((each) => /-(lost|failed)|asset|closed/.test(each)).join(' '),
        pageHeap: await sessions.heapMb('page'),
        workerHeap: await sessions.heapMb('worker.js'),
        renderer: rendererMb,
        gpu: gpuMb,
        gpuBuffers: await sender.evaluate(countGpuBuffers),
        warnings: left(),
      });
      console.log(
        JSON.stringify(lines.at(-1), (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value)),
      );
    }
    return { minutes: lines, warnings: left() };
  } finally {
    await room.close();
  }
}
