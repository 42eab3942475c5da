import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ROOT } from '../lib/setup.mjs';

const PEOPLE = [
  'worker.js',
  'assets/litert_wasm_compat_internal.wasm',
  'assets/selfie-square.tflite',
  'assets/selfie-landscape.tflite',
];

/**
 * What is loaded for what, of `dist`. The network takes the one file that is nearest in shape, and the weights that all
 * have in common.
 */
const LOADS = {
  'your page: the code you import': ['index.js', 'remover.js'],
  "`remove: 'people'`": PEOPLE,
  'more, once somebody has sat still for a second': ['assets/completion.js', 'assets/guide.safetensors'],
  "more for `network: 'on'`, without WebGPU": [
    'assets/network.js',
    'assets/ort-wasm-simd-threaded.wasm',
    'assets/inpaint-480x288.fp16.onnx',
    'assets/inpaint.weights',
  ],
  "more for `network: 'on'`, with WebGPU": [
    'assets/network-gpu.js',
    'assets/ort-wasm-simd-threaded.jspi.wasm',
    'assets/inpaint-480x288.fp16.onnx',
    'assets/inpaint.weights',
  ],
};

// Brotli at 9 of 11: what a server can afford to do once a file.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Ways to send a file, and the bytes that it then has. */
export const PLAIN = { 'as they are': (file) => file.length };
const COMPRESSED = {
  gzip: (file) => gzipSync(file).length,
  brotli: (file) => brotliCompressSync(file, BROTLI).length,
};

/**
 * What a user loads, in bytes. To compress all of it takes some seconds.
 * @param {Record<string, (file: Buffer) => number>} [ways]
 * @returns {{ what: string, files: number, bytes: number[] }[]} `bytes` in the order of `ways`
 */
export function loads(ways = { ...PLAIN, ...COMPRESSED }) {
  return Object.entries(LOADS).map(([what, names]) => {
    const files = names.map((name) => readFileSync(path.join(ROOT, 'dist', name)));
    const bytes = Object.values(ways).map((way) => files.reduce((sum, file) => sum + way(file), 0));
    return { what, files: files.length, bytes };
  });
}

const shown = (bytes) => (bytes < 100_000 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** As a table. */
export function loadsTable() {
  const head = ['what', 'files', ...Object.keys({ ...PLAIN, ...COMPRESSED })];
  const rows = loads().map(({ what, files, bytes }) => [what, files, ...bytes.map(shown)]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
