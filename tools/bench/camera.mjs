import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { BASE_FLAGS, ensureChromium } from '../lib/chromium.mjs';
import { pageBundle } from '../lib/pages.mjs';
import { serve } from '../lib/server.mjs';
import { ROOT, say } from '../lib/setup.mjs';

/** Somebody at a desk, as a laptop's camera sees it; not part of the project. */
const CLIP = path.resolve(ROOT, '../shared/media/signer-again.mkv');

/** What the camera shows unless the caller says otherwise. */
export const defaultClip = () => (existsSync(CLIP) ? CLIP : 'scene');

/**
 * Makes what a fake camera plays: an `.mjpeg` file of the size, in the system's folder for temporary files, each
 * picture with its number in the corner. Chromium itself draws and encodes it.
 * @param {{ width: number, height: number }} size pixels
 * @param {string} clip path of a video, or `scene` for the project's generated scene
 * @param {{ moving?: boolean }} [more] `moving`: somebody holds the camera in the hand
 * @returns {Promise<{ file: string, remove(): void }>}
 */
export async function makeCamera({ width, height }, clip, { moving = false } = {}) {
  const scene = clip === 'scene';
  if (!scene && !(existsSync(clip) && statSync(clip).isFile())) throw new Error(`--clip ${clip}: no such file.`);
  const executablePath = await ensureChromium(say);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'clean-plate-camera-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const file = path.join(folder, `${width}x${height}.mjpeg`);
  const handle = await open(file, 'w');
  const server = await serve(
    { '/': await pageBundle('tools/bench/camera-page.ts') },
    { handle: (request, response) => storeFrame(handle, request, response) || sendClip(clip, request, response) },
  );
  const browser = await chromium.launch({ executablePath, args: BASE_FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const job = { width, height, clip: scene ? null : '/clip', moving };
    const frames = await page.evaluate((each) => window.makeCamera(each), job);
    say(
      `Camera ${width}x${height}: ${frames} frames of ${scene ? 'the generated scene' : path.basename(clip)}${moving ? ', moving' : ''}.`,
    );
    return { file, remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    await browser.close();
    await server.close();
    await handle.close();
  }
}

/** The page sends one frame at a time, so that they lie in the file in order. */
function storeFrame(handle, request, response) {
  if (request.method !== 'PUT') return false;
  const store = async () => {
    const parts = [];
    for await (const part of request) parts.push(part);
    await handle.write(Buffer.concat(parts));
  };
  store().then(
    () => response.writeHead(204).end(),
    (error) => response.writeHead(500).end(error.message),
  );
  return true;
}

function sendClip(clip, request, response) {
  if (request.url !== '/clip') return false;
  createReadStream(clip).pipe(response.writeHead(200));
  return true;
}
