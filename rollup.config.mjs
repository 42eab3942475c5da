import { existsSync, rmSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import { buildAssets } from './tools/assets.mjs';

for (const folder of ['dist', 'demo/dist']) rmSync(folder, { recursive: true, force: true });

// Wasm and models beside the code. The worker knows each one's size and hash, so it never runs with another version's.
const { files } = await buildAssets('dist/assets');
const plugins = [
  nodeResolve(),
  esbuild({ target: 'es2022', minify: true, define: { __ASSETS__: JSON.stringify(files) } }),
];

/** A worker that imports other files is what bundlers and content policies stumble over: each entry is one file. */
const entry = (name, input, dir = 'dist') => ({
  input: { [name]: input },
  output: { dir, format: 'es', sourcemap: true, inlineDynamicImports: true },
  plugins,
});

export default [
  entry('index', 'src/processor/index.ts'),
  entry('worker', 'src/processor/worker.ts'),
  ...(existsSync('demo/main.ts') ? [entry('main', 'demo/main.ts', 'demo/dist')] : []),
];
