import type { Browser, Page } from '@playwright/test';
import type * as CleanPlate from '../../src/processor/index.ts';
import { expect, needShared, test } from '../fixtures.ts';

test.setTimeout(240_000);

/** Lets a test lose every WebGL context of the worker, as browsers take them away from pages. */
const PATCH = `
  const contexts = new Set();
  const getContext = OffscreenCanvas.prototype.getContext;
  OffscreenCanvas.prototype.getContext = function (kind, ...options) {
    const context = getContext.call(this, kind, ...options);
    if (context && kind.startsWith('webgl')) contexts.add(context);
    return context;
  };
  addEventListener('message', ({ data }) => {
    if (data !== 'lose') return;
    for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
  });
`;

async function open(page: Page, url: string): Promise<void> {
  const script = (body: string) => ({ contentType: 'text/javascript', body });
  await page.route('**/patched-worker.js', (route) =>
    route.fulfill(script("import './patch.js';\nimport '/clean-plate/worker.js';\n")),
  );
  await page.route('**/patch.js', (route) => route.fulfill(script(PATCH)));
  await page.goto(`${url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
}

type Mode = 'people' | { readonly classes: readonly string[]; readonly models: string };

/**
 * Runs a call with a figure in it from the first frame on, loses what `lose` says, and gives what arrived afterwards.
 */
async function lifeWithout(page: Page, remove: Mode, lose: () => Promise<void>, recovers: boolean) {
  await page.evaluate(async (remove) => {
    const { MarkedSource, Call, cleanPlate } = window.harness;
    const source = await MarkedSource.create(14, 10);
    const workers: Worker[] = [];
    const remover = await cleanPlate.Remover.create({
      remove,
      tier: 'light',
      createWorker: () => {
        const worker = new Worker('/patched-worker.js', { type: 'module' });
        workers.push(worker);
        return worker;
      },
    });
    const reported: string[] = [];
    remover.addEventListener('error', ({ detail }) => reported.push(detail.code));
    remover.addEventListener('recovered', ({ detail }) => reported.push(`recovered ${detail.what}`));
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    const from = await call.until('a clean frame', ({ covered }) => !covered, 60_000);
    await call.until('20 frames more', () => call.frames.length > from + 20);
    Object.assign(window, { life: { source, workers, remover, reported, call, from: call.frames.length } });
  }, remove);
  await lose();
  if (recovers) {
    await page.waitForFunction(() =>
      (window as unknown as { life: Life }).life.reported.includes('recovered segmentation'),
    );
  }
  return await page.evaluate(async () => {
    const { source, remover, reported, call, from } = (window as unknown as { life: Life }).life;
    const then = call.frames.length;
    await call.until('a clean frame', ({ covered }) => !covered && call.frames.length > then, 60_000);
    // Long enough for what was known of the figure to be forgotten, if anything did that.
    await call.until('60 frames', () => call.frames.length > then + 60, 60_000);
    const after = call.frames.slice(from);
    const { state } = remover;
    call.stop();
    await remover.close();
    source.stop();
    return {
      reported,
      state,
      leaks: after.filter(({ marked }) => marked > 4).length,
      frames: after.length,
      last: after.at(-1),
    };
  });
}

type Harness = typeof window.harness;
interface Life {
  readonly source: Awaited<ReturnType<Harness['MarkedSource']['create']>>;
  readonly workers: Worker[];
  readonly remover: CleanPlate.Remover;
  readonly reported: string[];
  readonly call: Awaited<ReturnType<Harness['Call']['start']>>;
  readonly from: number;
}

async function crashGpuProcess(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => {}); // the answer may be lost with it
  await session.detach();
}

test('the GPU process crashes in mid-call: the people model does not notice, nobody is shown', async ({
  page,
  site,
  browser,
}) => {
  await open(page, site.url);
  const { reported, state, leaks, last } = await lifeWithout(page, 'people', () => crashGpuProcess(browser), false);
  expect(leaks).toBe(0);
  expect(reported).toEqual([]);
  expect(state).toMatch(/^(running|degraded)$/);
  expect(last?.covered).toBe(false);
});

/** A figure is a thing like any other to the models for classes. */
const OBJECTS = { classes: ['person'], models: '/models/' };

for (const [what, lose] of [
  ['the GPU process crashes', (_: Page, browser: Browser) => crashGpuProcess(browser)],
  [
    'the WebGL contexts are lost',
    (page: Page) =>
      page.evaluate(() => {
        for (const worker of (window as unknown as { life: Life }).life.workers) worker.postMessage('lose');
      }),
  ],
] as const) {
  test(`classes, ${what} in mid-call: covered, reported once, made anew`, async ({ page, site, browser }) => {
    needShared('models/deeplabv3.tflite');
    await open(page, site.url);
    const { reported, leaks } = await lifeWithout(page, OBJECTS, () => lose(page, browser), true);
    expect(leaks).toBe(0);
    expect(reported).toEqual(['segmentation-failed', 'recovered segmentation']);
  });
}
