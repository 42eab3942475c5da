import type { Page } from '@playwright/test';
import type { PictureFormat } from '../../src/picture.ts';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { expect, test } from '../fixtures.ts';
import type * as Parity from './page/gpu-parity.ts';

const SCRIPT = 'test/browser/page/gpu-parity.ts';
const URL = '/page/test-browser-page-gpu-parity-ts/page.js';

test.beforeAll(async () => {
  await pageBundle(SCRIPT);
});

function compare(
  page: Page,
  format: PictureFormat,
  width: number,
  height: number,
  what: Parity.What = 'plain',
): Promise<Parity.Comparison[]> {
  return page.evaluate(
    async ({ url, format, width, height, what }) => {
      const { compare } = (await import(url)) as typeof Parity;
      return compare(format, width, height, what);
    },
    { url: URL, format, width, height, what },
  );
}

for (const format of ['I420', 'NV12', 'RGBA'] as const) {
  for (const [width, height] of [
    [160, 120],
    [75, 53],
  ] as const) {
    test(`WebGPU and CPU give the same pixels within 2 levels, ${format} ${width}x${height}`, async ({
      cleanPage: page,
    }) => {
      const frames = await compare(page, format, width, height);
      for (const [t, { apart, view, cpu, gpu }] of frames.entries()) {
        expect(gpu.camera, `frame ${t}`).toBe(cpu.camera);
        expect(gpu.known, `frame ${t}`).toBeCloseTo(cpu.known, 6);
        expect(gpu.coverage, `frame ${t}`).toBeCloseTo(cpu.coverage, 6);
        expect(gpu.hole, `frame ${t}`).toBeCloseTo(cpu.hole, 6);
        expect(apart, `levels apart in frame ${t}`).toBeLessThanOrEqual(2);
        expect(view.apart, `levels apart in the plate's view, frame ${t}`).toBeLessThanOrEqual(2);
      }
      expect(frames[0]!.view.unseen, 'share of the plate that was never seen').toBeGreaterThan(0.1);
      const cameras = frames.map(({ cpu }) => cpu.camera);
      if (width === 160) {
        expect(cameras, 'the story holds a push and a turn').toEqual(expect.arrayContaining(['moved', 'lost']));
        expect(cameras.slice(46, 50), 'and a camera in the hand').toEqual(['moved', 'moved', 'moved', 'moved']);
      }
    });
  }
}

test('a fill of the CPU gives the inpainter on the GPU the same pixels, within 2 levels', async ({
  cleanPage: page,
}) => {
  const frames = await compare(page, 'I420', 160, 120, 'read-back');
  expect(Math.max(...frames.map(({ apart }) => apart))).toBeLessThanOrEqual(2);
  expect(frames.some(({ gpu }) => gpu.known < 1)).toBe(true);
});

for (const format of ['I420', 'NV12', 'RGBA'] as const) {
  test(`the completed room is the same on both backends, within 2 levels, ${format}`, async ({ cleanPage: page }) => {
    const frames = await compare(page, format, 160, 120, 'completed');
    expect(Math.max(...frames.map(({ apart }) => apart))).toBeLessThanOrEqual(2);
    expect(Math.max(...frames.map(({ view }) => view.apart)), "in the plate's view").toBeLessThanOrEqual(2);
    expect(frames.at(-1)!.runs, 'completions').toBeGreaterThan(0);
  });
}

for (const format of ['I420', 'RGBA'] as const) {
  test(`no pixel of a hole changes a completion or a frame on WebGPU, ${format}`, async ({ cleanPage: page }) => {
    const { apart, same, completions } = await page.evaluate(
      async ({ url, format }) => ((await import(url)) as typeof Parity).hidden(format, 128, 96, 3),
      { url: URL, format },
    );
    expect(completions[0], 'completions').toBeGreaterThan(0);
    expect(completions).toEqual(completions.map(() => completions[0]));
    expect(same, 'the completions are the same').toBe(true);
    expect(apart, 'levels between the frames').toBe(0);
  });
}

for (const format of ['I420', 'NV12', 'RGBA'] as const) {
  test(`a remembered room is the same on both backends, within 2 levels, ${format}`, async ({ cleanPage: page }) => {
    const frames = await compare(page, format, 160, 120, 'remembered');
    expect(Math.max(...frames.map(({ apart }) => apart))).toBeLessThanOrEqual(2);
    expect(Math.max(...frames.map(({ view }) => view.apart)), "in the plate's view").toBeLessThanOrEqual(2);
    for (const { remembered } of frames) expect(remembered[1]).toBeCloseTo(remembered[0], 6);
    expect(Math.max(...frames.map(({ remembered }) => remembered[0])), 'is shown at all').toBeGreaterThan(0.3);
  });
}

test('a lost GPU device is a clear error and never a frame', async ({ cleanPage: page }) => {
  const message = await page.evaluate(async (url) => ((await import(url)) as typeof Parity).loseDevice(), URL);
  expect(message).toContain('The GPU device was lost');
});

test('every GPU buffer has a label and an owner that destroys it', async ({ cleanPage: page }) => {
  const { early, late, closed, unlabelled } = await page.evaluate(
    async (url) => ((await import(url)) as typeof Parity).countBuffers(20),
    URL,
  );
  expect(late).toBe(early);
  expect(closed).toBe(0);
  expect(unlabelled).toBe(0);
});
