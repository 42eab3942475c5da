import path from 'node:path';
import type { Page } from '@playwright/test';
import { serve } from '../../tools/lib/server.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';

const LAB = '/page/test-e2e-page-page-ts/';
/** What removal of people loads from the folder of the assets. */
const ASSETS = ['litert_wasm_compat_internal.wasm', 'selfie-landscape.tflite', 'selfie-square.tflite'];

const assetsIn = (requests: readonly string[]) =>
  requests.filter((each) => each.includes('/assets/')).map((each) => path.basename(each));

async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}${LAB}`);
  await page.waitForFunction(() => 'harness' in window);
}

/**
 * Removes people until ten pictures without a cover were received; gives how many of all frames show the figure.
 * Without completions, whose worker and guide load after clean frames, whenever those come.
 */
function removePeople(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate, isPicture } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'people', network: 'off' });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    await call.untilMany('ten pictures', 10, isPicture);
    call.stop();
    await remover.close();
    source.stop();
    return call.frames.filter(({ marked }) => marked > 4).length;
  });
}

test('the second visit needs no network: the server is gone, and people are removed', async ({ page }) => {
  const roots = { '/page/': path.join(ROOT, '.cache/pages'), '/clean-plate/': path.join(ROOT, 'dist') };
  // The app's own code lies in the browser's HTTP cache, as servers have it; assets do not: `no-store`.
  const site = await serve(roots, { cacheControl: (name) => (name.includes('/assets/') ? 'no-store' : 'max-age=600') });
  await open(page, site.url);
  expect(await removePeople(page), 'frames that show the figure').toBe(0);
  expect(assetsIn(site.requests).sort()).toEqual(ASSETS);
  await page.goto('about:blank');
  await site.close();
  await open(page, site.url);
  expect(await removePeople(page), 'frames that show the figure').toBe(0);
});

test('preload reports the bytes as they come, and a remover made after it asks the server for no asset', async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const reported = await page.evaluate(async () => {
    const reported: { loaded: number; total: number }[] = [];
    await window.harness.cleanPlate.preload({ onProgress: (progress) => reported.push({ ...progress }) });
    return reported;
  });
  const last = reported.at(-1)!;
  expect(last.loaded).toBe(last.total);
  expect(last.total).toBeGreaterThan(9e6);
  expect(reported.length).toBeGreaterThan(5);
  expect(reported.every(({ loaded }, i) => i === 0 || loaded > reported[i - 1]!.loaded)).toBe(true);
  expect(assetsIn(site.requests).sort()).toEqual(ASSETS);
  const before = site.requests.length;
  expect(await removePeople(page), 'frames that show the figure').toBe(0);
  expect(assetsIn(site.requests.slice(before))).toEqual([]);
});

test('preload ends by its signal, and names a missing file by its address', async ({ page, site }) => {
  await open(page, site.url);
  let asked = 0;
  await page.context().route('**/selfie-square.tflite', async (route) => {
    if (asked++ === 0) return; // never answered
    await route.fulfill({ status: 404, body: 'no' });
  });
  await page.exposeFunction('asked', () => asked > 0);
  const codes = await page.evaluate(async () => {
    const { cleanPlate, until } = window.harness;
    const { preload } = cleanPlate;
    const codeOf = (work: Promise<void>) =>
      work.then(
        () => 'loaded',
        ({ code, url }: { code: string; url?: string }) => `${code} ${url?.split('/').at(-1) ?? ''}`.trim(),
      );
    const abort = new AbortController();
    const first = codeOf(preload({ signal: abort.signal }));
    await until('the model that is never answered asked for', Reflect.get(window, 'asked'));
    abort.abort();
    return [
      await first,
      await codeOf(preload({ signal: abort.signal })),
      await codeOf(preload()),
      await codeOf(preload({ remove: 'nothing' })),
    ];
  });
  expect(codes).toEqual(['aborted', 'aborted', 'asset-http selfie-square.tflite', 'loaded']);
});

test('a damaged copy in the cache is not used, and one of another version is replaced', async ({ page, site }) => {
  await open(page, site.url);
  const files = await page.evaluate(async () => {
    const { preload } = window.harness.cleanPlate;
    await preload();
    const cache = await caches.open('clean-plate');
    const [square] = (await cache.keys()).filter(({ url }) => url.includes('selfie-square'));
    await cache.put(square!, new Response('damaged'));
    await cache.put(square!.url.replace(/\?.*/, '?of-another-version'), new Response('old'));
    await preload();
    const sizes: Record<string, number> = {};
    for (const key of await cache.keys()) {
      sizes[key.url.split('/').at(-1)!.replace(/\?.*/, '')] = (
        await (await cache.match(key))!.arrayBuffer()
      ).byteLength;
    }
    return { sizes, entries: (await cache.keys()).length };
  });
  expect(files.entries).toBe(ASSETS.length);
  expect(files.sizes['selfie-square.tflite']).toBeGreaterThan(200_000);
});
