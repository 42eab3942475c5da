import { readFile } from 'node:fs/promises';

/**
 * The scripts that Emscripten writes to load MediaPipe's and LiteRT's wasm. Here they are given the compiled module and
 * never load anything themselves, so what they know of Node and of their own address is taken out, or bundlers would
 * find it.
 */
const LOADER = /[\\/](vision_wasm_module_internal|litert_wasm_compat_internal)\.js$/;

function browserOnly(id, code) {
  const plain = code
    .replace(/var ENVIRONMENT_IS_NODE = .*;/, 'const ENVIRONMENT_IS_NODE = false;')
    .replaceAll('typeof __filename != "undefined"', 'false') // webpack says that it is there, and then it is not
    .replaceAll('import.meta.url', 'self.location.href');
  // LiteRT's is a script that leaves a variable behind.
  return id.includes('litert')
    ? plain.replace(/if \(typeof exports === 'object'[\s\S]*$/, 'export default ModuleFactory;\n')
    : plain;
}

/** For Rollup, and for Vite (so for Vitest too). */
export const wasmLoaders = {
  name: 'wasm-loaders',
  transform: (code, id) => (LOADER.test(id) ? { code: browserOnly(id, code), map: null } : null),
};

/** The same for esbuild. */
export const wasmLoadersForEsbuild = {
  name: 'wasm-loaders',
  setup({ onLoad }) {
    onLoad({ filter: LOADER }, async ({ path }) => ({ contents: browserOnly(path, await readFile(path, 'utf8')) }));
  },
};
