import type { Browser, Page } from 'puppeteer-core';
import { openFirefox, whyNoFirefox } from '../../tools/lib/firefox.mjs';
import { pageBundle } from '../../tools/lib/pages.mjs';
import type * as Truth from '../browser/page/demo-truth.ts';
import { expect, test } from '../fixtures.ts';
import { apart, COLOURS, TOLERANCE } from './colours.ts';
import { crowding, onThisMachine } from './crowding.ts';
import type { Received } from './page/watcher.ts';

/** Marker pixels that an encoder's noise may invent in a picture of the room. */
const NOISE = 4;

const missing = whyNoFirefox();
if (missing) process.stderr.write(`\n*** SKIPPED, every test in Firefox: ${missing}.\n`);
test.skip(missing !== undefined, missing);

let firefox: { browser: Browser; close(): Promise<void> };
let page: Page;
let complaints: string[];

test.beforeAll(async () => {
  test.setTimeout(180_000); // its first start on a machine takes a minute
  await pageBundle('test/browser/page/demo-truth.ts');
  firefox = await openFirefox();
  process.stderr.write(`Firefox: ${await firefox.browser.version()}\n`);
});

test.afterAll(() => firefox?.close());

test.beforeEach(async ({ site }) => {
  complaints = [];
  page = await firefox.browser.newPage();
  page.on('pageerror', (error) => complaints.push(`uncaught: ${String(error)}`));
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(site.url)) complaints.push(`request off the origin: ${url}`);
  });
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
});

test.afterEach(async () => {
  await page?.close();
  expect(complaints).toEqual([]);
});

test('Firefox: checkSupport finds the way through elements, and says that WebGPU is missing', async () => {
  const [support, hasGpu] = await page.evaluate(async () => {
    return [await window.harness.cleanPlate.checkSupport(), 'gpu' in navigator] as const;
  });
  expect(support.transports).toEqual(['element']);
  if (!hasGpu) expect(support).toMatchObject({ tier: 'light', missing: ['WebGPU'] });
});

test('Firefox: the marker does arrive when nothing is removed, so these tests can fail', async () => {
  const marked = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'nothing' });
    await remover.setSource(source.track);
    const call = await Call.start(remover.track);
    const found = await call.until('a marked frame', ({ marked }) => marked > 500);
    await remover.close();
    source.stop();
    return call.frames[found]?.marked ?? 0;
  });
  expect(marked).toBeGreaterThan(500);
});

test('Firefox: no received frame shows what is behind the mask, from the first frame on', async () => {
  const { frames, states } = await page.evaluate(() => window.harness.firstFrames(window.harness.cleanPlate));
  const leaks = frames.filter(({ marked }: Received) => marked > NOISE);
  expect(leaks).toEqual([]);
  expect(frames.filter(({ covered }: Received) => !covered).length).toBeGreaterThan(30);
  expect(states).toContain('loading');
  expect(states.at(-1)).toMatch(/^(running|degraded)$/);
});

test('Firefox: toggling and a switch of the camera keep one track and show nothing of the figure', async () => {
  const { leaks, clean, sameTrack } = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, isPicture } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'nothing' });
    const { track } = remover;
    const call = await Call.start(track);
    await remover.setSource(source.track);
    await call.until('a raw frame', ({ marked }) => marked > 500);
    await source.pause();
    const asked = Date.now();
    await remover.update({ remove: 'people' });
    source.resume();
    const from = call.frames.length;
    await call.until('a clean frame', ({ covered, marked }) => !covered && marked === 0);
    const next = await MarkedSource.create(17);
    await remover.setSource(next.track);
    await call.untilMany('30 frames of the other camera', 30);
    await call.untilMany('11 pictures', 11, isPicture, undefined, from);
    const seen = call.frames.slice(from);
    call.stop();
    await remover.close();
    source.stop();
    next.stop();
    return {
      // The last picture from before may arrive late: what counts is when it was drawn.
      leaks: seen.filter(({ marked, drawn }) => marked > 4 && !(drawn !== undefined && drawn < asked)),
      clean: seen.filter(({ covered }) => !covered).length,
      sameTrack: track === remover.track,
    };
  });
  expect(leaks).toEqual([]);
  expect(clean).toBeGreaterThan(10);
  expect(sameTrack).toBe(true);
});

test('Firefox: colours outside the hole arrive as near to the truth as those of an untouched track', async () => {
  const { touched, untouched } = await page.evaluate(
    (colours) => window.harness.arrivingColours(window.harness.cleanPlate, colours),
    COLOURS,
  );
  const seen = JSON.stringify({ touched, untouched });
  expect(apart(touched, COLOURS), seen).toBeLessThanOrEqual(apart(untouched, COLOURS) + TOLERANCE);
});

test('Firefox: the demo opens by itself, and what is received over the call shows the room without the figure', async ({
  site,
}) => {
  await page.goto(site.url);
  await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('On'), {
    timeout: 60_000,
  });
  const seen = await page.evaluate(async (url) => {
    const { notTheRoom } = (await import(url)) as typeof Truth;
    const [camera, others] = ['#camera', '#others'].map((id) => document.querySelector<HTMLVideoElement>(id)!);
    const seen: { camera: number; others: number }[] = [];
    const [start, atLeast, atMost] = [performance.now(), 24_000, 120_000];
    const clear = () => seen.filter(({ camera, others }) => camera > 0.05 && others < 0.9).length;
    while (performance.now() < start + atLeast || (clear() <= 20 && performance.now() < start + atMost)) {
      seen.push({ camera: notTheRoom(camera!), others: notTheRoom(others!) });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return seen;
  }, '/page/test-browser-page-demo-truth-ts/page.js');
  const present = seen.filter(({ camera }) => camera > 0.05);
  const clear = present.filter(({ others }) => others < 0.9);
  expect(clear.length, `pictures with the figure that are not covered, ${onThisMachine()}`).toBeGreaterThan(20);
  const share = clear.length / present.length;
  expect(share, `share of them that is not covered, ${onThisMachine()}`).toBeGreaterThan(0.5 / crowding());
  const worst = Math.max(...clear.map(({ others }) => others));
  expect(worst, 'share of a received picture that is not the room').toBeLessThan(0.01);
  const caption = await page.$eval('#others-caption', ({ textContent }) => textContent);
  expect(caption).toBe('Received over a real WebRTC connection');
});
