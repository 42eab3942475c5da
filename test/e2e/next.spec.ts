import { expect, test } from '../fixtures.ts';
import { buildNext, installNext, startNext } from '../packaging/next.mjs';

let app: { readonly url: string; close(): void } | undefined;
let missing: string | undefined;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  missing = await installNext();
  if (missing) {
    process.stderr.write(`\n*** SKIPPED, the packed package in a Next.js app: ${missing}.\n`);
    return;
  }
  await buildNext();
  app = await startNext();
});

test.afterAll(() => app?.close());

for (const [how, query] of [
  ['with createWorker', ''],
  ['with the worker that its bundler finds', '?found'],
] as const) {
  test(`packed, installed and built with Next.js, ${how}: imported on the server, removes people on the client`, async ({
    page,
  }) => {
    test.skip(missing !== undefined, missing);
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(`${app?.url}/${query}`);
    await expect(page.locator('#server')).toHaveText('on the server: none');
    await expect(page.locator('#call')).toHaveText('removes at 320 with clean-plate', { timeout: 60_000 });
    expect(complaints).toEqual([]);
  });
}
