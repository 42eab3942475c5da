import type { BrowserContext, Page } from '@playwright/test';
import { ensureLivekit, startLivekit } from '../../tools/lib/livekit.mjs';
import { say } from '../../tools/lib/setup.mjs';
import { test as base, expect, type Site } from '../fixtures.ts';

interface Peers {
  readonly sender: Page;
  readonly receiver: Page;
}

/** Two pages in one room of a real server; the sender has the marked source and a processor ready, not published. */
const test = base.extend<{ peers: Peers }, { livekit: Awaited<ReturnType<typeof startLivekit>> }>({
  livekit: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright finds out by the pattern what a fixture needs.
    async ({}, use) => {
      const server = await startLivekit(ensureLivekit(say));
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 900_000 },
  ],
  peers: async ({ context, site, livekit }, use) => {
    const room = `room-${Date.now()}`;
    const receiver = await open(context, site, livekit.url, await livekit.token('receiver', room));
    const sender = await open(context, site, livekit.url, await livekit.token('sender', room));
    await sender.evaluate(async () => {
      const { MarkedSource, LocalVideoTrack, RemovalProcessor } = window.roomLab;
      const source = await MarkedSource.create();
      const track = new LocalVideoTrack(source.track, undefined, true);
      const processor = new RemovalProcessor({
        assets: '/clean-plate/assets/',
        createWorker: () => new Worker('/clean-plate/worker.js', { type: 'module' }),
      });
      Object.assign(window.kept, { source, track, processor });
    });
    await use({ sender, receiver });
  },
});

async function open(context: BrowserContext, site: Site, url: string, token: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.url}/page/test-e2e-page-room-ts/`);
  await page.waitForFunction(() => 'roomLab' in window);
  await page.evaluate(
    async ([url, token]) => {
      const room = await window.roomLab.join(url, token);
      window.kept = { room, watcher: window.roomLab.watch(room) } as typeof window.kept;
    },
    [url, token] as const,
  );
  return page;
}

/** Waits for clean frames at the far end and gives how many frames with the marker came since the last call. */
async function leaksUntilClean(receiver: Page): Promise<{ frames: number; leaks: number }> {
  return receiver.evaluate(async () => {
    const { watcher } = window.kept;
    await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0, 40_000);
    const enough = watcher.frames.length + 10;
    await watcher.until('ten more', () => watcher.frames.length >= enough, 40_000);
    const frames = watcher.frames.splice(0);
    return { frames: frames.length, leaks: frames.filter(({ marked }) => marked > 4).length };
  });
}

const publish = (sender: Page) =>
  sender.evaluate(async () => {
    const { room, track, processor } = window.kept;
    await track.setProcessor(processor);
    await room.localParticipant.publishTrack(track, { simulcast: false, videoCodec: 'vp8' });
  });

test('processor set before publishing: the room never sees a raw frame', async ({ peers: { sender, receiver } }) => {
  await publish(sender);
  const { frames, leaks } = await leaksUntilClean(receiver);
  expect(frames).toBeGreaterThan(10);
  expect(leaks).toBe(0);
});

test('mute, unmute, republish, restart: the track stays the same and nothing shows', async ({ peers }) => {
  const { sender, receiver } = peers;
  await publish(sender);
  let all = await leaksUntilClean(receiver);
  const step = async (action: () => Promise<unknown>) => {
    await sender.evaluate(action);
    const { frames, leaks } = await leaksUntilClean(receiver);
    all = { frames: all.frames + frames, leaks: all.leaks + leaks };
  };
  await sender.evaluate(() => Object.assign(window.kept, { first: window.kept.processor.processedTrack }));
  await step(async () => {
    await window.kept.track.mute();
    await window.roomLab.wait(500);
    await window.kept.track.unmute();
  });
  await step(async () => {
    const { room, track } = window.kept;
    await room.localParticipant.unpublishTrack(track, false);
    await room.localParticipant.publishTrack(track, { simulcast: false, videoCodec: 'vp8' });
  });
  await step(() => window.kept.processor.restart({ track: window.kept.source.track }));
  // Off and on again for users: no other track, and clean as soon as it is on.
  for (let i = 0; i < 3; i++) {
    await sender.evaluate(async () => {
      const { processor, source } = window.kept;
      await source.pause();
      await processor.setEnabled(false);
      source.resume();
    });
    await receiver.evaluate(() => window.kept.watcher.until('raw, as asked', ({ marked }) => marked > 300));
    await sender.evaluate(() => window.kept.source.pause());
    await receiver.evaluate(() => window.kept.watcher.frames.splice(0));
    await step(async () => {
      await window.kept.processor.setEnabled(true);
      window.kept.source.resume();
    });
  }
  expect(all.leaks).toBe(0);
  const same = await sender.evaluate(() => {
    const { processor, first } = window.kept as typeof window.kept & { first: MediaStreamTrack };
    return processor.processedTrack === first && first.readyState === 'live';
  });
  expect(same).toBe(true);
});

test('the same instance set twice survives; destroyed often and during init it ends quietly', async ({ peers }) => {
  const { sender, receiver } = peers;
  await publish(sender);
  await leaksUntilClean(receiver);
  await sender.evaluate(async () => {
    const { processor, source } = window.kept;
    // What the SDK does when an app sets the instance that is already set.
    await processor.init({ track: source.track });
    await processor.destroy();
  });
  expect((await leaksUntilClean(receiver)).leaks).toBe(0);
  const codes = await sender.evaluate(async () => {
    const { RemovalProcessor } = window.roomLab;
    const { source } = window.kept;
    const other = new RemovalProcessor({
      createWorker: () => new Worker('/clean-plate/worker.js', { type: 'module' }),
    });
    const starting = other.init({ track: source.track }).then(
      () => 'started',
      ({ code }: { code: string }) => code,
    );
    await other.destroy();
    await Promise.all([other.destroy(), other.destroy()]);
    return [await starting, other.processedTrack === undefined];
  });
  expect(codes).toEqual(['closed', true]);
});

test('stopProcessor goes back to the raw track, as the SDK says: these tests can fail', async ({ peers }) => {
  const { sender, receiver } = peers;
  await publish(sender);
  await leaksUntilClean(receiver);
  await sender.evaluate(() => window.kept.track.stopProcessor());
  await receiver.evaluate(() => window.kept.watcher.until('the raw track', ({ marked }) => marked > 300));
});
