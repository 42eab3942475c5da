/**
 * Builds `dist/assets/`: everything that the worker loads besides its own code. All of it comes from npm dependencies;
 * nothing is downloaded.
 *
 *     node tools/assets.mjs [OUT_DIR]
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { imageMetadata, withMetadata } from './tflite-metadata.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder of an installed package, wherever npm put it. Every package used here exports its entry point. */
function packageFolder(name) {
  const entry = createRequire(import.meta.url).resolve(name);
  const end = entry.lastIndexOf(join('node_modules', ...name.split('/')));
  return join(entry.slice(0, end), 'node_modules', ...name.split('/'));
}

const copy = (name, path) => () => readFile(join(packageFolder(name), path));

/** Tasks refuses the selfie models without this; their own graph feeds them RGB / 255 (std 1 loads and gives wrong masks). */
const selfie = (name, path) => async () =>
  withMetadata(
    await readFile(join(packageFolder('@mediapipe/selfie_segmentation'), path)),
    imageMetadata({ name, mean: 0, std: 255, licence: 'Apache-2.0' }),
  );

/** File name in `dist/assets/` -> its bytes. */
const ASSETS = {
  'vision_wasm_module_internal.js': copy('@mediapipe/tasks-vision', 'wasm/vision_wasm_module_internal.js'),
  'vision_wasm_module_internal.wasm': copy('@mediapipe/tasks-vision', 'wasm/vision_wasm_module_internal.wasm'),
  'selfie-square.tflite': selfie('MediaPipe selfie segmentation, 256x256', 'selfie_segmentation.tflite'),
  'selfie-landscape.tflite': selfie('MediaPipe selfie segmentation, 256x144', 'selfie_segmentation_landscape.tflite'),
};

/**
 * Writes all assets and `manifest.json`, which lists them as `{ version, files: { name: { bytes, sha256 } } }`.
 *
 * @param {string} outDir made where it does not exist
 * @returns {Promise<{ version: string, files: Record<string, { bytes: number, sha256: string }> }>} the manifest
 */
export async function buildAssets(outDir) {
  await mkdir(outDir, { recursive: true });
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const files = {};
  for (const [name, read] of Object.entries(ASSETS)) {
    const bytes = await read();
    await writeFile(join(outDir, name), bytes);
    files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  const manifest = { version, files };
  await writeFile(join(outDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outDir = process.argv[2] ?? join(ROOT, 'dist', 'assets');
  const { files } = await buildAssets(outDir);
  for (const [name, { bytes }] of Object.entries(files)) console.log(`${String(bytes).padStart(9)}  ${name}`);
}
