import { ensureLivekit, startLivekit } from '../../tools/lib/livekit.mjs';
import { say } from '../../tools/lib/setup.mjs';
import { test as base } from '../fixtures.ts';

export type Livekit = Awaited<ReturnType<typeof startLivekit>>;

/** Tests with a real LiveKit server, started once and stopped for certain. */
export const test = base.extend<object, { livekit: Livekit }>({
  livekit: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright finds out by the pattern what a fixture needs.
    async ({}, use) => {
      const server = await startLivekit(ensureLivekit(say));
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 900_000 },
  ],
});

export { expect } from '../fixtures.ts';
