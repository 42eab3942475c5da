import type { Page } from '@playwright/test';
import { serve } from '../../tools/lib/server.mjs';
import { expect, test } from '../fixtures.ts';
import { BUNDLERS, buildWith, installPacked } from '../packaging/bundlers.mjs';

let project: string;

test.beforeAll(() => {
  test.setTimeout(120_000);
  ({ project } = installPacked());
});

async function removes(page: Page, url: string): Promise<void> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  await expect(page).toHaveTitle('removes at 320 with function', { timeout: 60_000 });
  expect(complaints).toEqual([]);
}

/** These find the worker by themselves; the others need it copied and named, as the assets are for all. */
const FINDS = ['none', 'vite', 'webpack'];

for (const name of Object.keys(BUNDLERS)) {
  test(`packed, installed and built with ${name === 'none' ? 'no bundler' : name}: people are removed`, async ({
    page,
  }) => {
    const site = await serve({ '/': await buildWith(name) });
    try {
      await removes(page, site.url);
      if (FINDS.includes(name)) await removes(page, `${site.url}/?found`);
    } finally {
      await site.close();
    }
  });
}

test('packed and installed, under the development server of Vite: people are removed', async ({ page }) => {
  const { createServer } = await import('vite');
  const server = await createServer({
    root: project,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false },
  });
  await server.listen();
  try {
    const [url] = server.resolvedUrls!.local;
    await removes(page, url!);
    await removes(page, `${url}?found`);
  } finally {
    await server.close();
  }
});
