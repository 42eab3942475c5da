import { readFileSync } from 'node:fs';
import { violations } from '../axe.ts';
import { expect, test } from '../fixtures.ts';

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
