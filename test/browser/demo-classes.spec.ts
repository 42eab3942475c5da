import path from 'node:path';
import { violations } from '../axe.ts';
import { expect, needShared, SHARED, test } from '../fixtures.ts';

test('bottles are taken out by their name, chosen with the keyboard on a small phone, and come back', async ({
  page,
  site,
}) => {
  test.setTimeout(240_000);
  needShared('media/bottles.mp4');
  needShared('models/deeplabv3.tflite');
  await page.setViewportSize({ width: 320, height: 2400 });
  await page.goto(site.url);
  await expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });
  await page.locator('#file').setInputFiles(path.join(SHARED, 'media/bottles.mp4'));
  await expect(page.locator('#camera-caption')).toContainText('bottles.mp4');
  await page.locator('#drawer summary').click();
  await page.getByRole('button', { name: 'Things by name' }).click();
  await expect(page.locator('#status')).toHaveText('Nothing is picked yet: others see the camera as it is.');
  const menu = page.getByRole('combobox', { name: 'Take out every' });
  await expect(menu).toBeEnabled();
  await expect(page.locator('#no-models')).toBeHidden();
  const hole = page.locator('#figures dt:has-text("Hole in the picture") + dd');
  await expect(hole).toHaveText('0 %');

  await menu.focus();
  await page.keyboard.type('bott');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const chips = page.getByRole('list', { name: 'Picked' }).getByRole('listitem');
  await expect(chips).toHaveText(/bottle\s*every/);
  await expect(menu.locator('option', { hasText: 'bottle' })).toBeDisabled();
  // On a machine that does other things meanwhile the models take seconds for the first picture.
  await expect(hole).toHaveText(/[1-9]\d? %/, { timeout: 120_000 });
  await expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await violations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Show every bottle again' }).press('Enter');
  await expect(chips).toHaveCount(0);
  await expect(menu).toBeFocused();
  await expect(hole).toHaveText('0 %', { timeout: 30_000 });
});

test('without the models the menu says how to get them', async ({ page, site }) => {
  await page.route('**/models/**', (route) => route.fulfill({ status: 404, body: 'not found' }));
  await page.goto(site.url);
  await expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Things by name' }).click();
  await expect(page.locator('#no-models')).toContainText('npx clean-plate fetch-models');
  await expect(page.getByRole('combobox', { name: 'Take out every' })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  // Found once they are there.
  await page.unroute('**/models/**');
  await page.route('**/models/**', (route) => route.fulfill({ status: 200, body: '' }));
  await page.getByRole('button', { name: 'People', exact: true }).click();
  await page.getByRole('button', { name: 'Things by name' }).click();
  await expect(page.getByRole('combobox', { name: 'Take out every' })).toBeEnabled();
  await expect(page.locator('#no-models')).toBeHidden();
});
