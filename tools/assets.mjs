/**
 * Builds `dist/assets/`: everything that the worker loads besides its own code. All of it comes from npm dependencies
 * and from `weights/`; nothing is downloaded.
 *
 *     node tools/assets.mjs [OUT_DIR]
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { shareWeights } from './onnx-weights.mjs';
import { imageMetadata, withMetadata } from './tflite-metadata.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** As `src/processor/network.ts` has it. */
const WEIGHTS = 'inpaint.weights';

/** The folder of an installed package, wherever npm put it. Every package used here exports its entry point. */
function packageFolder(name) {
  const entry = createRequire(import.meta.url).resolve(name);
  const end = entry.lastIndexOf(join('node_modules', ...name.split('/')));
  return join(entry.slice(0, end), 'node_modules', ...name.split('/'));
}

const copy = (name, path) => () => readFile(join(packageFolder(name), path));

/**
 * LiteRT runs the selfie models as they are. MediaPipe Tasks, with which they are compared, refuses them without this;
 * their own graph feeds them RGB / 255 (std 1 loads and gives wrong masks).
 */
const selfie = (name, path) => async () =>
  withMetadata(
    await readFile(join(packageFolder('@mediapipe/selfie_segmentation'), path)),
    imageMetadata({ name, mean: 0, std: 255, licence: 'Apache-2.0' }),
  );

/** One file, with all that it needs but wasm: workers that import are what content policies stumble over. */
const script = (path) => async () => {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'src/inpaint', path)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    write: false,
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0].contents);
};

/** File name in `dist/assets/` -> its bytes. */
const ASSETS = {
  'litert_wasm_compat_internal.wasm': copy('@litertjs/core', 'wasm/litert_wasm_compat_internal.wasm'),
  'vision_wasm_module_internal.wasm': copy('@mediapipe/tasks-vision', 'wasm/vision_wasm_module_internal.wasm'),
  'selfie-square.tflite': selfie('MediaPipe selfie segmentation, 256x256', 'selfie_segmentation.tflite'),
  'selfie-landscape.tflite': selfie('MediaPipe selfie segmentation, 256x144', 'selfie_segmentation_landscape.tflite'),
  'completion.js': script('completion/completion-worker.ts'),
};

/** What the completer follows; without weights it does without. */
function guideAssets() {
  const path = join(ROOT, 'weights/guide.safetensors');
  return existsSync(path) ? { 'guide.safetensors': () => readFile(path) } : {};
}

/**
 * The network, the code that runs it and that code's runtimes: WASM in a worker of its own, and WebGPU on the
 * inpainter's device. Without weights none of them: the product then fills in smoothly what was never seen.
 *
 * WASM takes the fp16 weights: half the memory, as fast, at most a level apart (docs/network.md). WebGPU takes them
 * where the device has 16-bit floats.
 */
async function networkAssets() {
  const card = join(ROOT, 'weights/inpaint.json');
  if (!existsSync(card)) return {};
  const { models } = JSON.parse(await readFile(card, 'utf8'));
  return {
    'network.js': script('network/network-worker.ts'),
    'network-gpu.js': script('network/network-gpu.ts'),
    'ort-wasm-simd-threaded.wasm': copy('onnxruntime-web', 'dist/ort-wasm-simd-threaded.wasm'),
    'ort-wasm-simd-threaded.jspi.wasm': copy('onnxruntime-web', 'dist/ort-wasm-simd-threaded.jspi.wasm'),
    ...(await networks(models.map(({ file }) => file))),
  };
}

/** The networks, and the weights that they share: a user of one size loads as much as with all in one file. */
async function networks(names) {
  const models = {};
  for (const name of names) models[name] = await readFile(join(ROOT, 'weights', name));
  const { weights, models: small } = shareWeights(models, WEIGHTS);
  return Object.fromEntries(
    Object.entries({ [WEIGHTS]: weights, ...small }).map(([name, bytes]) => [name, () => bytes]),
  );
}

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
  for (const [name, read] of Object.entries({ ...ASSETS, ...guideAssets(), ...(await networkAssets()) })) {
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
