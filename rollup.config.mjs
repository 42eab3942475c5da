import { rmSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import { buildAssets } from './tools/assets.mjs';

const plugins = [nodeResolve(), esbuild({ target: 'es2022', minify: true })];

/** Wasm and models beside the code, made of npm packages. */
const assets = { name: 'assets', writeBundle: () => buildAssets('dist/assets') };
const clean = (folder) => ({ name: 'clean', buildStart: () => rmSync(folder, { recursive: true, force: true }) });

export default [
  {
    input: { index: 'src/processor/index.ts' },
    output: { dir: 'dist', format: 'es', sourcemap: true },
    plugins: [clean('dist'), ...plugins],
  },
  {
    // One self-contained file: a worker that imports others is what bundlers and CSPs stumble over.
    input: { worker: 'src/processor/worker.ts' },
    output: { dir: 'dist', format: 'es', sourcemap: true, inlineDynamicImports: true },
    plugins: [...plugins, assets],
  },
];
