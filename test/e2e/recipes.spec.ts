import type { Page } from '@playwright/test';
import { pageBundle } from '../../tools/lib/pages.mjs';
import type { Site } from '../fixtures.ts';
import { expect, type Livekit, test } from './with-livekit.ts';

// The code of docs/recipes, run with the real client libraries.

test.beforeAll(() => pageBundle('test/e2e/page/recipes.ts', { packaged: true }));

async function open(page: Page, site: Site): Promise<void> {
  await page.goto(`${site.url}/page/test-e2e-page-recipes-ts/`);
  await page.waitForFunction(() => 'recipes' in window);
}

test('WebRTC, before the call: never a raw frame; off, on, another camera, the end', async ({ cleanPage, site }) => {
  await open(cleanPage, site);
  const result = await cleanPage.evaluate(async () => {
    const { webrtc, peers, MarkedSource } = window.recipes;
    const { near, watcher, negotiations } = peers();
    const [source, other] = [await MarkedSource.create(), await MarkedSource.create(20)];
    const remover = await webrtc.addWithoutPeople(near, source.track);
    await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    await watcher.untilMany('30 frames', 30, undefined, undefined, 0);
    const atStart = Math.max(...watcher.frames.splice(0).map(({ marked }) => marked));
    await webrtc.buttons.off(remover);
    await watcher.until('the camera', ({ marked }) => marked > 300);
    await source.pause();
    await webrtc.buttons.on(remover);
    const asked = Date.now();
    watcher.frames.splice(0);
    source.resume();
    await webrtc.buttons.otherCamera(remover, other.track);
    await watcher.until('a clean frame again', ({ covered, marked }) => !covered && marked === 0);
    await watcher.untilMany('twenty frames', 20);
    const afterwards = watcher.markedSince(asked);
    await webrtc.buttons.hangUp(remover, near, other.track);
    const states = [remover.state, remover.track.readyState, other.track.readyState];
    return { atStart, afterwards, negotiations: negotiations(), states };
  });
  expect(result).toEqual({ atStart: 0, afterwards: 0, negotiations: 1, states: ['closed', 'ended', 'ended'] });
});

test('WebRTC, in a call: the camera is replaced without another negotiation', async ({ cleanPage, site }) => {
  await open(cleanPage, site);
  const result = await cleanPage.evaluate(async () => {
    const { webrtc, peers, MarkedSource } = window.recipes;
    const { near, watcher, negotiations } = peers();
    const source = await MarkedSource.create();
    const sender = near.addTrack(source.track);
    await watcher.until('the camera', ({ marked }) => marked > 300);
    const remover = await webrtc.replaceInCall(sender);
    const asked = Date.now();
    watcher.frames.splice(0);
    await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    await watcher.untilMany('twenty frames', 20);
    return { marked: watcher.markedSince(asked), negotiations: negotiations(), sent: sender.track === remover.track };
  });
  expect(result).toEqual({ marked: 0, negotiations: 1, sent: true });
});

test('LiveKit: never a raw frame; off and on, mute and unmute', async ({ cleanPage, site, livekit }) => {
  await open(cleanPage, site);
  const room = `recipe-${Date.now()}`;
  const tokens = [await livekit.token('receiver', room), await livekit.token('sender', room)] as const;
  const result = await cleanPage.evaluate(
    async ([url, receiver, sender]) => {
      const { livekit, markedCameras, receive, wait } = window.recipes;
      const source = await markedCameras();
      const watcher = await receive(url, receiver);
      const options = { rtcConfig: { iceServers: [] } };
      const { camera, processor } = await livekit.joinWithoutPeople(url, sender, options);
      await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
      const atStart = Math.max(...watcher.frames.splice(0).map(({ marked }) => marked));
      const first = camera.mediaStreamTrack;
      await livekit.buttons.mute(camera);
      await wait(500);
      await livekit.buttons.unmute(camera);
      await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
      const afterMute = Math.max(...watcher.frames.splice(0).map(({ marked }) => marked));
      await livekit.buttons.off(processor);
      await watcher.until('the camera', ({ marked }) => marked > 300);
      await source.pause();
      await livekit.buttons.on(processor);
      const asked = Date.now();
      watcher.frames.splice(0);
      source.resume();
      await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
      const afterToggle = watcher.markedSince(asked);
      return { atStart, afterMute, afterToggle, same: camera.mediaStreamTrack === first };
    },
    [livekit.url, ...tokens] as const,
  );
  expect(result).toEqual({ atStart: 0, afterMute: 0, afterToggle: 0, same: true });
});

/** The React call with marked cameras in `room`, and somebody who looks at what it sends. */
async function mountCall(page: Page, livekit: Livekit, room: string): Promise<void> {
  const receiver = await livekit.token('receiver', room);
  await page.evaluate(
    async ([url, token]) => {
      const { markedCameras, receive } = window.recipes;
      Object.assign(window, { source: await markedCameras(), watcher: await receive(url, token) });
    },
    [livekit.url, receiver] as const,
  );
  const call = {
    url: livekit.url,
    token: await livekit.token('sender', room),
    connectOptions: { rtcConfig: { iceServers: [] as RTCIceServer[] } },
  };
  await page.evaluate((call) => window.recipes.mountCall(call), call);
}

test('React, in strict mode: never a raw frame; the switch, its state and an error', async ({
  page,
  site,
  livekit,
}) => {
  await open(page, site);
  const room = `react-${Date.now()}`;
  await mountCall(page, livekit, room);
  const toggle = page.getByRole('switch', { name: 'Remove people' });
  const status = page.getByRole('status');
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  await expect(status).toHaveText(/^(running|degraded)$/, { timeout: 60_000 });
  await expect(toggle).toHaveAttribute('aria-busy', 'false');
  const leaks = await page.evaluate(async () => {
    await window.watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    return Math.max(...window.watcher.frames.splice(0).map(({ marked }) => marked));
  });
  expect(leaks).toBe(0);
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  await page.evaluate(() => window.watcher.until('the camera', ({ marked }) => marked > 300));
  // On and off faster than it can follow: the last wish counts, and nothing is an error.
  await page.evaluate(() => {
    const button = document.querySelector('button')!;
    for (let i = 0; i < 7; i++) button.click();
  });
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
  await expect(toggle).toHaveAttribute('aria-busy', 'false');
  await expect(status).toHaveText(/^(running|degraded)$/);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('React: a missing model is reported, and the picture stays covered', async ({ page, site, livekit }) => {
  await page.route('**/selfie-*.tflite', (route) => route.fulfill({ status: 404, body: 'no' }));
  await open(page, site);
  const room = `react-error-${Date.now()}`;
  await mountCall(page, livekit, room);
  await expect(page.getByRole('alert')).toContainText('selfie', { timeout: 60_000 });
  await expect(page.getByRole('status')).toHaveText('failed');
  const marked = await page.evaluate(async () => {
    await window.watcher.untilMany('ten covered frames', 10, ({ covered }) => covered, undefined, 0);
    return Math.max(...window.watcher.frames.map((frame) => frame.marked));
  });
  expect(marked).toBe(0);
});

test('mediasoup-client, its Chromium handler and no server: the remover keeps its track', async ({ page, site }) => {
  await open(page, site);
  const result = await page.evaluate(async () => {
    const { mediasoup, sendTransport, MarkedSource } = window.recipes;
    const source = await MarkedSource.create();
    const transport = await sendTransport();
    const { remover, producer } = await mediasoup.produceWithoutPeople(transport, source.track);
    const sent = producer.rtpSender?.track === remover.track;
    producer.pause();
    const enabled = [remover.track.enabled];
    producer.resume();
    enabled.push(remover.track.enabled);
    producer.close();
    const afterClose = remover.track.readyState;
    const raw = await transport.produce({ track: source.track, stopTracks: false });
    const second = await mediasoup.replaceInCall(raw, source.track);
    const replaced = raw.rtpSender?.track === second.track;
    return { sent, enabled, afterClose, replaced, camera: source.track.readyState };
  });
  expect(result).toEqual({
    sent: true,
    enabled: [false, true],
    afterClose: 'live',
    replaced: true,
    camera: 'live',
  });
});

test('Twilio’s own track, without its cloud: shows the room without people', async ({ page, site }) => {
  await open(page, site);
  const result = await page.evaluate(async () => {
    const { twilio, MarkedSource, look, until } = window.recipes;
    const source = await MarkedSource.create();
    const { remover, track } = await twilio.trackWithoutPeople(source.track);
    const element = track.attach();
    document.body.append(element);
    const watcher = look(track.mediaStreamTrack);
    await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    await watcher.untilMany('20 frames', 20, undefined, undefined, 0);
    const marked = Math.max(...watcher.frames.map((frame) => frame.marked));
    const shows = () => (element as HTMLVideoElement).videoWidth;
    await until(
      () => `its element shows ${shows()} pixels in width, not 480`,
      () => shows() === 480,
    );
    track.disable();
    const disabled = remover.track.enabled;
    track.enable();
    track.stop();
    return { marked, same: track.mediaStreamTrack === remover.track, disabled, end: remover.track.readyState };
  });
  expect(result).toEqual({ marked: 0, same: true, disabled: false, end: 'ended' });
});

test('the effect for Jitsi, without its library: covered, then clean; muted and back', async ({ page, site }) => {
  await open(page, site);
  const result = await page.evaluate(async () => {
    const { jitsi, MarkedSource, look, until, cleanPlate } = window.recipes;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ assets: '/clean-plate/assets/' });
    const effect = jitsi.removalEffect(remover);
    const camera = source.track.clone();
    const [out] = effect.startEffect(new MediaStream([camera])).getVideoTracks();
    const watcher = look(out!);
    await watcher.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    // As JitsiLocalTrack mutes: the effect is stopped, then the camera; unmuting starts the effect on a new one.
    effect.stopEffect();
    camera.stop();
    await until(
      () => `${remover.state} while it is muted, not paused`,
      () => remover.state === 'paused',
    );
    const [again] = effect.startEffect(new MediaStream([source.track.clone()])).getVideoTracks();
    const from = watcher.frames.length;
    await watcher.until('clean again', ({ covered, marked }) => !covered && marked === 0, undefined, from);
    return { same: again === out, marked: Math.max(...watcher.frames.map(({ marked }) => marked)) };
  });
  expect(result).toEqual({ same: true, marked: 0 });
});
