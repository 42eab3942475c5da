import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ROOT, run } from '../lib/setup.mjs';

/**
 * A page that draws the generated scene, and folders for what it stores: `/scene/`, `/out/` and so on are folders of
 * the studio.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} name of the studio's folder
 */
export async function openStudio(browser, name) {
  const folder = path.join(ROOT, '.cache/picture', name);
  rmSync(folder, { recursive: true, force: true });
  const places = ['scene', 'out', 'painted', 'masks', 'truth', 'film', 'how'];
  for (const place of places) mkdirSync(path.join(folder, place), { recursive: true });
  const store = (request, response) => {
    const [, place, file] = request.url.match(/^\/(\w+)\/(\w+\.\w+)$/) ?? [];
    if (request.method !== 'PUT' || !places.includes(place)) return false;
    pipeline(request, createWriteStream(path.join(folder, place, file))).then(
      () => response.writeHead(204).end(),
      (error) => response.writeHead(500).end(error.message),
    );
    return true;
  };
  const roots = { '/': folder, '/page/': await pageBundle('tools/picture/page.ts') };
  const server = await serve(roots, { handle: store });
  const page = await browser.newPage();
  await page.goto(`${server.url}/page/`);
  const at = (place) => path.join(folder, place);
  return {
    at,
    names: () => readdirSync(at('scene')).sort(),
    /** Runs a step of page.ts. */
    step: (what, job) => page.evaluate(([each, given]) => window.steps[each](given), [what, job]),
    /**
     * Removes the people from `/scene/` with the shipped package.
     * @param {number} fps
     * @param {{ to?: string, network?: 'on' | 'off' }} [how] the folder for the result, and what fills in the unseen
     */
    remove: (fps, { to = 'out', network = 'off' } = {}) =>
      run(process.execPath, [
        'tools/remove.mjs',
        ...['--in', at('scene'), '--out', at(to), '--dump-masks', at('masks')],
        ...['--remove', 'people', '--network', network, '--backend', 'wasm', '--fps', String(fps)],
      ]),
    async close() {
      await page.close();
      await server.close();
    },
  };
}
