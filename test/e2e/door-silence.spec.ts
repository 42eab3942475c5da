/** Sources that give nothing, or one picture and no more, and what an app does to its track. */
import { expect, test } from '../fixtures.ts';
import type { Received } from './page/watcher.ts';

const NOISE = 4;
const leaks = (frames: readonly Received[]) => frames.filter(({ marked }) => marked > NOISE).length;

test.beforeEach(async ({ cleanPage, site }) => {
  await cleanPage.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await cleanPage.waitForFunction(() => 'harness' in window);
});

test('a camera that gives no frame at all: a cover is there, to play and for a peer, and the track has a size', async ({
  cleanPage,
}) => {
  const seen = await cleanPage.evaluate(async () => {
    const { Call, cleanPlate, wait } = window.harness;
    const silent = new MediaStreamTrackGenerator({ kind: 'video' });
    const remover = await cleanPlate.Remover.create();
    await remover.setSource(silent);
    await remover.ready;
    const video = Object.assign(document.createElement('video'), {
      muted: true,
      srcObject: new MediaStream([remover.track]),
    });
    document.body.append(video);
    const played = await Promise.race([video.play().then(() => true), wait(4000).then(() => false)]);
    const size = [video.videoWidth, video.videoHeight];
    const { width, height } = remover.track.getSettings();
    const call = await Call.start(remover.track);
    await call.until('a picture', () => true);
    await wait(3000);
    const { frames } = call;
    call.stop();
    video.remove();
    await remover.close();
    return { played, size, settings: [width, height], frames };
  });
  expect(seen).toMatchObject({ played: true, size: [640, 480], settings: [640, 480] });
  expect(seen.frames.length).toBeGreaterThan(1);
  expect(seen.frames.every(({ covered }) => covered)).toBe(true);
});

test('one picture and no more: it is cleaned when removal is switched on, and a late joiner sees it', async ({
  cleanPage,
}) => {
  const { before, after, late, state } = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait } = window.harness;
    const source = await MarkedSource.create(14, 10);
    const remover = await cleanPlate.Remover.create({ remove: 'nothing' });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await call.until('the raw picture', ({ marked }) => marked > 300);
    await source.pause();
    const before = call.frames.length;
    await remover.update({ remove: 'people' });
    await wait(1000);
    const from = call.frames.length;
    await call.until('the picture, cleaned', ({ covered, marked }) => !covered && marked === 0, 10_000, before);
    const second = await Call.start(remover.track);
    await second.until('a picture', ({ covered }) => !covered, 8000);
    await wait(2500);
    const { state } = remover;
    const seen = { before, after: call.frames.slice(from), late: second.frames, state };
    call.stop();
    second.stop();
    await remover.close();
    source.stop();
    return seen;
  });
  expect(before).toBeGreaterThan(0);
  expect(after.length).toBeGreaterThan(1);
  expect(leaks(after)).toBe(0);
  expect(late.length).toBeGreaterThan(1);
  expect(leaks(late)).toBe(0);
  expect(state).toBe('paused');
});

test('who was hidden when the camera fell silent stays so when removal is switched off', async ({ cleanPage }) => {
  const frames = await cleanPage.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, wait } = window.harness;
    const source = await MarkedSource.create(14, 10);
    const remover = await cleanPlate.Remover.create();
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await call.until('a clean frame', ({ covered }) => !covered);
    await wait(1000);
    await source.pause();
    await remover.update({ remove: 'nothing' });
    await wait(3500);
    const { frames } = call;
    call.stop();
    await remover.close();
    source.stop();
    return frames;
  });
  expect(frames.length).toBeGreaterThan(10);
  expect(leaks(frames)).toBe(0);
});

for (const transport of ['streams', 'element'] as const) {
  test(`what the app asks of its camera reaches the picture (${transport})`, async ({ cleanPage }) => {
    const sizes = await cleanPage.evaluate(async (transport) => {
      const { cleanPlate, wait } = window.harness;
      const video = { width: 640, height: 480, frameRate: 20 };
      const [camera] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks();
      const remover = await cleanPlate.Remover.create({ remove: 'nothing', transport });
      await remover.setSource(camera!);
      // What is shown: Chromium leaves the pixels as they are, and scales when they are shown or encoded.
      const shown = Object.assign(document.createElement('video'), {
        muted: true,
        srcObject: new MediaStream([remover.track]),
      });
      document.body.append(shown);
      await shown.play();
      const size = () => `${shown.videoWidth}x${shown.videoHeight}`;
      const until = async (wanted: string) => {
        for (let i = 0; i < 50 && size() !== wanted; i++) await wait(100);
        return size();
      };
      const before = await until('640x480');
      await camera!.applyConstraints({ width: { exact: 320 }, height: { exact: 240 }, frameRate: { max: 10 } });
      const after = await until('320x240');
      await wait(2000);
      const fps = remover.stats()?.fps ?? 0;
      shown.remove();
      await remover.close();
      camera!.stop();
      return { before, after, slower: fps < 14 };
    }, transport);
    expect(sizes).toEqual({ before: '640x480', after: '320x240', slower: true });
  });
}

test('a camera that stops because others hold its buffers gets ours back, and goes on', async ({ cleanPage }) => {
  const { capacity, pictures } = await cleanPage.evaluate(async () => {
    const { cleanPlate, until, wait } = window.harness;
    const video = { width: { exact: 640 }, height: { exact: 480 } };
    const [camera] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks();
    /** Reads and holds frames until there are `most` or no more come. */
    const hold = async (most: number) => {
      const track = camera!.clone() as MediaStreamVideoTrack;
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      const held: VideoFrame[] = [];
      while (held.length < most) {
        const next = await Promise.race([reader.read(), wait(1500)]);
        if (!next || typeof next !== 'object' || !('value' in next) || !next.value) break;
        held.push(next.value as VideoFrame);
      }
      void reader.cancel().catch(() => {});
      track.stop();
      return held;
    };
    /** How many different pictures a track shows in `ms`; the camera's pattern always moves. */
    const different = async (of: MediaStreamTrack, ms: number) => {
      const track = of.clone() as MediaStreamVideoTrack;
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      const seen = new Set<string>();
      for (const end = performance.now() + ms; performance.now() < end; ) {
        const next = await Promise.race([reader.read(), wait(1500)]);
        const frame = next && typeof next === 'object' && 'value' in next ? (next.value as VideoFrame) : undefined;
        if (!frame) break;
        const bytes = new Uint8Array(frame.allocationSize());
        await frame.copyTo(bytes);
        frame.close();
        seen.add(String(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))));
      }
      void reader.cancel().catch(() => {});
      track.stop();
      return seen.size;
    };
    const all = await hold(100);
    for (const frame of all) frame.close();
    const remover = await cleanPlate.Remover.create({ tier: 'light', network: 'off', memory: 'none' });
    await remover.setSource(camera!);
    await remover.ready;
    const frames = () => remover.stats()?.frames ?? 0;
    await until('frames flow', () => frames() > 10);
    // All buffers but one, which is ours.
    const held = await hold(all.length - 1);
    await wait(2000);
    const pictures = await different(remover.track, 6000);
    for (const frame of held) frame.close();
    await remover.close();
    camera!.stop();
    return { capacity: all.length, pictures };
  });
  expect(capacity, 'buffers of the camera').toBeLessThan(100);
  expect(pictures, 'different ones in six seconds').toBeGreaterThan(3);
});
