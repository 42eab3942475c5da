import { rmSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import { minify } from 'terser';
import { buildAssets } from './tools/assets.mjs';
import { wasmLoaders } from './tools/lib/wasm-loaders.mjs';

for (const folder of ['dist', 'demo/dist']) rmSync(folder, { recursive: true, force: true });

// Wasm and models beside the code. The worker knows each one's size and hash, so it never runs with another version's.
const { files } = await buildAssets('dist/assets');
/**
 * MediaPipe and the network load their scripts by address. webpack, when it takes our worker into an app, would make
 * such an import its own and fail.
 */
const importsByAddress = {
  name: 'imports-by-address',
  renderChunk: (code) => ({
    code: code.replace(/\bimport\((?=[\w$])/g, 'import(/* webpackIgnore: true *//* @vite-ignore */'),
    map: null,
  }),
};

/** What esbuild leaves, file by file, in the loaders of LiteRT and MediaPipe: 11 KB of the worker, compressed. */
const minified = {
  name: 'minified',
  async renderChunk(code) {
    const { code: small, map } = await minify(code, { module: true, ecma: 2020, sourceMap: true });
    return { code: small, map };
  },
};

const plugins = [
  wasmLoaders,
  nodeResolve(),
  esbuild({ target: 'es2022', minify: true, define: { __ASSETS__: JSON.stringify(files) } }),
];

const bundle = (input, dir, output = {}, more = []) => ({
  input,
  external: dir === 'dist' ? ['react', 'livekit-client'] : [],
  output: { dir, format: 'es', sourcemap: true, chunkFileNames: '[name].js', ...output },
  plugins: [...plugins, ...more, importsByAddress],
});

export default [
  // What both share is one chunk: an error of one entry is an instance of the other's class.
  bundle(
    {
      index: 'src/processor/index.ts',
      livekit: 'src/processor/livekit.ts',
      'livekit-package': 'src/processor/livekit-package.ts',
      react: 'src/react/use-removal.ts',
    },
    'dist',
    // Frameworks that render on a server must be told what only a browser does.
    { banner: ({ name }) => (name === 'react' ? "'use client';" : '') },
  ),
  // A worker that imports other files is what bundlers and content policies stumble over: this one is a single file.
  bundle({ worker: 'src/processor/worker.ts' }, 'dist', { inlineDynamicImports: true }, [minified]),
  bundle({ main: 'demo/main.ts', room: 'demo/room/main.ts' }, 'demo/dist'),
];
