import { readFileSync } from 'node:fs';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { violations } from '../axe.ts';
import { expect, test } from '../fixtures.ts';
import type * as Truth from './page/demo-truth.ts';

const TRUTH_URL = '/page/test-browser-page-demo-truth-ts/page.js';

test.beforeAll(() => pageBundle('test/browser/page/demo-truth.ts'));

test.beforeEach(async ({ page, site }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await page.goto(site.url);
  await expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });
});

test('before and after lie over one another, and the keyboard moves what divides them', async ({ page }) => {
  const toggle = page.getByRole('button', { name: 'Lay one over the other' });
  const slider = page.getByRole('slider');
  await expect(slider).toBeHidden();
  await toggle.focus();
  await page.keyboard.press('Enter');
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  await expect(slider).toBeFocused();
  const clip = () => page.locator('.frame:has(#others)').evaluate((frame) => getComputedStyle(frame).clipPath);
  expect(await clip()).toContain('50%');
  await page.keyboard.press('Home');
  expect(await clip()).toMatch(/0%\)?|inset\(0px round/);
  await page.keyboard.press('ArrowRight');
  expect(await clip()).toContain('1%');
  const [camera, others] = await Promise.all(['#camera', '#others'].map((id) => page.locator(id).boundingBox()));
  expect(camera).toEqual(others);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await violations(page)).toEqual([]);
  await toggle.click();
  await expect(slider).toBeHidden();
});

test('the clean plate is shown as it is known: striped, never the figure, and nothing of it once removal is off', async ({
  page,
}) => {
  const toggle = page.getByRole('button', { name: 'Show the clean plate' });
  const picture = page.getByRole('img', { name: 'The clean plate' });
  await expect(picture).toBeHidden();
  await toggle.focus();
  await page.keyboard.press('Enter');
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
  await expect(picture).toBeVisible();
  const words = page.locator('#plate-words');
  await expect(words).toContainText('what is known of the room');
  /** Shares of the canvas: opaque; and, of what is opaque, unlike the empty room. */
  const look = () =>
    page.evaluate(async (url) => {
      const { plateShares } = (await import(url)) as typeof Truth;
      return plateShares(document.querySelector<HTMLCanvasElement>('#plate-picture')!);
    }, TRUTH_URL);
  // One after the other while the figure walks in and comes close; nothing is known for as long as a busy machine
  // covers.
  const looks: { strange: number }[] = [];
  for (let i = 0; i < 20; i++) {
    await page.waitForTimeout(700);
    await expect
      .poll(async () => {
        const { known, strange } = await look();
        if (known > 0.5) looks.push({ strange });
        return looks.length;
      })
      .toBe(i + 1);
  }
  expect(Math.max(...looks.map(({ strange }) => strange)), 'share that is not the room').toBeLessThan(0.02);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await violations(page)).toEqual([]);

  await page.getByRole('switch', { name: /^Remove / }).click();
  await expect(words).toContainText('Nothing is taken out');
  await expect.poll(async () => (await look()).known).toBe(0);
  await toggle.click();
  await expect(picture).toBeHidden();
  await expect(toggle).toHaveAttribute('aria-expanded', 'false');
});

test('the drawer has charts that move, and saves a report without pictures, names or addresses of devices', async ({
  page,
  site,
}) => {
  await page.locator('#drawer summary').click();
  const points = () => page.locator('#charts polyline').first().getAttribute('points');
  const before = await points();
  await expect.poll(points).not.toBe(before);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save a diagnostic report' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('clean-plate-report.json');
  const text = readFileSync(await download.path(), 'utf8');
  const report = JSON.parse(text);
  expect(report.support.transports).toContain('streams');
  expect(report.stats.frames).toBeGreaterThan(0);
  expect(report.loads.map(({ path }: { path: string }) => path)).toContain('/dist/main.js');
  expect(report.happened.map(({ state }: { state?: string }) => state)).toEqual(
    expect.arrayContaining(['loading', 'running']),
  );
  expect(text).not.toMatch(/data:|deviceId|groupId|label/);
  expect(text).not.toContain(site.url);
  expect(text.length).toBeLessThan(50_000);
});
