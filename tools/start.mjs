/**
 * Opens the demo: installs and builds what is missing, then serves it on loopback.
 *
 *     npm start [-- --port N] [--room] [--models DIR]
 *
 * `--models` has the models of `npx clean-plate fetch-models DIR`, for things by name; they are also looked for in
 * `.cache/models` and `../shared/models`.
 * `--room` starts a LiveKit server as well, reachable from this machine only, and opens the demo room.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { existing, flag, number, readCommand, runTool } from './lib/command.mjs';
import { serve } from './lib/server.mjs';
import { ensureBuild, ensurePackages, openBrowser, ROOT, say } from './lib/setup.mjs';
import { untilStopped } from './lib/until-stopped.mjs';

const ROOTS = { '/': path.join(ROOT, 'demo'), '/clean-plate/': path.join(ROOT, 'dist') };

async function main() {
  const { values } = readCommand(import.meta.url, {
    port: number('5173', { min: 0, max: 65535, whole: true }),
    room: flag(),
    models: existing(),
  });
  const { port } = values;
  const places = ['.cache/models', '../shared/models'].map((place) => path.resolve(ROOT, place));
  const models = values.models ?? places.find((place) => existsSync(place));
  const roots = models ? { ...ROOTS, '/models/': path.resolve(models) } : ROOTS;
  ensurePackages();
  ensureBuild();
  const livekit = values.room ? await openRoomServer() : undefined;
  const options = livekit ? { handle: livekit.handle } : {};
  const server = await serve(roots, { ...options, port }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    say(`Port ${port} is taken; taking a free one.`);
    return serve(roots, options);
  });
  untilStopped(() => Promise.all([server.close(), livekit?.stop()]));
  const url = `${server.url}/${livekit ? 'room.html' : ''}`;
  say(
    livekit
      ? 'The demo room runs. Open it twice, side by side, to be two participants.'
      : 'The demo runs. It needs no camera: a generated room with a moving figure is there to begin with.',
  );
  console.log(`\n  ${url}\n`);
  say('Ctrl-C ends it.');
  openBrowser(url);
}

async function openRoomServer() {
  const { ensureLivekit, startLivekit } = await import('./lib/livekit.mjs');
  const { tokenEndpoint } = await import('./lib/token-endpoint.mjs');
  const server = await startLivekit(ensureLivekit(say));
  return { handle: tokenEndpoint(server), stop: server.stop };
}

await runTool('start', main);
