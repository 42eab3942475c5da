import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pageBundle } from '../../tools/lib/pages.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';
import type * as Parity from './page/network-parity.ts';

const SCRIPT = 'test/browser/page/network-parity.ts';
const PAGE = '/page/test-browser-page-network-parity-ts/page.js';
const { sha256, width, height, frames } = JSON.parse(
  readFileSync(path.join(ROOT, 'test/fixtures/network-parity.json'), 'utf8'),
) as { sha256: string; width: number; height: number; frames: string[] };

const apart = (a: readonly number[], b: readonly number[]) => a.map((v, i) => Math.abs(v - b[i]!));
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

test('the network in the browser paints what it paints in PyTorch, within 2 levels, and forgets on reset', async ({
  cleanPage: page,
}) => {
  const weights = existsSync(path.join(ROOT, 'weights/inpaint.json'));
  if (!weights) process.stderr.write('\n*** SKIPPED, this build has no weights: network parity\n');
  test.skip(!weights, 'this build has no weights');
  const model = readFileSync(path.join(ROOT, `weights/inpaint-${width}x${height}.fp16.onnx`));
  const hash = createHash('sha256').update(model).digest('hex');
  expect(hash, 'the fixture is of other weights: run training/parity.py').toBe(sha256);

  await pageBundle(SCRIPT);
  const [first, second] = await page.evaluate(
    async ({ url, width, height, count }) => ((await import(url)) as typeof Parity).paintTwice(width, height, count),
    { url: PAGE, width, height, count: frames.length },
  );
  for (const [t, base64] of frames.entries()) {
    const { network, pushPull } = first[t]!;
    const expected = [...Buffer.from(base64, 'base64')];
    expect(network.length).toBe(expected.length);
    expect(most(apart(network, expected)), `levels apart in frame ${t}`).toBeLessThanOrEqual(2);
    expect(most(apart(network, pushPull)), 'the network paints something of its own').toBeGreaterThan(4);
  }
  expect(second, 'the same clip after a reset').toEqual(first);
});
