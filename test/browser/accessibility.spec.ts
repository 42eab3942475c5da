import { violations } from '../axe.ts';
import { expect, test } from '../fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, path] of [
    ['demo', ''],
    ['demo room, before the call', 'room.html'],
  ] as const) {
    test(`${name}, ${colorScheme}: axe finds nothing`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(`${site.url}/${path}`);
      await expect(page.locator('#status')).toContainText(/^On/, { timeout: 60_000 });
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await violations(page)).toEqual([]);
    });
  }
}
