/**
 * Installs what is missing of what the tests need, and says what it installs: npm packages, a Chromium, a LiveKit
 * server, and, as root on Debian, a Firefox. Where all is there it does nothing:
 *
 *     npm run setup
 *
 * `npm test` does this first; `npm start` and the other tools install what they themselves need.
 */
import { readCommand, runTool } from './lib/command.mjs';
import { say, setUp } from './lib/setup.mjs';

await runTool('setup', async () => {
  readCommand(import.meta.url);
  const { installed, skipped } = await setUp();
  if (!installed) say('setup: nothing was missing.');
  for (const each of skipped) say(`setup: ${each}`);
});
