import { defineConfig } from 'vitest/config';
import { wasmLoaders } from './tools/lib/wasm-loaders.mjs';

export default defineConfig({
  plugins: [wasmLoaders],
  test: {
    server: { deps: { inline: [/@litertjs/] } },
    include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
    environment: 'node',
    // No test measures time, and shared machines are slow at times.
    testTimeout: 30_000,
  },
});
