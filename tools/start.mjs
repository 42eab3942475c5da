/**
 * Opens the demo: installs and builds what is missing, then serves it on loopback.
 *
 *     npm start [-- --port N]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, openBrowser, ROOT, say } from './lib/setup.mjs';

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port}: 0 to 65535.`);
  ensurePackages();
  ensureBuild();
  const roots = { '/': path.join(ROOT, 'demo'), '/clean-plate/': path.join(ROOT, 'dist') };
  const server = await serve(roots, { port }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    say(`Port ${port} is taken; taking a free one.`);
    return serve(roots);
  });
  say('The demo runs. It needs no camera: a generated room with a moving figure is there to begin with.');
  console.log(`\n  ${server.url}/\n`);
  say('Ctrl-C ends it.');
  openBrowser(server.url);
}

main().catch((error) => {
  say(`start: ${error.message}`);
  process.exit(2);
});
