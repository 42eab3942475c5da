import { BASE_FLAGS, findChromium } from '../../tools/lib/chromium.mjs';
import { expect, test } from '../fixtures.ts';

const executablePath = await findChromium();
const flags = [...BASE_FLAGS, '--disable-gpu', '--disable-software-rasterizer'];
test.use({ launchOptions: { ...(executablePath ? { executablePath } : {}), args: flags } });

test('a browser without WebGL is told so, by checkSupport and by the error, and shows nothing', async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
  await page.waitForFunction(() => 'lab' in window);
  const { support, told, covered } = await page.evaluate(async () => {
    const { MarkedSource, Call, cleanPlate } = window.lab;
    const source = await MarkedSource.create();
    const remover = await cleanPlate.Remover.create({ remove: 'people' });
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
    return { support: await cleanPlate.checkSupport(), told: { code, message }, covered };
  });
  expect(support.tier).toBe('none');
  expect(support.missing.join()).toContain('WebGL 2');
  expect(told).toMatchObject({ code: 'unsupported', message: expect.stringContaining('WebGL 2') });
  expect(covered).toBe(true);
});
