import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as Drift from '../../tools/drift/page.ts';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';

const PAGE = '/page/tools-drift-page-ts/page.js';

// The small network is as fast as needed for a thousand frames; `npm run drift` takes the shipped one through the same.
for (const sways of [false, true]) {
  test(`the fill does not drift over a thousand frames, before it somebody who ${sways ? 'sways' : 'stands still'}`, async ({
    cleanPage: page,
  }) => {
    const weights = existsSync(path.join(ROOT, 'dist/assets/network.js'));
    if (!weights) process.stderr.write(`\n*** SKIPPED, this build has no weights: ${test.info().title}\n`);
    test.skip(!weights, 'this build has no weights');
    const { width, height } = JSON.parse(readFileSync(path.join(ROOT, 'test/fixtures/small-network.json'), 'utf8'));
    await page.route('**/fixtures/small-network.onnx', (route) =>
      route.fulfill({ path: path.join(ROOT, 'test/fixtures/small-network.onnx') }),
    );
    await pageBundle('tools/drift/page.ts');
    const marks = await page.evaluate(async ({ url, job }) => ((await import(url)) as typeof Drift).drift(job), {
      url: PAGE,
      job: {
        assets: '/clean-plate/assets/',
        model: '/fixtures/small-network.onnx',
        width,
        height,
        sways,
        marks: [30, 100, 1000],
      },
    });
    for (const { frame, apart } of marks) expect(apart, `levels apart at frame ${frame}`).toBeLessThanOrEqual(2);
    expect(marks.at(-1)?.apart, 'the noise of the camera is there').toBeGreaterThan(0);
  });
}
