import { BASE_FLAGS, findChromium } from '../../tools/lib/chromium.mjs';
import { expect, needShared, test } from '../fixtures.ts';

const executablePath = await findChromium();
const flags = [...BASE_FLAGS, '--disable-gpu', '--disable-software-rasterizer'];
test.use({ launchOptions: { ...(executablePath ? { executablePath } : {}), args: flags } });

test.beforeEach(async ({ page, site }) => {
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'harness' in window);
  expect(await page.evaluate(() => new OffscreenCanvas(1, 1).getContext('webgl2') === null)).toBe(true);
});

test('people are removed in a browser without WebGL', async ({ page }) => {
  const { support, leaks, clean } = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'people' });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    await remover.ready;
    const from = await call.until('a clean frame', ({ covered }) => !covered);
    await call.until('20 frames more', () => call.frames.length > from + 20);
    const { frames } = call;
    call.stop();
    await remover.close();
    source.stop();
    const support = await cleanPlate.checkSupport();
    const leaks = frames.filter(({ marked }) => marked > 4).length;
    return { support, leaks, clean: frames.filter(({ covered }) => !covered).length };
  });
  expect(support.tier).toBe('light');
  expect(support.missing).toEqual(['WebGPU']);
  expect(leaks).toBe(0);
  expect(clean).toBeGreaterThan(10);
});

test('classes need WebGL: the error says so, and nothing is shown', async ({ page }) => {
  needShared('models/deeplabv3.tflite');
  const { reported, covered } = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate } = window.harness;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: { classes: ['person'], models: '/models/' } });
    const call = await Call.start(remover.track);
    await remover.setSource(source.track);
    const error = await remover.ready.catch((error: unknown) => error);
    const from = call.frames.length;
    await call.until('10 frames more', () => call.frames.length > from + 10);
    const covered = call.frames.every((frame) => frame.covered);
    call.stop();
    await remover.close();
    source.stop();
    const { code, message } = error as InstanceType<typeof cleanPlate.RemovalError>;
    return { reported: { code, message }, covered };
  });
  expect(reported).toMatchObject({ code: 'unsupported', message: expect.stringContaining('WebGL 2') });
  expect(covered).toBe(true);
});
