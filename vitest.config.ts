import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
    environment: 'node',
    // No test measures time, and shared machines are slow at times.
    testTimeout: 30_000,
  },
});
