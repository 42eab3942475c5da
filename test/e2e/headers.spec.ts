/** Headers that an app's server may send and that keep a worker from starting. */
import path from 'node:path';
import { serve } from '../../tools/lib/server.mjs';
import { ROOT } from '../../tools/lib/setup.mjs';
import { expect, test } from '../fixtures.ts';
import { PAGES } from '../packaging/bundlers.mjs';

const ROOTS = { '/page/': PAGES, '/clean-plate/': path.join(ROOT, 'dist') };

test('a page with COEP and a worker without: the error names the header', async ({ page }) => {
  for (const isolated of [true, false]) {
    const site = await serve(ROOTS, {
      handle: (request, response) => {
        if (!request.url?.endsWith('/')) return false;
        response.setHeader('cross-origin-embedder-policy', 'require-corp');
        if (isolated) response.setHeader('cross-origin-opener-policy', 'same-origin');
        return false;
      },
    });
    await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
    await page.waitForFunction(() => 'harness' in window);
    const reported = await page.evaluate(async () => {
      const createWorker = () => new Worker('/clean-plate/worker.js', { type: 'module' });
      const error = await window.harness.cleanPlate.Remover.create({ createWorker }).catch((error: unknown) => error);
      const { code, message } = error as { code: string; message: string };
      return { code, message, isolated: crossOriginIsolated };
    });
    await site.close();
    expect(reported).toMatchObject({ code: 'worker-failed', isolated });
    expect(reported.message).toContain('Cross-Origin-Embedder-Policy');
  }
});

for (const allowed of ['', '; trusted-types app clean-plate']) {
  test(`Trusted Types${allowed}: the network's worker starts too`, async ({ page }) => {
    const site = await serve(ROOTS, {
      handle: (_, response) => {
        response.setHeader('content-security-policy', `require-trusted-types-for 'script'${allowed}`);
        return false;
      },
    });
    await page.goto(`${site.url}/page/test-e2e-page-page-ts/`);
    await page.waitForFunction(() => 'harness' in window);
    const { reported, state } = await page.evaluate(async () => {
      const { cleanPlate, wait } = window.harness;
      const policy = (
        window as unknown as {
          trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
        }
      ).trustedTypes.createPolicy('app', { createScriptURL: (url: string) => url });
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
      const context = canvas.getContext('2d')!;
      let n = 0;
      const timer = setInterval(() => {
        context.fillStyle = `hsl(${n++ * 9} 60% 50%)`;
        context.fillRect(0, 0, 160, 240);
      }, 100);
      const remover = await cleanPlate.Remover.create({
        network: 'on',
        createWorker: () => new Worker(policy.createScriptURL('/clean-plate/worker.js'), { type: 'module' }),
      });
      const reported: string[] = [];
      remover.addEventListener('error', ({ detail }) => reported.push(`${detail.code} ${detail.message}`));
      await remover.setSource(canvas.captureStream().getVideoTracks()[0]!);
      await remover.ready;
      for (let i = 0; i < 100 && remover.state !== 'running'; i++) await wait(100);
      await wait(4000);
      const { state } = remover;
      clearInterval(timer);
      await remover.close();
      return { reported, state };
    });
    await site.close();
    expect(reported).toEqual([]);
    expect(state).toMatch(/^(running|degraded)$/);
  });
}
