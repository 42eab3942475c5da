import { pageBundle } from '../../tools/lib/pages.mjs';
import { serve } from '../../tools/lib/server.mjs';
import { expect, test } from '../fixtures.ts';
import { buildQuickStart, installPacked, PAGES } from '../packaging/bundlers.mjs';
import type * as QuickStart from './page/quick-start.ts';

const HELPER = '/page/test-e2e-page-quick-start-ts/page.js';

test.beforeAll(async () => {
  test.setTimeout(120_000);
  installPacked();
  await pageBundle('test/e2e/page/quick-start.ts');
});

test('the README’s first code, word by word, is an app that Vite builds and that shows the room without the person', async ({
  page,
}) => {
  const site = await serve({ '/': await buildQuickStart(), '/page/': PAGES });
  try {
    await page.addInitScript((helper) => {
      navigator.mediaDevices.getUserMedia = async () => ((await import(helper)) as typeof QuickStart).openCamera();
    }, HELPER);
    await page.goto(site.url);
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0, null, { timeout: 60_000 });
    const { camera, shown } = await page.evaluate(async (helper) => {
      const { markedIn, openCamera } = (await import(helper)) as typeof QuickStart;
      const [camera] = (await openCamera()).getVideoTracks();
      const { srcObject } = document.querySelector('video')!;
      const [track] = (srcObject as MediaStream).getVideoTracks();
      return { shown: await markedIn(track!, 20), camera: await markedIn(camera!, 5) };
    }, HELPER);
    expect(Math.max(...shown), 'pixels of the marker that the figure wears').toBe(0);
    expect(Math.min(...camera), 'the same in the camera’s picture').toBeGreaterThan(300);
  } finally {
    await site.close();
  }
});
