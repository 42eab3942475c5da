import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, test } from '../fixtures.ts';
import type * as Completion from './page/completion.ts';

const SCRIPT = 'test/browser/page/completion.ts';
const URL = '/page/test-browser-page-completion-ts/page.js';

test.beforeAll(async () => {
  await pageBundle(SCRIPT);
});

test('the shipped worker completes as the code does here, and goes on after a run that was cancelled', async ({
  cleanPage: page,
}) => {
  const { same, copied, cancelled } = await page.evaluate(
    async (url) => ((await import(url)) as typeof Completion).compare('/clean-plate/assets/completion.js'),
    URL,
  );
  expect(copied).toBeGreaterThan(1000);
  expect(cancelled).toContain('enough');
  expect(same).toBe(true);
});

test('the shipped worker follows the shipped guide, and completes without one that is broken, reported once', async ({
  cleanPage: page,
}) => {
  const { followed, differs, without, errors } = await page.evaluate(
    async ({ url, assets }) =>
      ((await import(url)) as typeof Completion).follow(`${assets}completion.js`, `${assets}guide.safetensors`),
    { url: URL, assets: '/clean-plate/assets/' },
  );
  expect(followed).toBe(true);
  expect(differs, 'the guide changes what is copied').toBe(true);
  expect(without).toBe(true);
  expect(errors).toEqual([expect.stringContaining('no file of weights')]);
});
