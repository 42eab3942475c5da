/**
 * Builds where a source is newer than the last build. npm runs this before `npm pack` and `npm publish`, since a fresh
 * clone has no `dist` to pack:
 *
 *     npm run prepack
 */
import { readCommand, runTool } from './lib/command.mjs';
import { ensureBuild, ensurePackages } from './lib/setup.mjs';

await runTool('prepack', () => {
  readCommand(import.meta.url);
  ensurePackages();
  ensureBuild();
});
