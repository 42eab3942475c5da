import { BASE_FLAGS } from '../../tools/lib/chromium.mjs';
import { openPeopleBrowser } from './people-browser.ts';
import { test as base, expect, FULL } from './room.ts';

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds out by the pattern what a fixture needs.
  context: async ({}, use) => {
    const browser = await openPeopleBrowser(BASE_FLAGS);
    await use(browser.context);
    await browser.close();
  },
});
test.setTimeout(240_000);

test('tab hidden', async ({ room }, info) => {
  await room.sender.bringToFront();
  await room.send(() => window.roomLab.start());
  await room.untilClean();
  await room.receiver.bringToFront();
  await expect.poll(() => room.sender.evaluate(() => document.visibilityState)).toBe('hidden');
  await room.receiver.waitForTimeout(FULL ? 30_000 : 5000);
  await room.untilClean();
  await room.sender.bringToFront();
  await room.untilClean();
  await room.hold(info);
});
