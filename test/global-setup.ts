import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pageBundle } from '../tools/lib/pages.mjs';
import { ROOT } from '../tools/lib/setup.mjs';

/** Scripts that run inside a page; served as `/page/<name with dashes>/`. */
const PAGES = ['test/e2e/page/page.ts', 'test/e2e/page/room.ts', 'test/e2e/page/camera-worker.ts'];

export default async function setup(): Promise<void> {
  const blank = path.join(ROOT, '.cache/pages/blank');
  mkdirSync(blank, { recursive: true });
  writeFileSync(
    path.join(blank, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><title>test</title><body></body>\n',
  );
  await Promise.all(PAGES.map((script) => pageBundle(script)));
  const alias = { 'livekit-client': 'livekit-client-oldest' };
  await pageBundle('test/e2e/page/room.ts', { alias, suffix: '-oldest' });
}
