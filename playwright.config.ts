import { defineConfig } from '@playwright/test';
import { BASE_FLAGS, fakeCameraFlags, findChromium, SOFTWARE_WEBGPU_FLAGS } from './tools/lib/chromium.mjs';

const executablePath = await findChromium();
const launch = (args: string[]) => ({
  launchOptions: { ...(executablePath ? { executablePath } : {}), args: [...BASE_FLAGS, ...args] },
});

export default defineConfig({
  testDir: 'test',
  globalSetup: './test/global-setup.ts',
  // Every test measures or watches live video: side by side they would starve one another.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  // What a quiet machine shows at once takes a busy one its time.
  expect: { timeout: 20_000 },
  retries: 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  outputDir: 'test-results/files',
  projects: [
    { name: 'browser', testDir: 'test/browser', use: launch(SOFTWARE_WEBGPU_FLAGS) },
    { name: 'e2e', testDir: 'test/e2e', use: launch(fakeCameraFlags(undefined)) },
  ],
});
