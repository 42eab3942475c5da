import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { chromium } from '@playwright/test';
import { BASE_FLAGS, ensureChromium, SOFTWARE_WEBGPU_FLAGS } from '../lib/chromium.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { say } from '../lib/setup.mjs';

/**
 * Opens the page that feeds the worker, and stores what it sends back.
 * @returns {Promise<{ backend: string, frames: { ms: Record<string, number>, hole: number, state: string }[] }>}
 */
export async function runPage(job, onFrame) {
  const executablePath = await ensureChromium(say);
  const stores = { '/out/': job.out, '/dump-masks/': job.dumpMasks };
  const store = (request, response) => {
    if (request.method !== 'PUT') return false;
    if (job.saveRoom && request.url === '/save-room') {
      pipeline(request, createWriteStream(job.saveRoom)).then(
        () => response.writeHead(204).end(),
        (error) => response.writeHead(500).end(error.message),
      );
      return true;
    }
    const [, prefix, name] = request.url.match(/^(\/[\w-]+\/)(\d+\.png)$/) ?? [];
    const folder = stores[prefix];
    if (!folder) return false;
    pipeline(request, createWriteStream(path.join(folder, name))).then(
      () => response.writeHead(204).end(),
      (error) => response.writeHead(500).end(error.message),
    );
    return true;
  };
  const roots = { '/clean-plate/': job.worker, '/page/': await pageBundle('tools/remove/page.ts') };
  if (job.names) roots['/in/'] = job.input;
  else roots['/in/'] = path.dirname(job.input);
  if (job.models) roots['/models/'] = job.models;
  if (job.masks) roots['/masks/'] = job.masks;
  if (job.room) roots['/room/'] = path.dirname(path.resolve(job.room));
  const server = await serve(roots, { handle: store });
  const browser = await chromium.launch({
    executablePath,
    args: [...BASE_FLAGS, ...(job.backend === 'webgpu' ? SOFTWARE_WEBGPU_FLAGS : [])],
  });
  try {
    const page = await browser.newPage();
    await page.exposeBinding('reportFrame', (_, done, total) => onFrame(done, total));
    page.on('console', (message) => {
      if (message.type() === 'error') say(`  ${message.text()}`);
    });
    await page.goto(`${server.url}/page/`);
    const { names, maskNames, remove, backend, network, fps, size, without, grain } = job;
    return await page.evaluate((each) => window.removeClip(each), {
      video: names ? null : `/in/${encodeURIComponent(path.basename(job.input))}`,
      names,
      maskNames,
      remove,
      backend,
      network,
      fps,
      size,
      without,
      grain,
      dumpMasks: Boolean(job.dumpMasks),
      room: job.room ? `/room/${encodeURIComponent(path.basename(job.room))}` : null,
      saveRoom: Boolean(job.saveRoom),
    });
  } catch (error) {
    // Playwright wraps what the page threw in its own words and a stack.
    throw new Error(
      String(error.message)
        .split('\n')[0]
        .replace(/^page\.evaluate: (Error: )?/, ''),
    );
  } finally {
    await browser.close();
    await server.close();
  }
}
